import { moveClass, moveGroup, moveMany } from '../../reporting/published';
import { lockClasses } from '../../roster/published';
import type { Transaction } from '../../shared/database/database';
import { groupBy } from '../../shared/group-by';
import { badInput, notFound, Problem } from '../../shared/errors';
import { publicId, readPublicId } from '../../shared/identifiers';
import { selectHierarchiesByKey } from '../hierarchies/hierarchy.queries';
import { selectAlong, type Along } from './bring-along';
import { refusals, tellRefusals, type Placed, type Refusal } from './may-be-placed';
import {
  deletePlacements,
  selectParents,
  selectRings,
  selectStanding,
  selectThings,
  upsertPlacements,
  type Thing,
} from './placement.queries';
import { countClass, growVersion, lockTree, rebuildTree } from './tree.queries';

export interface Placing {
  /** The hierarchy's public id. */
  hierarchyKey: string;
  childId: string;
  /** null takes the child out. */
  parentId: string | null;
}

/** What became of placings. */
export interface Outcome {
  /** Had no place in the hierarchy and have one now, with what came along. */
  placed: number;
  moved: number;
  takenOut: number;
  unchanged: number;
  along: Along;
}

const nothingAlong: Along = { placements: [], stayed: [], skipped: 0 };

/**
 * Places something under a parent in one hierarchy, moves it there, or takes it out (`parentId` null). Figures follow,
 * since they are added up along the placements. Refuses, and changes nothing, what would not be a tree.
 */
export async function place(tx: Transaction, { hierarchyKey, ...placing }: Placing, alongFrom: string | null = null): Promise<void> {
  await placeMany(tx, { hierarchyKey, placings: [placing], alongFrom });
}

/** The same of several. Two parents for one thing in one hierarchy: CONFLICT. */
export async function placeAll(tx: Transaction, placings: readonly Placing[]): Promise<void> {
  const byHierarchy = groupBy(placings, ({ hierarchyKey }) => hierarchyKey);
  const hierarchies = await findHierarchies(tx, [...byHierarchy.keys()]);
  for (const [key, ofHierarchy] of byHierarchy) {
    if (new Set(ofHierarchy.map(({ childId }) => childId)).size === ofHierarchy.length) continue;
    throw new Problem('CONFLICT', `One parent in each hierarchy: several came for '${key}'.`);
  }
  // Every tree before any stored sums, as everybody takes them.
  for (const { id } of hierarchies) await lockTree(tx, id);
  for (const { id, key } of hierarchies) await placeIn(tx, { hierarchyId: id, placings: byHierarchy.get(key)!, source: null });
}

/**
 * The same of many in one hierarchy, all at once: it is the placements as they are in the end that must make a tree.
 * `alongFrom`: a hierarchy; what hangs there under what is placed comes along (bring-along.ts).
 */
export async function placeMany(
  tx: Transaction,
  { hierarchyKey, placings, alongFrom }: {
    hierarchyKey: string;
    placings: readonly Omit<Placing, 'hierarchyKey'>[];
    alongFrom: string | null;
  },
): Promise<Outcome> {
  const hierarchies = await findHierarchies(tx, [hierarchyKey, ...(alongFrom === null ? [] : [alongFrom])]);
  if (alongFrom === hierarchyKey) {
    throw new Problem('BAD_USER_INPUT', `alongFrom names another hierarchy than '${hierarchyKey}' itself: where things come along from.`);
  }
  for (const { id } of hierarchies) await lockTree(tx, id);
  const numberOf = (wanted: string): number => hierarchies.find(({ key }) => key === wanted)!.id;
  const source = alongFrom === null ? null : numberOf(alongFrom);
  return placeIn(tx, { hierarchyId: numberOf(hierarchyKey), placings, source });
}

/** By their public ids, in the order in which trees are locked. */
async function findHierarchies(tx: Transaction, keys: readonly string[]) {
  const hierarchies = await selectHierarchiesByKey(tx, keys);
  for (const wanted of keys) {
    if (!hierarchies.some(({ key }) => key === wanted)) throw notFound(`There is no hierarchy '${wanted}'.`);
  }
  return hierarchies.sort((a, b) => a.id - b.id);
}

/** Places things in a hierarchy whose tree is locked, as is that of `source`, from which more comes along. */
async function placeIn(
  tx: Transaction,
  { hierarchyId, placings, source }: {
    hierarchyId: number;
    placings: readonly Omit<Placing, 'hierarchyKey'>[];
    source: number | null;
  },
): Promise<Outcome> {
  const found = await findThings(tx, placings);
  const { sound, levels, refused } = await refusals(tx, { hierarchyId, placings: found.placed });
  tellRefusals(placings, [...found.refused, ...refused]);
  const along = source === null ? nothingAlong : await selectAlong(tx, { hierarchyId, source, placed: sound, levels });
  const after = [...sound, ...along.placements];
  if (along.placements.length > 0) await refuseRings(tx, hierarchyId, after);
  const parents = await selectParents(tx, hierarchyId, after.map(({ child }) => child));
  const changes = after.flatMap(({ child, parent }): Change[] => {
    const before = parents.get(keyOf(child));
    const to = parent?.number ?? null;
    return (parent ? before === to : before === undefined) ? [] : [{ child, before, to }];
  });
  if (changes.length > 0) {
    const active = await holdClasses(tx, changes);
    if (changes.length === 1) await changeOne(tx, hierarchyId, { ...changes[0]!, active });
    else await changeMany(tx, hierarchyId, changes);
    await growVersion(tx, hierarchyId);
  }
  const count = (is: (change: Change) => boolean): number => changes.filter(is).length;
  return {
    placed: count(({ before, to }) => before === undefined && to !== null),
    moved: count(({ before, to }) => before !== undefined && to !== null),
    takenOut: count(({ to }) => to === null),
    unchanged: after.length - changes.length,
    along,
  };
}

