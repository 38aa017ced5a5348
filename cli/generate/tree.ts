import type { Profile } from './profiles';
import { hash, seedFor } from './random';

/**
 * The groups of a tenant by number: level by level, the groups of a level are numbered through in the order of their
 * parents. Ids, codes and names follow from level and number, so that nothing else needs to be kept.
 */
export interface Tree {
  profile: Profile;
  /** Groups at each level, root first. */
  counts: readonly number[];
  /** parents[level][n]: the number, a level higher, of the nth group's parent. */
  parents: readonly Int32Array[];
  /** firstChild[level][n]: the number, a level lower, of the nth group's first child; below the schools are classes. */
  firstChild: readonly Int32Array[];
  /** The school of each class. */
  schoolOf: Int32Array;
}

export interface GroupRef { type: string; id: string }

export function growTree(options: { profile: Profile; classes: number; seed: number }): Tree {
  const { profile, classes } = options;
  const seed = seedFor(options.seed, 'tree');
  const counts: number[] = [];
  for (const level of profile.levels) {
    counts.push(Math.min(classes, Math.max(1, counts.at(-1) ?? 1, level.count(classes))));
  }
  const below = [...counts.slice(1), classes];
  const firstChild = counts.map((groups, level) =>
    shares({ parents: groups, children: below[level]!, seed: hash(seed, level) }));
  const parents = firstChild.map(first => parentsFrom(first));
  // The groups of the first level have none.
  const none = new Int32Array(counts[0]!);
  return { profile, counts, firstChild, parents: [none, ...parents.slice(0, -1)], schoolOf: parents.at(-1)! };
}

/** Deals children out to parents in runs: one each, and the rest by weights, so that some have four times as many. */
function shares({ parents, children, seed }: { parents: number; children: number; seed: number }): Int32Array {
  const upTo = new Float64Array(parents + 1);
  for (let parent = 0; parent < parents; parent++) {
    upTo[parent + 1] = upTo[parent]! + 0.4 + 1.2 * hash(seed, parent) / 2 ** 32;
  }
  const first = new Int32Array(parents + 1);
  for (let parent = 0; parent <= parents; parent++) {
    first[parent] = parent + Math.round((children - parents) * upTo[parent]! / upTo[parents]!);
  }
  return first;
}

function parentsFrom(firstChild: Int32Array): Int32Array {
  const parentOf = new Int32Array(firstChild.at(-1)!);
  for (let parent = 0; parent + 1 < firstChild.length; parent++) {
    parentOf.fill(parent, firstChild[parent], firstChild[parent + 1]);
  }
  return parentOf;
}

export const schoolLevel = (tree: Tree): number => tree.counts.length - 1;

/** The number of the group, of a level further up, that the nth group of a level is or stands below. */
export function ancestor(tree: Tree, { level, n, above }: { level: number; n: number; above: number }): number {
  let number = n;
  for (let at = level; at > above; at--) number = tree.parents[at]![number]!;
  return number;
}

export const ancestorOfSchool = (tree: Tree, { school, above }: { school: number; above: number }): number =>
  ancestor(tree, { level: schoolLevel(tree), n: school, above });

export function groupRef(tree: Tree, { level, n }: { level: number; n: number }): GroupRef {
  const { type, fixed } = tree.profile.levels[level]!;
  return { type, id: fixed ? fixed[n]![0] : `${type.replace('_', '-')}-${String(n).padStart(6, '0')}` };
}

/** As official codes are built: the parent's code, then the number among its children. */
export function groupCode(tree: Tree, { level, n }: { level: number; n: number }): string {
  const { fixed } = tree.profile.levels[level]!;
  if (fixed) return fixed[n]![1];
  const parent = tree.parents[level]![n]!;
  const number = n - tree.firstChild[level - 1]![parent]! + 1;
  return groupCode(tree, { level: level - 1, n: parent }) + String(number).padStart(tree.profile.codeDigits, '0');
}

/** Some schools hang higher than the level above them: a few in a hundred. */
const hangsHigher = (school: number): boolean => school % 29 === 11;

/** Where the tenant's own hierarchy places a group; null for a root. */
export function groupParent(tree: Tree, { level, n }: { level: number; n: number }): GroupRef | null {
  if (level === 0) return null;
  const { schoolsSkipTo } = tree.profile;
  if (level === schoolLevel(tree) && schoolsSkipTo !== null && hangsHigher(n)) {
    return groupRef(tree, { level: schoolsSkipTo, n: ancestor(tree, { level, n, above: schoolsSkipTo }) });
  }
  return groupRef(tree, { level: level - 1, n: tree.parents[level]![n]! });
}
