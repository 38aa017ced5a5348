import { eraseLateTraces, eraseTraces } from '../../subgraphs/roster/people/erasure/erase-traces';
import type { Database } from '../../subgraphs/shared/database/database';
import { tenantNumbers } from '../../subgraphs/shared/database/tenants.queries';
import { isUnavailable } from '../../subgraphs/shared/errors';

/**
 * Finds what still names people who were erased, of all tenants, as the tables' owner; returns how many erasures it has
 * finished. While another process is at it, this one leaves it to that one. Where a tenant's could not be found, it
 * rejects with each failure once the others' were.
 */
export async function eraseAllTraces(owner: Database, now: Date): Promise<number> {
  const tenants = await tenantNumbers(owner);
  const failures: unknown[] = [];
  let finished = 0;
  for (const tenantId of tenants) {
    try {
      finished += await eraseTraces(owner, { tenantId, now });
      await eraseLateTraces(owner, { tenantId, now });
    } catch (error) {
      if (isUnavailable(error)) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `of ${failures.length} tenants not all traces of people who were erased could be found`);
  }
  return finished;
}
