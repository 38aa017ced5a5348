import type { Transaction } from '../../shared/database/database';
import { lockBuild } from './build-progress.queries';
import { inSpan, jobOf } from '../../shared/tracing';
import { buildCells, buildNodes, clearStored, markBuilt, selectTrees } from './build.queries';
import { buildCellLearners, learnersOfCells } from './cell-learners.queries';
import { assignCells } from './assign-cells';
import { deleteCellsUnder, selectCells } from './cells.queries';
import { liftTimeLimit, lockStored, selectBuiltTrees, type LockStored } from './stored.queries';

export type Progress = (step: string, done: number, of: number) => void;

/**
 * Makes all stored sums of the tenant anew from the class-day facts, in the caller's transaction: until it commits,
 * readers see the old ones. What is accepted meanwhile waits as deltas and is not lost.
 */
export async function buildEverything(tx: Transaction, progress: Progress = () => undefined): Promise<void> {
  await lockStored(tx);
  await lockBuild(tx);
  const trees = await selectTrees(tx);
  const steps = trees.length + 1;
  await clearStored(tx);
  await assignCells(tx);
  progress('cells', 0, steps);
  await buildCells(tx, await selectCells(tx, null));
  await markBuilt(tx, 0);
  await buildLearners(tx);
  for (const [index, { id, key }] of trees.entries()) {
    progress(key, index + 1, steps);
    await buildNodes(tx, id);
    await markBuilt(tx, id);
  }
  progress('done', steps, steps);
}

/** The cells, or a hierarchy. */
interface Missing {
  id: number;
  key: string;
}

interface Building {
  progress?: Progress;
  lock?: LockStored;
}

/** Makes what of the tenant's stored sums is not there: nothing where all is. Returns what it made. */
export async function buildMissing(tx: Transaction, { progress = () => undefined, lock = lockStored }: Building = {}): Promise<string[]> {
  const missing = async () => {
    const built = await selectBuiltTrees(tx);
    const trees = [{ id: 0, key: 'cells' }, { id: learnersOfCells, key: 'learners' }, ...(await selectTrees(tx))];
    return trees.filter(({ id }) => !built.has(id));
  };
  if ((await missing()).length === 0) {
    tx.keepVersion();
    return [];
  }
  return inSpan(jobOf('build', tx.tenantId), () => buildThese(tx, { missing, progress, lock }));
}

interface BuildingThese extends Required<Building> {
  missing: () => Promise<Missing[]>;
}

async function buildThese(tx: Transaction, { missing, progress, lock }: BuildingThese): Promise<string[]> {
  // The figures stay; where they are read from, and what there is still to build, is told anew.
  await liftTimeLimit(tx);
  await lock(tx);
  const toBuild = await missing(); // somebody else may have made them while this waited
  if (toBuild.some(({ id }) => id === 0)) {
    await buildEverything(tx, progress);
  } else {
    for (const [index, { id, key }] of toBuild.entries()) {
      progress(key, index, toBuild.length);
      if (id === learnersOfCells) await buildLearners(tx);
      else await buildHierarchy(tx, id);
    }
    progress('done', toBuild.length, toBuild.length);
  }
  return toBuild.map(({ key }) => key);
}

async function buildLearners(tx: Transaction): Promise<void> {
  await buildCellLearners(tx);
  await markBuilt(tx, learnersOfCells);
}

/** The stored levels of a hierarchy no longer fit its tree: reads go to the cells until they are built again. */
export async function forgetStoredLevels(tx: Transaction, hierarchyId: number): Promise<void> {
  await lockStored(tx);
  await clearStored(tx, hierarchyId);
}

/** Nothing has a place in the hierarchy any more, and nothing is kept of what hung there. */
export async function forgetHierarchy(tx: Transaction, hierarchyId: number): Promise<void> {
  await lockStored(tx);
  await clearStored(tx, hierarchyId);
  await deleteCellsUnder(tx, hierarchyId);
}

/** Placements of many classes change at once: reads go to the facts until everything is built again. */
export async function forgetEverything(tx: Transaction): Promise<void> {
  await lockStored(tx);
  await clearStored(tx);
}

/** Makes the stored sums of one hierarchy anew from the cells; of all where the cells are not there yet. */
export async function buildHierarchy(tx: Transaction, hierarchyId: number): Promise<void> {
  await lockStored(tx);
  await lockBuild(tx);
  if (!(await selectBuiltTrees(tx)).has(0)) return buildEverything(tx);
  await clearStored(tx, hierarchyId);
  await buildNodes(tx, hierarchyId);
  await markBuilt(tx, hierarchyId);
}
