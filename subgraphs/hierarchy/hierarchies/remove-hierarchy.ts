import { forgetHierarchy } from '../../reporting/published';
import type { Transaction } from '../../shared/database/database';
import { selectTenantNumbers } from '../../shared/database/tenants.queries';
import { notFound, Problem } from '../../shared/errors';
import { lockLevels, lockTree } from '../placements/tree.queries';
import { inEachTenant, lockHierarchyKeys, moveEveryVersion } from './define-hierarchy.queries';
import { HierarchyEntity } from './hierarchy.entity';
import { deleteTree, selectUse } from './remove-hierarchy.queries';

/**
 * Removes a hierarchy, in a transaction of the platform's. CONFLICT where a tenant has placed something in it, or has it
 * as its own. What grants, files and figures say, they say of groups: nothing of these is touched.
 */
export async function removeHierarchy(tx: Transaction, key: string): Promise<void> {
  await lockHierarchyKeys(tx);
  const hierarchies = tx.manager.getRepository(HierarchyEntity);
  const known = await hierarchies.findOneBy({ key });
  if (!known) throw notFound(`There is no hierarchy '${key}'.`);
  await lockLevels(tx, known.id);
  const tenants = await selectTenantNumbers(tx);
  const use = { placed: 0, tenants: 0, own: 0 };
  await inEachTenant(tx, tenants, async tenant => {
    const before = await selectUse(tenant, known.id);
    if (before.isOwn) use.own++;
    if (!before.begun) return;
    await lockTree(tenant, known.id);
    const { placed } = await selectUse(tenant, known.id);
    use.placed += placed;
    if (placed > 0) {
      use.tenants++;
      return;
    }
    await forgetHierarchy(tenant, known.id);
    await deleteTree(tenant, known.id);
  });
  refuseUsed(key, use);
  await hierarchies.delete({ id: known.id });
  await moveEveryVersion(tx, tenants);
}

/** Tells how much, and of whom nothing: what others have is not for whoever asks. */
function refuseUsed(key: string, { placed, tenants, own }: { placed: number; tenants: number; own: number }): void {
  const uses = [
    ...(placed > 0 ? [`${placed} groups and classes have a place in it (${tenants} ${tenants === 1 ? 'tenant' : 'tenants'})`] : []),
    ...(own > 0 ? [`${own} ${own === 1 ? 'tenant has' : 'tenants have'} it as their own (setApplicableHierarchy)`] : []),
  ];
  if (uses.length > 0) throw new Problem('CONFLICT', `The hierarchy '${key}' is used and cannot be removed: ${uses.join('; ')}.`);
}
