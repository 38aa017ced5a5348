import { eraseTraces } from '../../subgraphs/roster/people/erasure/erase-traces';
import type { Database } from '../../subgraphs/shared/database/database';
import { leads } from '../../subgraphs/shared/database/led-task.queries';
import { tenantNumbers } from '../../subgraphs/shared/database/tenants.queries';

/**
 * Finds what still names people who were erased, of all tenants, as the tables' owner; returns how many erasures it has
 * finished. While another process leads, this one leaves it to that one.
 */
export async function eraseAllTraces(owner: Database, now: Date): Promise<number> {
  const tenants = await tenantNumbers(owner);
  let finished = 0;
  for (const tenantId of tenants) {
    finished += await owner.transaction(tenantId, 'write', async tx => {
      if (await leads(tx, 'erase')) return eraseTraces(tx, now);
      tx.keepVersion();
      return 0;
    });
  }
  return finished;
}
