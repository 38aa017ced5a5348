import { moveClass, moveGroup } from '../../reporting/published';
import { lockClass } from '../../roster/published';
import type { Transaction } from '../../shared/database/database';
import { badInput, notFound, Problem } from '../../shared/errors';
import { readPublicId } from '../../shared/identifiers';
import { selectHierarchiesByKey, selectLevels, type LevelRow } from '../hierarchies/hierarchy.queries';
import {
  deletePlacement,
  hangsBelow,
  selectParent,
  selectStanding,
  selectThings,
  upsertPlacement,
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

/**
 * Places something under a parent in one hierarchy, moves it there, or takes it out (`parentId` null). Figures follow,
 * since they are added up along the placements. Refuses, and changes nothing, what would not be a tree.
 */
export const place = (tx: Transaction, placing: Placing): Promise<void> => placeAll(tx, [placing]);

/** The same of several. Two parents for one thing in one hierarchy: CONFLICT. */
export async function placeAll(tx: Transaction, placings: readonly Placing[]): Promise<void> {
  const hierarchies = await selectHierarchiesByKey(tx, placings.map(({ hierarchyKey }) => hierarchyKey));
  const found = placings.map(placing => {
    const hierarchy = hierarchies.find(({ key }) => key === placing.hierarchyKey);
    if (!hierarchy) throw notFound(`There is no hierarchy '${placing.hierarchyKey}'.`);
    return { ...placing, hierarchyId: hierarchy.id };
  });
  for (const [index, { hierarchyKey, childId }] of found.entries()) {
    const other = found.slice(0, index).some(one => one.hierarchyKey === hierarchyKey && one.childId === childId);
    if (other) throw new Problem('CONFLICT', `One parent in each hierarchy: several came for '${hierarchyKey}'.`);
  }
  found.sort((a, b) => a.hierarchyId - b.hierarchyId);
  // Every tree before any stored sums, as everybody takes them.
  for (const { hierarchyId } of found) await lockTree(tx, hierarchyId);
  for (const placing of found) await placeOne(tx, placing);
}

async function placeOne(
  tx: Transaction,
  { hierarchyId, childId, parentId }: { hierarchyId: number; childId: string; parentId: string | null },
): Promise<void> {
  const { child, parent } = await findThings(tx, childId, parentId);
  const before = await selectParent(tx, hierarchyId, child);
  if (parent) {
    const levels = await selectLevels(tx, [hierarchyId]);
    await refuseImpossible(tx, { hierarchyId, levels, child, parent });
    if (before === parent.number) return;
  } else if (before === undefined) return;
  const move = { hierarchyId, from: before ?? null, to: parent?.number ?? null };
  const change = async (): Promise<void> => {
    if (parent) await upsertPlacement(tx, { hierarchyId, child, parentId: parent.number });
    else await deletePlacement(tx, hierarchyId, child);
    await followInTree(tx, { hierarchyId, child, before: move.from, after: move.to });
  };
  if (child.kind === 'class') await moveClass(tx, { ...move, classId: child.number }, change);
  else await moveGroup(tx, { hierarchyId, groupId: child.number }, change);
  await growVersion(tx, hierarchyId);
}

async function findThings(tx: Transaction, childId: string, parentId: string | null) {
  const ids = [childId, parentId].map(id => (id === null ? null : readPublicId(id)));
  const numbers = (kind: string) => ids.flatMap(id => (id?.kind === kind ? [id.number] : []));
  // Whether a class is active is counted: it stays so until this is done.
  if (ids[0]?.kind === 'class') await lockClass(tx, ids[0].number);
  const things = await selectThings(tx, { groups: numbers('group'), classes: numbers('class') });
  const find = (id: (typeof ids)[number]) => things.find(thing => thing.kind === id?.kind && thing.number === id.number);
  const child = find(ids[0]!);
  const parent = parentId === null ? null : find(ids[1]!);
  if (!child) throw notFound(`There is no group or class '${childId}' to place.`);
  if (parent === undefined) throw notFound(`There is no group '${parentId}' to place anything under.`);
  return { child, parent };
}

/** The parent must stand above the child; levels between them may be skipped. */
async function refuseImpossible(
  tx: Transaction,
  { hierarchyId, levels, child, parent }: { hierarchyId: number; levels: LevelRow[]; child: Thing; parent: Thing },
): Promise<void> {
  const level = (thing: Thing): number => {
    const found = levels.find(candidate => candidate.type === thing.type);
    if (!found) {
      const known = levels.map(candidate => candidate.type).join(', ');
      throw badInput(`'${thing.name}' is of type ${thing.type}, which is no level of this hierarchy: ${known}, class.`);
    }
    return found.sequence;
  };
  if (parent.kind === 'class') {
    throw badInput(`Nothing can be placed under a class; '${parent.name}' is one. The class is always the leaf.`);
  }
  const parentLevel = level(parent);
  if (child.kind === 'class') return;
  if (child.number === parent.number) throw badInput(`'${child.name}' cannot be placed under itself: that would be a ring.`);
  if (await hangsBelow(tx, { hierarchyId, below: parent.number, above: child.number })) {
    throw badInput(`'${parent.name}' hangs below '${child.name}'; placing the one under the other would make a ring.`);
  }
  if (parentLevel >= level(child)) {
    throw badInput(
      `A parent must stand above its child: '${parent.name}' is a ${parent.type}, '${child.name}' a ${child.type}; ` +
        `the order is ${levels.map(candidate => candidate.type).join(', ')}, class.`,
    );
  }
}

/** A class changes counts along two paths; a group, or a first class under a possible root, changes the tree itself. */
async function followInTree(
  tx: Transaction,
  move: { hierarchyId: number; child: Thing; before: number | null; after: number | null },
): Promise<void> {
  const { hierarchyId, child, before, after } = move;
  if (child.kind === 'group') return rebuildTree(tx, hierarchyId);
  const active = child.active ? 1 : 0;
  for (const [groupId, classes] of [[before, -1], [after, 1]] as const) {
    if (groupId === null) continue;
    const { inTree, hasPlaced } = await selectStanding(tx, hierarchyId, groupId);
    // A group becomes a root with the first thing placed under it, and stops being one with the last.
    if (inTree !== hasPlaced && (classes > 0 || !hasPlaced)) return rebuildTree(tx, hierarchyId);
    if (inTree) await countClass(tx, { hierarchyId, groupId, classes, active: classes * active });
  }
}
