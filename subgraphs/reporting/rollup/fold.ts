import type { Database, Transaction } from '../../shared/database/database';
import { assignCells } from './assign-cells';
import { selectCells, type ClassCell } from './cells.queries';
import { foldDeltas, liftTimeLimit, lockStored, selectBuiltTrees, selectClassesToFold, type LockStored } from './stored.queries';

/** Deltas of one transaction: few enough not to hold up a move. However long they take, the same ones come next. */
const deltasAtOnce = 5_000;

/** Moves the tenant's oldest deltas into the stored sums; returns how many. Without stored sums there is nothing to do. */
export async function foldSome(tx: Transaction, { lock = lockStored }: { lock?: LockStored } = {}): Promise<number> {
  tx.keepVersion(); // what is folded was in every answer before
  await lock(tx);
  if (!(await selectBuiltTrees(tx)).has(0)) return 0;
  await liftTimeLimit(tx);
  const classes = await selectClassesToFold(tx, deltasAtOnce);
  if (classes.length === 0) return 0;
  return foldDeltas(tx, { most: deltasAtOnce, cells: await cellsOf(tx, classes) });
}

/** The cells of these classes; one that was made since the last fold gets its cell before its first sums are stored. */
async function cellsOf(tx: Transaction, classes: readonly number[]): Promise<ClassCell[]> {
  const cells = await selectCells(tx, classes);
  const known = new Set(cells.map(({ classId }) => classId));
  const fresh = classes.filter(classId => !known.has(classId));
  if (fresh.length === 0) return cells;
  await assignCells(tx, fresh);
  return selectCells(tx, classes);
}

/** Folds what waits for one tenant, some at a time and so many times at most; says whether more is left. */
export async function foldFor(
  database: Database,
  tenantId: number,
  { times, lock }: { times: number; lock?: LockStored },
): Promise<{ folded: number; isLeft: boolean }> {
  let folded = 0;
  for (let time = 0; time < times; time++) {
    const some = await database.transaction(tenantId, 'write', tx => foldSome(tx, lock ? { lock } : {}));
    folded += some;
    if (some < deltasAtOnce) return { folded, isLeft: false };
  }
  return { folded, isLeft: true };
}

/** Folds all that waits for one tenant. */
export const foldAll = async (database: Database, tenantId: number): Promise<number> =>
  (await foldFor(database, tenantId, { times: Infinity })).folded;
