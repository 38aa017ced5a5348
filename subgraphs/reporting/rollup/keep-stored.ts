import type { Transaction } from '../../shared/database/database';
import { clearStored } from './build.queries';
import { assignCells } from './assign-cells';
import { anyWayChanged, noteWaysUp, selectClassesOffTheirCell } from './keep-stored.queries';
import { lockStored, selectBuiltTrees } from './stored.queries';

/**
 * Changes many placements of one hierarchy, and its tree, at once. The stored sums stay as long as nothing that has
 * facts hangs elsewhere then: new schools and classes leave them standing. Otherwise they are forgotten, and reads go
 * to the facts until `buildMissing` has made them anew. The locks of all trees that `change` touches must be held.
 */
export async function keepStoredSums<T>(
  tx: Transaction,
  hierarchyId: number,
  change: () => Promise<T>,
): Promise<{ result: T; forgotten: boolean }> {
  await lockStored(tx);
  const built = await selectBuiltTrees(tx);
  if (built.size === 0) return { result: await change(), forgotten: false };
  await noteWaysUp(tx, hierarchyId);
  const result = await change();
  const moved = await selectClassesOffTheirCell(tx, hierarchyId);
  const forgotten = moved.some(({ hasFacts }) => hasFacts) || (await anyWayChanged(tx, hierarchyId));
  if (forgotten) await clearStored(tx);
  else if (moved.length > 0) await assignCells(tx, moved.map(({ id }) => id));
  return { result, forgotten };
}
