import type { Database, Transaction } from '../../shared/database/database';
import { assignCells } from './cells.queries';
import { foldDeltas, lockStored, selectBuiltTrees, selectClassesToFold } from './stored.queries';

/** Deltas of one transaction: few enough not to hold up a move. */
const deltasAtOnce = 20_000;

/** Moves the tenant's oldest deltas into the stored sums; returns how many. Without stored sums there is nothing to do. */
export async function foldSome(tx: Transaction): Promise<number> {
  tx.keepVersion(); // what is folded was in every answer before
  await lockStored(tx);
  if (!(await selectBuiltTrees(tx)).has(0)) return 0;
  await assignMissingCells(tx);
  return foldDeltas(tx, deltasAtOnce);
}

/** A class that was made since the last fold gets its cell before its first sums are stored. */
async function assignMissingCells(tx: Transaction): Promise<void> {
  const classes = await selectClassesToFold(tx, deltasAtOnce);
  if (classes.length > 0) await assignCells(tx, classes);
}

/** Folds all that waits for one tenant, some at a time. */
export async function foldAll(database: Database, tenantId: number): Promise<number> {
  let all = 0;
  for (;;) {
    const folded = await database.transaction(tenantId, 'write', foldSome);
    all += folded;
    if (folded < deltasAtOnce) return all;
  }
}
