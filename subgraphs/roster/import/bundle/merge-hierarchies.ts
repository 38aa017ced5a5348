import {
  growLevelsVersion,
  insertHierarchy,
  lockHierarchyKeys,
  moveEveryVersion,
  rebuildAllTrees,
  replaceLevels,
  selectAllHierarchies,
  updateHierarchyWords,
  type BundleHierarchy,
  type BundleLevel,
} from '../../../hierarchy/published';
import { forgetStoredLevels } from '../../../reporting/published';
import type { Transaction } from '../../../shared/database/database';
import { selectTenantNumbers } from '../../../shared/database/tenants.queries';
import { refuseContradictions, type ReadRow } from './contradictions';
import { shapes, type Row } from './shapes';
import type { Tally } from './tally';

const hierarchiesFile = shapes.hierarchies.file;
const levelsFile = shapes.levels.file;

/** Writes hierarchies and their levels; every tenant's trees follow levels that have changed. */
export async function mergeHierarchies(
  tx: Transaction,
  { hierarchies, levels, tally, now }: { hierarchies: ReadRow[]; levels: ReadRow[]; tally: Tally; now: Date },
): Promise<void> {
  await lockHierarchyKeys(tx);
  const known = new Map((await selectAllHierarchies(tx)).map(hierarchy => [hierarchy.key, hierarchy]));
  const declared = refuseContradictions(hierarchies, { key: ['hierarchy'], file: hierarchiesFile, tally });
  const sound = soundLevels(levels, { known, declared, tally });

  for (const { line, row, again } of declared) {
    const key = row.hierarchy!;
    const before = known.get(key);
    if (!before && !sound.has(key)) {
      tally.reject(hierarchiesFile, line, `expected at least one level in ${levelsFile}; none came for '${key}'`);
    } else if (!before) {
      const words = { name: row.name!, description: row.description! };
      const id = await insertHierarchy(tx, { key, ...words, now });
      known.set(key, { id, key, ...words, levels: [] });
      tally.count(hierarchiesFile, 'added');
    } else if (!again && (before.name !== row.name || before.description !== row.description)) {
      await updateHierarchyWords(tx, { id: before.id, name: row.name!, description: row.description!, now });
      tally.count(hierarchiesFile, 'changed');
    } else tally.count(hierarchiesFile, 'unchanged');
  }
  // In the order in which everybody locks trees.
  const merged = [...sound].map(([key, rows]) => ({ hierarchy: known.get(key)!, rows }));
  merged.sort((one, other) => one.hierarchy.id - other.hierarchy.id);
  for (const one of merged) await mergeLevels(tx, { ...one, tally, now });
  if (declared.length > 0 || levels.length > 0) await moveEveryVersion(tx, await selectTenantNumbers(tx));
}

async function mergeLevels(
  tx: Transaction,
  { hierarchy, rows, tally, now }: { hierarchy: BundleHierarchy; rows: ReadRow[]; tally: Tally; now: Date },
): Promise<void> {
  const before = new Map(hierarchy.levels.map(level => [level.sequence, level]));
  const after = new Map(before);
  const written: BundleLevel[] = [];
  for (const { row } of rows) {
    const old = after.get(Number(row.sequence));
    const level = levelOf(row, old);
    if (old && same(old, level)) tally.count(levelsFile, 'unchanged');
    else {
      tally.count(levelsFile, old ? 'changed' : 'added');
      written.push(level);
      after.set(level.sequence, level);
    }
  }
  if (written.length === 0) return;
  await replaceLevels(tx, { hierarchyId: hierarchy.id, levels: written });
  if (before.size === 0) return;
  await growLevelsVersion(tx, hierarchy.id, now);
  if (order(before.values()) !== order(after.values())) {
    await rebuildAllTrees(tx, { hierarchyId: hierarchy.id, beforeEach: forgetStoredLevels });
  }
}

