import { platformTenant } from '../../migrations/row-level-security';
import { loadBundle, type LoadResult } from '../../subgraphs/roster/import/bundle';
import { Database } from '../../subgraphs/shared/database/database';
import type { OpenDatabase } from './database';
import { loadProgress } from './load-progress';
import { refreshStatistics } from './statistics.queries';

/** Loads a bundle, telling how far it is, and makes the database fit to be asked about it at once. */
export async function loadFolder(
  { ownerUrl }: OpenDatabase,
  { dir, now }: { dir: string; now: Date },
): Promise<LoadResult> {
  const result = await loadBundle({ databaseUrl: ownerUrl, dir, now, onProgress: loadProgress() });
  const settings = { url: ownerUrl, stepDown: false, entities: [], poolSize: 1, statementTimeout: 0 };
  const owner = await Database.connect(settings);
  try {
    await owner.transaction(platformTenant, 'write', refreshStatistics);
  } finally {
    await owner.close();
  }
  return result;
}
