import { buildMissing } from '../../../reporting/published';
import type { Database, Transaction } from '../../../shared/database/database';
import { joinInBulk } from '../../../shared/database/bulk.queries';
import { selectWithoutPlace } from './derive-orgs.queries';
import { openBundle, type OpenBundle } from './manifest';
import { lockImport, mergeBundle, type RosterChanges } from './merge-bundle';
import { fileOf, kinds, type Kind, type Version } from './records';
import {
  gatherRecords,
  mergeRecords,
  rejectDoubles,
  selectDangling,
  selectOutcome,
} from './records.queries';
import { referencesOf } from './references';
import type { FileReport, Report, Told } from './report';
import { stageBundle } from './stage-bundle';

export interface ImportOptions {
  /** The folder with the bundle's files. */
  dir: string;
  tenant: { number: number; externalId: string };
  now: Date;
  /** How many rows of a file were read so far. */
  onProgress?: (file: string, done: number) => void;
}

export interface ImportResult {
  version: Version;
  /** Of each file that was read, by its name. */
  files: Record<string, FileReport>;
  /** What that has changed here. */
  changes: RosterChanges;
  /** Rows that were not loaded: the first thousand of each file, by line. */
  rejected: Told[];
  /** Rows that were loaded, although something that they name is amiss: so too. */
  notices: Told[];
  /** Files that came and were not read. */
  ignored: string[];
}

/**
 * Imports a OneRoster bundle into one tenant, in one transaction: readers see the roster before it, or after it. What
 * cannot be read at all ends it with BadInput, and nothing is written; a bad row is rejected with its reason, and the
 * rest is loaded. The same bundle again changes nothing.
 */
export async function importBundle(database: Database, options: ImportOptions): Promise<ImportResult> {
  const { dir, tenant } = options;
  const bundle = await openBundle(dir);
  // One connection, since the temporary tables are that connection's; and no limit to how long a merge may take.
  const own = await database.beside({ poolSize: 1, statementTimeout: 0, prepares: false });
  try {
    const { result, forgotten } = await own.transaction(tenant.number, 'write', tx => run(tx, bundle, options));
    if (forgotten) await own.transaction(tenant.number, 'write', tx => buildMissing(tx));
    return result;
  } finally {
    await own.close();
  }
}

async function run(
  tx: Transaction,
  bundle: OpenBundle,
  { tenant, now, onProgress = () => undefined }: ImportOptions,
): Promise<{ result: ImportResult; forgotten: boolean }> {
  await joinInBulk(tx);
  const { report, rows, complete } = await stageBundle(tx, bundle, onProgress);

  await lockImport(tx);
  for (const [kind, doubles] of await rejectDoubles(tx)) report.reject(fileOf(kind), doubles.rows, doubles.told);
  let wrote = 0;
  for (const { kind, mode } of bundle.files) {
    wrote += await mergeRecords(tx, { kind, endsTheRest: mode === 'bulk' && complete.has(kind) });
  }
  await gatherRecords(tx);
  await noteDangling(tx, { bundle, report });
  const merged = await mergeBundle(tx, { tenant: tenant.externalId, now });
  if (report.has(fileOf('orgs'))) report.notice(fileOf('orgs'), await selectWithoutPlace(tx, merged.place));
  for (const kind of kinds) if (rows.has(kind)) await settle(tx, { kind, rows: rows.get(kind)!, report });
  if (wrote === 0 && !merged.wrote) tx.keepVersion(); // only temporary tables were written
  const { version, ignored } = bundle;
  const { files, rejected, notices } = report;
  const result = { version, files, changes: merged.changes, rejected, notices, ignored };
  return { result, forgotten: merged.forgotten };
}

async function noteDangling(tx: Transaction, { bundle, report }: { bundle: OpenBundle; report: Report }): Promise<void> {
  for (const { kind } of bundle.files) {
    for (const reference of referencesOf(kind)) {
      report.notice(fileOf(kind), await selectDangling(tx, { kind, ...reference }));
    }
  }
}

/** Rows that only say again what another row says are unchanged, as are ends of what was never here. */
async function settle(
  tx: Transaction,
  { kind, rows, report }: { kind: Kind; rows: number; report: Report },
): Promise<void> {
  const file = fileOf(kind);
  const { rejected, ...counts } = await selectOutcome(tx, kind);
  const known = counts.added + counts.changed + counts.unchanged + counts.endedRows + rejected.rows;
  const again = rows - report.rejectedIn(file) - known;
  report.reject(file, rejected.rows, rejected.told);
  report.count(file, 'added', counts.added);
  report.count(file, 'changed', counts.changed);
  report.count(file, 'unchanged', counts.unchanged + again);
  report.count(file, 'ended', counts.ended);
}
