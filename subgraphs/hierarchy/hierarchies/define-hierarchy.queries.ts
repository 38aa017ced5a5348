import type { Transaction } from '../../shared/database/database';
import { lockTree, rebuildTree } from '../placements/tree.queries';

/** One change of the shared hierarchies at a time. */
export async function lockHierarchyKeys(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(7310002)`);
}

/** Every tenant's number; only the platform's transactions see them. */
export async function selectTenantsPlacingIn(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(`select tenants.id from tenants order by tenants.id`);
  return rows.map(row => row.id);
}

/** What must happen in a tenant's own transaction, under the tree's lock, before its tree follows. */
export type ForEachTree = (tx: Transaction, hierarchyId: number) => Promise<void>;

/**
 * Makes the trees of all tenants in a hierarchy anew, one tenant at a time under its own row-level security, in this
 * transaction: all of them follow its levels at the same moment.
 */
export async function rebuildAllTrees(
  tx: Transaction,
  { hierarchyId, tenants, beforeEach }: { hierarchyId: number; tenants: number[]; beforeEach: ForEachTree },
): Promise<void> {
  const inTenant = (tenantId: number) => tx.query(`select set_config('app.tenant_id', $1, true)`, [String(tenantId)]);
  try {
    for (const tenantId of tenants) {
      await inTenant(tenantId);
      const tenant: Transaction = {
        tenantId,
        manager: tx.manager,
        query: tx.query.bind(tx),
        afterCommit: tx.afterCommit.bind(tx),
      };
      const [placed] = await tenant.query(
        `select from tenant_hierarchies
         where tenant_hierarchies.tenant_id = $1 and tenant_hierarchies.hierarchy_id = $2`,
        [tenantId, hierarchyId],
      );
      if (!placed) continue;
      await lockTree(tenant, hierarchyId);
      await beforeEach(tenant, hierarchyId);
      await rebuildTree(tenant, hierarchyId);
    }
  } finally {
    await inTenant(tx.tenantId).catch(() => undefined); // a failed transaction takes no more statements
  }
}
