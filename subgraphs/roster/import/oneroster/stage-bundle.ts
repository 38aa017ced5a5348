import type { Transaction } from '../../../shared/database/database';
import { readRows } from '../bundle/read-csv';
import type { BundleFile, OpenBundle } from './manifest';
import { fileOf, type Kind } from './records';
import { createImportTables, finishStagingRecords, stageRecords, type ReadRecord } from './records.queries';
import { Report } from './report';

export interface Staged {
  report: Report;
  /** How many each file has, of those that were read. */
  rows: Map<Kind, number>;
  /** The files in which every row tells which record it is about. */
  complete: Set<Kind>;
}

/**
 * Reads all files of a bundle to their ends, into the temporary tables of an import: nothing of the tenant's is written.
 * Bad rows are told in the report; a file that cannot be read to its end is refused with BadInput.
 */
export async function stageBundle(
  tx: Transaction,
  bundle: OpenBundle,
  onProgress: (file: string, done: number) => void = () => undefined,
): Promise<Staged> {
  const staged: Staged = { report: new Report(), rows: new Map(), complete: new Set() };
  await createImportTables(tx);
  for (const file of bundle.files) {
    staged.report.open(fileOf(file.kind), file.mode);
    const read = await stageFile(tx, { file, report: staged.report, onProgress });
    staged.rows.set(file.kind, read.rows);
    if (read.complete) staged.complete.add(file.kind);
  }
  await finishStagingRecords(tx);
  return staged;
}

const batch = 5_000;

/** Reads a file to its end. Of one with a row of which nobody knows which record it is about, nothing is left out. */
async function stageFile(
  tx: Transaction,
  { file, report, onProgress }: {
    file: BundleFile;
    report: Report;
    onProgress: (file: string, done: number) => void;
  },
): Promise<{ rows: number; complete: boolean }> {
  const name = fileOf(file.kind);
  let records: ReadRecord[] = [];
  let rows = 0;
  let complete = true;
  for await (const read of readRows(file.path, file.shape)) {
    if (++rows % batch === 0) onProgress(name, rows);
    const reason = 'reason' in read ? read.reason : read.row.problem;
    if (reason !== null) report.reject(name, 1, [{ line: read.line, reason: reason! }]);
    if ('reason' in read) complete = false;
    else records.push(read);
    if (records.length < batch) continue;
    await stageRecords(tx, file.kind, records);
    records = [];
  }
  if (records.length > 0) await stageRecords(tx, file.kind, records);
  if (!complete && file.mode === 'bulk') {
    const reason = 'some rows do not tell which record they are about: nothing was ended for not being in this file';
    report.notice(name, [{ line: 0, reason }]);
  }
  onProgress(name, rows);
  return { rows, complete };
}
