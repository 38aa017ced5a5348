import type { Transaction } from '../../../shared/database/database';
import type { ReadRow } from './contradictions';
import type { BundleFiles } from './find-files';
import { readRows } from './read-csv';
import { shapes } from './shapes';
import { createStagedTables, finishStaging, selectStrays, stage, type Staged } from './staging.queries';
import type { Tally } from './tally';

const batch = 5_000;

/** Where the rows of each file of a tenant's go. Both files of placements say the same thing in two ways. */
const stagedAs = new Map<string, Staged>([
  [shapes.groups.file, 'groups'],
  [shapes.users.file, 'users'],
  [shapes.classes.file, 'classes'],
  [shapes.placements.file, 'placements'],
  [shapes.countrySchools.file, 'placements'],
  [shapes.grants.file, 'grants'],
  [shapes.enrolments.file, 'enrolments'],
  [shapes.competencies.file, 'competencies'],
]);

export interface StagedBundle {
  /** What belongs to the platform is little, and kept in memory. */
  hierarchies: ReadRow[];
  levels: ReadRow[];
  tenants: ReadRow[];
  /** How many rows each file has, unsound ones among them. */
  rows: Map<string, number>;
  /** The tenants' ids that the rows name, in order of appearance, by table. */
  named: Map<Staged, Set<string>>;
}

/** Reads all the CSV files to their end. Rows that are unsound in themselves are rejected; the others are kept. */
export async function stageFiles(
  tx: Transaction,
  { files, tally, onProgress }: { files: BundleFiles; tally: Tally; onProgress: (file: string, done: number) => void },
): Promise<StagedBundle> {
  const bundle: StagedBundle = { hierarchies: [], levels: [], tenants: [], rows: new Map(), named: new Map() };
  await createStagedTables(tx);
  for (const { shape, path } of files.tables) {
    const into = stagedAs.get(shape.file);
    const kept = { 'hierarchies.csv': bundle.hierarchies, 'levels.csv': bundle.levels, 'tenants.csv': bundle.tenants };
    const named = into ? (bundle.named.get(into) ?? new Set<string>()) : new Set<string>();
    if (into) bundle.named.set(into, named);
    let rows: ReadRow[] = into ? [] : kept[shape.file as keyof typeof kept];
    let done = 0;
    for await (const read of readRows(path, shape)) {
      if (++done % batch === 0) onProgress(shape.file, done);
      if ('reason' in read) {
        tally.reject(shape.file, read.line, read.reason);
        continue;
      }
      rows.push({ line: read.line, row: into === 'placements' ? { ...read.row, file: shape.file } : read.row });
      if (into) named.add(read.row.tenant!);
      if (!into || rows.length < batch) continue;
      await stage(tx, into, rows);
      rows = [];
    }
    if (into && rows.length > 0) await stage(tx, into, rows);
    onProgress(shape.file, done);
    bundle.rows.set(shape.file, done);
  }
  await finishStaging(tx, { tenants: new Set([...bundle.named.values()].flatMap(ids => [...ids])).size });
  return bundle;
}

/** Rejects the rows of tenants that neither the bundle nor an earlier load has made. */
export async function rejectStrays(
  tx: Transaction,
  { bundle, known, tally }: { bundle: StagedBundle; known: string[]; tally: Tally },
): Promise<void> {
  for (const [table, named] of bundle.named) {
    if ([...named].every(id => known.includes(id))) continue;
    for (const { file, rows, told } of await selectStrays(tx, table, known)) {
      tally.rejectAll(file ?? shapes[table].file, rows, told);
    }
  }
}