/** What comes along can make a ring only where old levels have left parents below their children. */
async function refuseRings(tx: Transaction, hierarchyId: number, after: readonly Omit<Placed, 'index'>[]): Promise<void> {
  const groups = after.filter(({ child }) => child.kind === 'group');
  const rings = await selectRings(tx, hierarchyId, {
    edges: groups.flatMap(({ child, parent }) => (parent ? [{ child: child.number, parent: parent.number, sound: true }] : [])),
    out: groups.flatMap(({ child, parent }) => (parent ? [] : [child.number])),
  });
  const ringed = groups.find(({ child }) => rings.has(child.number));
  if (!ringed) return;
  throw badInput(`With what would come along, '${ringed.parent!.name}' hangs below '${ringed.child.name}'; the one under the other would make a ring.`);
}

const keyOf = ({ kind, number }: Pick<Thing, 'kind' | 'number'>): string => publicId(kind, number);

async function findThings(
  tx: Transaction,
  placings: readonly Omit<Placing, 'hierarchyKey'>[],
): Promise<{ placed: Placed[]; refused: Refusal[] }> {
  const read = placings.flatMap(({ childId, parentId }) => [childId, parentId]).flatMap(id => (id === null ? [] : (readPublicId(id) ?? [])));
  const numbers = (wanted: string) => [...new Set(read.flatMap(({ kind, number }) => (kind === wanted ? [number] : [])))];
  const rows = await selectThings(tx, { groups: numbers('group'), classes: numbers('class') });
  const things = new Map(rows.map(thing => [keyOf(thing), thing]));
  const firsts = new Map<string, number>();
  const refused: Refusal[] = [];
  const placed: Placed[] = [];
  for (const [index, { childId, parentId }] of placings.entries()) {
    const child = things.get(childId);
    const parent = parentId === null ? null : things.get(parentId);
    const refuse = (code: Refusal['code'], message: string) => refused.push({ index, code, message });
    const first = firsts.get(childId);
    firsts.set(childId, first ?? index);
    if (first !== undefined) refuse('CONFLICT', `One parent for each child: '${childId}' came as placements[${first}] already.`);
    else if (!child) refuse('NOT_FOUND', `There is no group or class '${childId}' to place.`);
    else if (parent === undefined) refuse('NOT_FOUND', `There is no group '${parentId}' to place anything under.`);
    else placed.push({ index, child, parent });
  }
  return { placed, refused };
}

/** Something that is to hang elsewhere: `before` is undefined where it has no place, `to` null where it loses it. */
interface Change {
  child: Thing;
  before: number | null | undefined;
  to: number | null;
}

/** Whether a class is active is counted: it stays so until this is done, also of one that comes along. Says how many are. */
const holdClasses = (tx: Transaction, changes: readonly Change[]): Promise<number> =>
  lockClasses(tx, changes.flatMap(({ child }) => (child.kind === 'class' ? [child.number] : [])));

async function changeOne(
  tx: Transaction,
  hierarchyId: number,
  { child, before, to, active }: Change & { active: number },
): Promise<void> {
  const move = { hierarchyId, from: before ?? null, to };
  const change = async (): Promise<void> => {
    await writePlacements(tx, hierarchyId, [{ child, before, to }]);
    await followInTree(tx, { hierarchyId, child, active, before: move.from, after: to });
  };
  if (child.kind === 'class') await moveClass(tx, { ...move, classId: child.number }, change);
  else await moveGroup(tx, { hierarchyId, groupId: child.number }, change);
}

async function changeMany(tx: Transaction, hierarchyId: number, changes: readonly Change[]): Promise<void> {
  const classes = changes.filter(({ child }) => child.kind === 'class')
    .map(({ child, before, to }) => ({ classId: child.number, from: before ?? null, to }));
  await moveMany(tx, { hierarchyId, classes }, async () => {
    await writePlacements(tx, hierarchyId, changes);
    await rebuildTree(tx, hierarchyId);
  });
}

async function writePlacements(tx: Transaction, hierarchyId: number, changes: readonly Change[]): Promise<void> {
  for (const kind of ['group', 'class'] as const) {
    const ofKind = changes.filter(({ child }) => child.kind === kind);
    const placed = ofKind.flatMap(({ child, to }) => (to === null ? [] : [{ child: child.number, parent: to }]));
    const out = ofKind.flatMap(({ child, to }) => (to === null ? [child.number] : []));
    if (placed.length > 0) await upsertPlacements(tx, { hierarchyId, kind, placed });
    if (out.length > 0) await deletePlacements(tx, { hierarchyId, kind, out });
  }
}

/** A class changes counts along two paths; a group, or a first class under a possible root, changes the tree itself. */
async function followInTree(
  tx: Transaction,
  move: { hierarchyId: number; child: Thing; active: number; before: number | null; after: number | null },
): Promise<void> {
  const { hierarchyId, child, active, before, after } = move;
  if (child.kind === 'group') return rebuildTree(tx, hierarchyId);
  for (const [groupId, classes] of [[before, -1], [after, 1]] as const) {
    if (groupId === null) continue;
    const { inTree, hasPlaced } = await selectStanding(tx, hierarchyId, groupId);
    // A group becomes a root with the first thing placed under it, and stops being one with the last.
    if (inTree !== hasPlaced && (classes > 0 || !hasPlaced)) return rebuildTree(tx, hierarchyId);
    if (inTree) await countClass(tx, { hierarchyId, groupId, classes, active: classes * active });
  }
}
