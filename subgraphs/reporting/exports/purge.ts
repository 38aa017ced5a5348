import { writeAudit } from '../../shared/audit/audit';
import type { Database } from '../../shared/database/database';
import { tenantNumbers } from '../../shared/database/tenants.queries';
import { deleteExpired } from './export.queries';
import { quietly } from './make';

/**
 * Removes the report files of all tenants that have expired by now; they have been out of sight since. Each tenant's
 * audit log has how many there were. Returns how many went in all.
 */
export async function purgeExpiredExports(database: Database, now: Date): Promise<number> {
  const tenants = await tenantNumbers(database);
  let purged = 0;
  for (const tenantId of tenants) {
    const { files } = await quietly(database, tenantId, async tx => {
      const gone = await deleteExpired(tx, now);
      if (gone.files > 0) await writeAudit(tx, { action: 'PURGE_EXPORTS', resourceType: 'Export', details: gone }, { now });
      return gone;
    });
    purged += files;
  }
  return purged;
}
