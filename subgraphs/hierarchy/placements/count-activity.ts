import type { Transaction } from '../../shared/database/database';
import { Problem } from '../../shared/errors';
import { selectParentsOfClass } from './placement.queries';
import { countClass, lockTree } from './tree.queries';

/**
 * Makes a class active or inactive, and counts it in every tree where it hangs. `change` must take the class's row
 * before it looks, and says by how much the number of active classes grew: 1, 0 or -1.
 */
export async function countActivity(
  tx: Transaction,
  classId: number,
  change: () => Promise<-1 | 0 | 1>,
): Promise<void> {
  // Trees first, then the class: the order in which a class is placed, too.
  const locked = new Set((await selectParentsOfClass(tx, classId)).map(({ hierarchyId }) => hierarchyId));
  for (const hierarchyId of locked) await lockTree(tx, hierarchyId);
  const active = await change();
  if (active === 0) return;
  const parents = await selectParentsOfClass(tx, classId);
  if (parents.some(({ hierarchyId }) => !locked.has(hierarchyId))) {
    throw new Problem('UNAVAILABLE', 'The class was placed elsewhere at the same moment. Please try again.');
  }
  for (const parent of parents) await countClass(tx, { ...parent, classes: 0, active });
}
