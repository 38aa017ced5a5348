import type { Transaction } from '../../shared/database/database';
import { groupBy } from '../../shared/group-by';
import {
  insertCells,
  putIntoCells,
  selectCellNumbers,
  selectCells,
  selectClasses,
  selectPlacements,
} from './cells.queries';

/**
 * Puts classes into the cells where their placements belong; new cells are made. Sums do not move with them: that is
 * the caller's business. Without a list, every class that has no cell yet. Classes with the same direct parents in all
 * hierarchies are of the same cell.
 */
export async function assignCells(tx: Transaction, classIds?: readonly number[]): Promise<void> {
  const placed = new Set(classIds ? [] : (await selectCells(tx, null)).map(({ classId }) => classId));
  const classes = (await selectClasses(tx, classIds ?? null)).filter(id => !placed.has(id));
  if (classes.length === 0) return;
  const parentsOf = await selectCellParents(tx, classIds ?? null);
  const parents = [...new Set(classes.map(parentsOf))];
  let cells = await selectCellNumbers(tx, parents);
  if (cells.size < parents.length) {
    await insertCells(tx, parents.filter(these => !cells.has(these)));
    cells = await selectCellNumbers(tx, parents);
  }
  await putIntoCells(tx, classes.map(classId => ({ classId, cellId: cells.get(parentsOf(classId))! })));
}

/** What a class's cell is known by: the parents of the class in all hierarchies, as its placements are now. */
export async function selectCellParents(
  tx: Transaction,
  classIds: readonly number[] | null,
): Promise<(classId: number) => string> {
  const placements = groupBy(await selectPlacements(tx, classIds), ({ classId }) => classId);
  return classId =>
    (placements.get(classId) ?? []).map(({ hierarchyId, parentId }) => `${hierarchyId}:${parentId}`).join();
}
