import { writeAudit } from '../../shared/audit/audit';
import type { Database } from '../../shared/database/database';
import { tenantNumbers } from '../../shared/database/tenants.queries';
import { isUnavailable } from '../../shared/errors';
import { deleteExpired } from './export.queries';
import { quietly } from './make';

/**
 * Removes the report files of all tenants that have expired by now; they have been out of sight since. Each tenant's
 * audit log has how many there were. Returns how many went in all; where a tenant's could not be removed, it rejects with
 * each failure once the others' were.
 */
export async function purgeExpiredExports(database: Database, now: Date): Promise<number> {
  const tenants = await tenantNumbers(database);
  const failures: unknown[] = [];
  let purged = 0;
  for (const tenantId of tenants) {
    try {
      const { files } = await quietly(database, tenantId, async tx => {
        const gone = await deleteExpired(tx, now);
        if (gone.files > 0) await writeAudit(tx, { action: 'PURGE_EXPORTS', resourceType: 'Export', details: gone }, { now });
        return gone;
      });
      purged += files;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `of ${failures.length} tenants expired report files could not be removed`);
  return purged;
}
