import type { Transaction } from '../../shared/database/database';
import { addDays, monthOf, type Day } from '../../shared/period';
import { beforeAll, markSealed, rewriteRows, selectNextToSeal, selectOwnersAfter } from './seal.queries';
import { lockStored, selectBuiltTrees, type LockStored } from './stored.queries';

/** Owners of one transaction: few enough not to hold up a move or a fold. */
const ownersAtOnce = 100;

/** Days after a month's end in which most of what came late has come. */
const daysOfGrace = 7;

interface Sealing {
  now: Date;
  most?: number;
  lock?: LockStored;
}

/** Months that begin before this day's month are over, and can be sealed. */
export const sealableBefore = (now: Date): Day => monthOf(addDays(now.toISOString().slice(0, 10), -daysOfGrace));

/**
 * Lays out some more of a month that is over: as it went on, its stored rows were written day by day, and those of one
 * node lie on as many pages as the month has days. Written anew in key order they lie side by side. They remain rows
 * like all others: what comes late is folded into them. Returns whether there is more to do.
 */
export async function sealSome(tx: Transaction, { now, most = ownersAtOnce, lock = lockStored }: Sealing): Promise<boolean> {
  tx.keepVersion(); // the same rows in another place
  const before = sealableBefore(now);
  if (!(await selectNextToSeal(tx, before))) return false;
  await lock(tx);
  const next = await selectNextToSeal(tx, before); // somebody else may have gone on while this waited
  if (!next) return false;
  const owners = await selectOwnersAfter(tx, next, most);
  if (owners.length > 0) await rewriteRows(tx, next, owners);
  const last = owners.at(-1);
  if (last && owners.length === most) {
    const { level, place } = last;
    await markSealed(tx, { ...next, level, place }, null);
  } else {
    const trees = [...(await selectBuiltTrees(tx))].sort((a, b) => a - b);
    const following = trees.find(id => id > next.hierarchyId);
    await markSealed(tx, { ...next, ...beforeAll, hierarchyId: following ?? next.hierarchyId }, following ? null : now);
  }
  return true;
}
