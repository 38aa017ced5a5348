import type { Transaction } from '../../shared/database/database';
import { buildNodes, deleteNodes } from './build.queries';
import { recountLearners } from './cell-learners.queries';
import { assignCells } from './assign-cells';
import { selectCellOf } from './cells.queries';
import {
  selectAllStored,
  selectStanding,
  selectStoredFrom,
  shiftClass,
  shiftGroups,
  shiftStored,
  type Change,
} from './move.queries';
import { lockStored, selectBuiltTrees } from './stored.queries';

/** What happens to the tree while sums move: the placements, and the tree made from them. */
export type TreeChange = () => Promise<void>;

const without = (list: readonly number[], other: readonly number[]): number[] => {
  const known = new Set(other);
  return list.filter(element => !known.has(element));
};

/** The owners that lose and those that gain; who does both does neither. */
const shifts = (hierarchyId: number, { losing, gaining }: { losing: number[]; gaining: number[] }): Change[] => [
  ...without(losing, gaining).map(owner => ({ hierarchyId, owner, sign: -1 as const })),
  ...without(gaining, losing).map(owner => ({ hierarchyId, owner, sign: 1 as const })),
];

/**
 * Changes where a class hangs, and takes its sums from the old cell and ancestors to the new ones in the same
 * transaction. The tree's lock must be held.
 */
export async function moveClass(
  tx: Transaction,
  move: { hierarchyId: number; classId: number; from: number | null; to: number | null },
  change: TreeChange,
): Promise<void> {
  await lockStored(tx);
  const built = await selectBuiltTrees(tx);
  if (!built.has(0)) return change();
  const { hierarchyId, classId, from, to } = move;
  await assignCells(tx, [classId]);
  const oldCell = (await selectCellOf(tx, classId))!;
  const above = async (group: number | null): Promise<number[]> =>
    group === null || !built.has(hierarchyId) ? [] : selectStoredFrom(tx, hierarchyId, group);
  const losing = await above(from);
  const known = await above(to);

  await change();
  await assignCells(tx, [classId]);
  const newCell = (await selectCellOf(tx, classId))!;
  await shiftClass(tx, classId, shifts(0, { losing: [oldCell], gaining: [newCell] }));
  if (newCell !== oldCell) await recountLearners(tx, [classId], [oldCell, newCell]);
  const gone = without(losing, await above(from));
  const gaining = await above(to);
  const appeared = without(gaining, known);
  await shiftClass(
    tx,
    classId,
    shifts(hierarchyId, { losing: without(losing, gone), gaining: without(gaining, appeared) }),
  );
  await makeStored(tx, hierarchyId, { gone, appeared });
}

/** Changes where a group hangs; what is below it comes along. The tree's lock must be held. */
export async function moveGroup(
  tx: Transaction,
  { hierarchyId, groupId }: { hierarchyId: number; groupId: number },
  change: TreeChange,
): Promise<void> {
  await lockStored(tx);
  const built = await selectBuiltTrees(tx);
  if (!built.has(hierarchyId) || !built.has(0)) return change();
  const before = await selectStanding(tx, hierarchyId, groupId);
  const storedBefore = new Set(await selectAllStored(tx, hierarchyId));

  await change();
  const after = await selectStanding(tx, hierarchyId, groupId);
  const storedAfter = await selectAllStored(tx, hierarchyId);
  const gone = without([...storedBefore], storedAfter);
  const appeared = storedAfter.filter(group => !storedBefore.has(group));
  const changes = shifts(hierarchyId, {
    losing: without(before.storedAbove, gone),
    gaining: without(after.storedAbove, appeared),
  });
  if (before.storedGroups.includes(groupId)) await shiftStored(tx, { hierarchyId, groupId, changes });
  else {
    const groups = before.groups.length > 0 ? before.groups : after.groups;
    await shiftGroups(tx, { hierarchyId, groups, changes });
  }
  await makeStored(tx, hierarchyId, { gone, appeared });
}

/** Nodes that are no longer stored are forgotten, and those that are now are added up from their cells. */
export async function makeStored(
  tx: Transaction,
  hierarchyId: number,
  { gone, appeared }: { gone: number[]; appeared: number[] },
): Promise<void> {
  if (gone.length > 0) await deleteNodes(tx, hierarchyId, gone);
  if (appeared.length > 0) await buildNodes(tx, hierarchyId, appeared);
}
