import { selectTenants } from '../../../hierarchy/published';
import { buildMissing } from '../../../reporting/published';
import { Database, type Transaction } from '../../../shared/database/database';
import { refreshStatistics } from '../../../shared/database/statistics.queries';
import { publicId } from '../../../shared/identifiers';
import { findFiles } from './find-files';
import { loadActivity } from './load-activity';
import { mergeHierarchies } from './merge-hierarchies';
import { mergeRoster } from './merge-roster';
import { mergeTenants } from './merge-tenants';
import { rejectStrays, stageFiles, type StagedBundle } from './stage-files';
import type { Staged } from './staging.queries';
import { Tally, type FileCounts, type LoadProblem } from './tally';

export type { FileCounts, LoadProblem } from './tally';

export interface LoadOptions {
  /** The owner's login: the application's may not make tenants. */
  databaseUrl: string;
  stepDown?: boolean;
  dir: string;
  now: Date;
  /** Of each CSV file first the rows read so far, then those that are settled, of how many; so too of activity. */
  onProgress?: (file: string, done: number, total?: number) => void;
}

export interface LoadResult {
  /** Those that the bundle's sound rows belong to; `id` is the public one. */
  tenants: { id: string; externalId: string; name: string }[];
  files: Record<string, FileCounts>;
  /** The first of each file's rejected rows, by line; `files` says how many there were. */
  problems: LoadProblem[];
}

const platform = 1;

/**
 * Loads a bundle. A file that cannot be read, or lacks a column, ends it with BadInput before anything is written; a
 * bad row is rejected with its reason, and the rest is loaded. The hierarchies and tenants are written in one
 * transaction, then each tenant's roster in one, then the activity in batches; last, the stored sums are made. The same bundle again changes nothing,
 * so a load that was broken off is finished by another; what a bundle leaves out stays as it is.
 */
export async function loadBundle(options: LoadOptions): Promise<LoadResult> {
  const { databaseUrl, stepDown = false, dir, now, onProgress = () => undefined } = options;
  const files = await findFiles(dir);
  const tally = new Tally();
  for (const { shape } of files.tables) tally.open(shape.file);
  if (files.activity) tally.open(files.activity.file);

  // One connection, since the staged rows are that connection's; and no limit to how long a large merge may take.
  const settings = { url: databaseUrl, stepDown, entities: [], poolSize: 1, statementTimeout: 0, prepares: false };
  const database = await Database.connect(settings);
  try {
    const bundle = await database.transaction(platform, 'write', tx => stageFiles(tx, { files, tally, onProgress }));
    const tenants = await database.transaction(platform, 'write', tx => mergePlatform(tx, { bundle, tally, now }));
    const onMerged = (file: string): void => onProgress(file, tally.settled(file), bundle.rows.get(file));
    const touched = new Map(tenants.map(tenant => [tenant.externalId, tenant]));
    for (const { id, externalId } of tenants) {
      const has = (table: Staged): boolean => bundle.named.get(table)?.has(externalId) ?? false;
      await database.transaction(id, 'write', tx =>
        mergeRoster(tx, { tenant: externalId, has, tally, now, onMerged }),
      );
    }
    if (files.activity) {
      const find = async (externalIds: string[]): Promise<Map<string, number>> => {
        const found = await database.transaction(platform, 'read', tx => selectTenants(tx, externalIds));
        for (const tenant of found) touched.set(tenant.externalId, tenant);
        return new Map(found.map(tenant => [tenant.externalId, tenant.id]));
      };
      await loadActivity(database, { activity: files.activity, tenants: find, tally, now, onProgress });
    }
    // First the statistics: of tables that were empty a moment ago the database would think that they still are.
    await database.transaction(platform, 'write', refreshStatistics);
    for (const { id } of touched.values()) await database.transaction(id, 'write', tx => buildMissing(tx));
    await database.transaction(platform, 'write', refreshStatistics);
    return {
      tenants: [...touched.values()].map(({ id, ...tenant }) => ({ id: publicId('tenant', id), ...tenant })),
      files: tally.files,
      problems: tally.problems,
    };
  } finally {
    await database.close();
  }
}

/** Hierarchies before the tenants that choose among them; then it is known which rows belong to no tenant. */
async function mergePlatform(
  tx: Transaction,
  { bundle, tally, now }: { bundle: StagedBundle; tally: Tally; now: Date },
) {
  await mergeHierarchies(tx, { hierarchies: bundle.hierarchies, levels: bundle.levels, tally, now });
  await mergeTenants(tx, { rows: bundle.tenants, tally });
  const named = new Set(bundle.tenants.map(({ row }) => row.tenant!));
  for (const ids of bundle.named.values()) for (const id of ids) named.add(id);
  const tenants = await selectTenants(tx, [...named]);
  await rejectStrays(tx, { bundle, known: tenants.map(tenant => tenant.externalId), tally });
  return tenants;
}
