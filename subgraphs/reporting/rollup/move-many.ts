import type { Transaction } from '../../shared/database/database';
import { groupBy } from '../../shared/group-by';
import { assignCells, selectCellParents } from './assign-cells';
import { clearStored } from './build.queries';
import { recountLearners } from './cell-learners.queries';
import { countClasses, rehangCells, selectCellNumbers, selectCells, type ClassCell } from './cells.queries';
import { makeStored, type TreeChange } from './move';
import {
  classesHaveMoreThan,
  noteTree,
  noteWays,
  selectKeptAbove,
  selectStoredAnew,
  shiftCells,
  shiftClasses,
  waysHaveMoreThan,
  type CellMove,
  type ClassShift,
} from './move-many.queries';
import { lockStored, selectBuiltTrees } from './stored.queries';

export interface ClassMove {
  classId: number;
  from: number | null;
  to: number | null;
}

/** What is added up again while somebody waits, of a context each: months of cells, and days of classes. */
const mostAtOnce = { cellMonths: 30_000, classDays: 200_000 };

/**
 * Changes where many groups and classes hang in one hierarchy, and takes the sums along in the same transaction, by as
 * many statements as for two. A cell whose classes all come to hang under the same parents stays what it is and hangs
 * there. What has more sums than can be added up meanwhile is forgotten, and read from below until it is built again.
 * `change` changes the placements and makes the tree; the tree's lock must be held.
 */
export async function moveMany(
  tx: Transaction,
  { hierarchyId, classes }: { hierarchyId: number; classes: readonly ClassMove[] },
  change: TreeChange,
  most = mostAtOnce,
): Promise<void> {
  await lockStored(tx);
  const built = await selectBuiltTrees(tx);
  if (!built.has(0)) return change();
  const ids = classes.map(({ classId }) => classId);
  await assignCells(tx, ids);
  const before = await selectCells(tx, ids);
  if (built.has(hierarchyId)) await noteTree(tx, hierarchyId);

  await change();
  const { whole, single } = await sortMoves(tx, classes, before);
  if (await classesHaveMoreThan(tx, single.map(({ classId }) => classId), most.classDays)) return clearStored(tx);
  const withLevels = built.has(hierarchyId) && (await moveLevels(tx, hierarchyId, whole, most.cellMonths));
  await rehangCells(tx, whole, whole.flatMap(({ cellId, classIds }) => classIds.map(classId => ({ classId, cellId }))));
  await moveClasses(tx, single, { hierarchyId, withLevels });
  if (withLevels) await makeStored(tx, hierarchyId, await selectStoredAnew(tx, hierarchyId));
}

/** A cell that moves with all its classes. */
interface WholeCell extends CellMove {
  parents: string;
  classIds: number[];
}

/** A class that leaves others of its cell behind, or comes to some that are there. */
interface SingleClass extends ClassMove {
  oldCell: number;
}

async function sortMoves(
  tx: Transaction,
  classes: readonly ClassMove[],
  before: readonly ClassCell[],
): Promise<{ whole: WholeCell[]; single: SingleClass[] }> {
  const moves = new Map(classes.map(move => [move.classId, move]));
  const cells = groupBy(before, ({ cellId }) => cellId);
  const sizes = await countClasses(tx, [...cells.keys()]);
  const parentsOf = await selectCellParents(tx, [...moves.keys()]);
  const taken = await selectCellNumbers(tx, [...new Set(before.map(({ classId }) => parentsOf(classId)))]);
  const sorted = { whole: [] as WholeCell[], single: [] as SingleClass[] };
  for (const [cellId, members] of cells) {
    const classIds = members.map(({ classId }) => classId);
    const parents = parentsOf(classIds[0]!);
    const together = sizes.get(cellId) === classIds.length && classIds.every(classId => parentsOf(classId) === parents);
    if (together && !taken.has(parents)) {
      taken.set(parents, cellId);
      sorted.whole.push({ ...moves.get(classIds[0]!)!, cellId, parents, classIds });
    } else sorted.single.push(...classIds.map(classId => ({ ...moves.get(classId)!, oldCell: cellId })));
  }
  return sorted;
}

/** Takes cells' sums to the groups that are above them now; false where there are too many, which are forgotten then. */
async function moveLevels(tx: Transaction, hierarchyId: number, whole: readonly WholeCell[], most: number): Promise<boolean> {
  await noteWays(tx, hierarchyId, whole);
  if (await waysHaveMoreThan(tx, most)) {
    await clearStored(tx, hierarchyId);
    return false;
  }
  await shiftCells(tx, hierarchyId);
  return true;
}

/** Takes classes' sums from cell to cell, and from what is above their old parents to what is above the new ones. */
async function moveClasses(
  tx: Transaction,
  classes: readonly SingleClass[],
  { hierarchyId, withLevels }: { hierarchyId: number; withLevels: boolean },
): Promise<void> {
  if (classes.length === 0) return;
  const ids = classes.map(({ classId }) => classId);
  await assignCells(tx, ids);
  const cellOf = new Map((await selectCells(tx, ids)).map(({ classId, cellId }) => [classId, cellId]));
  const groups = [...new Set(classes.flatMap(({ from, to }) => [from, to].filter(group => group !== null)))];
  // Cells have moved with their groups already: by now both ways are those of the new tree.
  const above = withLevels ? await selectKeptAbove(tx, hierarchyId, groups) : new Map<number, number[]>();
  const shifts = classes.flatMap(({ classId, oldCell, from, to }): ClassShift[] => {
    const [losing, gaining] = [from, to].map(group => new Set(above.get(group ?? 0)));
    return [
      { classId, hierarchyId: 0, owner: oldCell, sign: -1 },
      { classId, hierarchyId: 0, owner: cellOf.get(classId)!, sign: 1 },
      ...[...losing!].filter(owner => !gaining!.has(owner)).map(owner => ({ classId, hierarchyId, owner, sign: -1 as const })),
      ...[...gaining!].filter(owner => !losing!.has(owner)).map(owner => ({ classId, hierarchyId, owner, sign: 1 as const })),
    ];
  });
  await shiftClasses(tx, shifts);
  await recountLearners(tx, ids, [...new Set([...classes.map(({ oldCell }) => oldCell), ...cellOf.values()])]);
}
