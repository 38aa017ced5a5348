import { platformTenant } from '../../migrations/row-level-security';
import { importFile, type ImportResult } from '../../subgraphs/roster/import/oneroster';
import { BadInput } from '../../subgraphs/shared/bad-input';
import { Database } from '../../subgraphs/shared/database/database';
import { refreshStatistics } from '../../subgraphs/shared/database/statistics.queries';
import type { OpenDatabase } from './database';
import { loadProgress } from './load-progress';
import { findTenant, withConnection } from './people';

/** Imports a OneRoster bundle as the service does, telling how far it is; then the owner has the tables counted. */
export async function importRoster(
  { ownerUrl }: OpenDatabase,
  { file, tenant, now }: { file: string; tenant: string; now: Date },
): Promise<ImportResult> {
  const imported = await withConnection({ ownerUrl }, async database => {
    const { number, externalId } = await findTenant(database, tenant);
    if (number === platformTenant) throw new BadInput('--tenant: expected a tenant with classes; the platform has none');
    return importFile(database, { file, tenant: { number, externalId }, now, onProgress: loadProgress() });
  });
  const owner = await Database.connect({ url: ownerUrl, stepDown: false, entities: [], poolSize: 1, statementTimeout: 0 });
  try {
    await owner.transaction(platformTenant, 'write', refreshStatistics);
  } finally {
    await owner.close();
  }
  return imported;
}