/** What trees depend on: which types follow which, and whose sums are stored. */
const order = (levels: Iterable<BundleLevel>): string =>
  [...levels].sort((one, other) => one.sequence - other.sequence).map(level => `${level.type} ${level.stored}`).join();

const fields = ['name', 'type', 'stored', 'providerType', 'providerLevel'] as const;
const same = (one: BundleLevel, other: BundleLevel): boolean => fields.every(field => one[field] === other[field]);

/** What the file has no column for stays as it was. */
const levelOf = (row: Row, before: BundleLevel | undefined): BundleLevel => ({
  sequence: Number(row.sequence),
  name: row.name!,
  type: row.type!,
  stored: row.stored === 'true',
  providerType: row.provider_type === undefined ? (before?.providerType ?? null) : row.provider_type,
  providerLevel: row.provider_level === undefined ? (before?.providerLevel ?? null) : numberOrNull(row.provider_level),
});

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));

interface Context {
  known: Map<string, BundleHierarchy>;
  declared: ReadRow[];
  tally: Tally;
}

/** Level rows that can be written together with what is there already, by hierarchy. The rest is rejected. */
function soundLevels(levels: ReadRow[], { known, declared, tally }: Context): Map<string, ReadRow[]> {
  const keys = new Set([...known.keys(), ...declared.map(({ row }) => row.hierarchy!)]);
  const byHierarchy = new Map<string, ReadRow[]>();
  const ofKnown = levels.filter(({ line, row }) => {
    if (keys.has(row.hierarchy!)) return true;
    const expected = `a hierarchy of ${hierarchiesFile} or a known one`;
    tally.reject(levelsFile, line, `hierarchy_id: expected ${expected}; '${row.hierarchy}' is neither`);
    return false;
  });
  const once = refuseContradictions(ofKnown, {
    key: ['hierarchy', 'sequence'],
    file: levelsFile,
    tally,
    reason: ({ sequence }, first) =>
      `sequence: expected each once in a hierarchy; ${sequence} came in line ${first.line} for ${first.row.type}`,
  });
  for (const row of refuseTypesUsedTwice(once, { known, tally })) {
    const key = row.row.hierarchy!;
    byHierarchy.set(key, [...(byHierarchy.get(key) ?? []), row]);
  }
  return byHierarchy;
}

/** A row that is rejected leaves the old level of its sequence in place, which can be in the way of the next. */
function refuseTypesUsedTwice(rows: ReadRow[], { known, tally }: Omit<Context, 'declared'>): ReadRow[] {
  for (let left = rows; ; ) {
    const claims = claimsOfOldLevels(left, known);
    const refused = left.find(({ line, row, again }) => {
      if (again) return false;
      if (claims.has(typeKey(row))) return true;
      claims.set(typeKey(row), `line ${line} has it already`);
      return false;
    })?.row;
    if (!refused) return left;
    const isRefused = ({ row }: ReadRow) => levelKey(row) === levelKey(refused);
    for (const { line } of left.filter(isRefused)) {
      const came = `${refused.type} came, and ${claims.get(typeKey(refused))}`;
      tally.reject(levelsFile, line, `type: expected each type once in a hierarchy; ${came}`);
    }
    left = left.filter(row => !isRefused(row));
  }
}

const levelKey = (row: Row): string => `${row.hierarchy}\n${row.sequence}`;
const typeKey = (row: Row): string => `${row.hierarchy}\n${row.type}`;

/** The types of the levels that stay, since no row has their sequence. */
function claimsOfOldLevels(rows: ReadRow[], known: Map<string, BundleHierarchy>): Map<string, string> {
  const replaced = new Set(rows.map(({ row }) => levelKey(row)));
  const claims = new Map<string, string>();
  for (const { key, levels } of known.values()) {
    for (const { sequence, type } of levels) {
      if (replaced.has(levelKey({ hierarchy: key, sequence: String(sequence) }))) continue;
      claims.set(typeKey({ hierarchy: key, type }), `level ${sequence} of '${key}' has it already`);
    }
  }
  return claims;
}
