import type { Transaction } from '../../shared/database/database';
import { selectTenantNumbers } from '../../shared/database/tenants.queries';
import { moveVersion } from '../../shared/database/version.queries';
import { lockLevels, lockTree, rebuildTree } from '../placements/tree.queries';

/** One change of the shared hierarchies at a time. */
export async function lockHierarchyKeys(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(7310002)`);
}

/** What must happen in a tenant's own transaction, under the tree's lock, before its tree follows. */
export type ForEachTree = (tx: Transaction, hierarchyId: number) => Promise<void>;

/**
 * Makes the trees of all tenants in a hierarchy anew, in this transaction: all of them follow its levels at the same
 * moment.
 */
export async function rebuildAllTrees(
  tx: Transaction,
  { hierarchyId, beforeEach }: { hierarchyId: number; beforeEach: ForEachTree },
): Promise<void> {
  await lockLevels(tx, hierarchyId);
  // Asked for now: a tenant that has come meanwhile has a tree by the old levels.
  await inEachTenant(tx, await selectTenantNumbers(tx), async tenant => {
    const [placed] = await tenant.query(
      `select from tenant_hierarchies
       where tenant_hierarchies.tenant_id = $1 and tenant_hierarchies.hierarchy_id = $2`,
      [tenant.tenantId, hierarchyId],
    );
    if (!placed) return;
    await lockTree(tenant, hierarchyId);
    await beforeEach(tenant, hierarchyId);
    await rebuildTree(tenant, hierarchyId);
  });
}

/** Says to every tenant that what tenants share has changed: no answer from before is given again. */
export const moveEveryVersion = (tx: Transaction, tenants: number[]): Promise<void> =>
  inEachTenant(tx, tenants, async tenant => void (await tenant.query(moveVersion(tenant.tenantId))));

/** Works in one tenant after the other, each under its own row-level security, within a transaction of the platform. */
export async function inEachTenant(
  tx: Transaction,
  tenants: number[],
  work: (tenant: Transaction) => Promise<void>,
): Promise<void> {
  const enter = (tenantId: number) => tx.query(`select set_config('app.tenant_id', $1, true)`, [String(tenantId)]);
  try {
    for (const tenantId of tenants) {
      await enter(tenantId);
      await work({
        tenantId,
        manager: tx.manager,
        query: tx.query.bind(tx),
        queryPlannedAnew: tx.queryPlannedAnew.bind(tx),
        afterCommit: tx.afterCommit.bind(tx),
        keepVersion: tx.keepVersion.bind(tx),
        access: tx.access,
        memory: tx.memory,
      });
    }
  } finally {
    await enter(tx.tenantId).catch(() => undefined); // a failed transaction takes no more statements
  }
}
