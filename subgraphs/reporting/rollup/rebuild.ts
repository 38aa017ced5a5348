import type { Transaction } from '../../shared/database/database';
import { renewAllCounts } from '../competency-counts/keep-competency-counts';
import { selectTrees } from './build.queries';
import { buildEverything, buildHierarchy, type Progress } from './build';
import { liftTimeLimit, lockStored, selectBuiltTrees } from './stored.queries';

export interface RebuildOptions {
  now: Date;
  /** The hierarchy's number; without it everything is made anew, the cells too. */
  hierarchyId?: number;
  onProgress: Progress;
  /** Called where somebody else has been changing these sums for a while: a rebuild, say. */
  onWait: () => void;
}

const unnoticed = 1_000;

/**
 * Makes a tenant's stored sums anew in the caller's transaction: of one hierarchy, or all, the changes of competency
 * counts included. Waits its turn; whoever
 * changes sums meanwhile waits until the transaction ends, and readers never do. Returns what it made: nothing where
 * the tenant has no tree in the hierarchy.
 */
export async function rebuild(tx: Transaction, { now, hierarchyId, onProgress, onWait }: RebuildOptions): Promise<string[]> {
  await liftTimeLimit(tx);
  const waiting = setTimeout(onWait, unnoticed);
  await lockStored(tx).finally(() => clearTimeout(waiting));
  const trees = await selectTrees(tx);
  const asked = trees.find(({ id }) => id === hierarchyId);
  if (hierarchyId !== undefined && !asked) return [];
  if (!asked || !(await selectBuiltTrees(tx)).has(0)) {
    onProgress('competency counts', 0, trees.length + 2);
    await renewAllCounts(tx, now);
    await buildEverything(tx, (step, done, of) => onProgress(step, done + 1, of + 1));
    return ['cells', ...trees.map(({ key }) => key)];
  }
  onProgress(asked.key, 0, 1);
  await buildHierarchy(tx, asked.id);
  onProgress('done', 1, 1);
  return [asked.key];
}
