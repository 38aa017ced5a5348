import type { Transaction } from '../../shared/database/database';

/** What a hierarchy is to a tenant. */
export interface Use {
  /** Groups and classes that have a place in it. */
  placed: number;
  isOwn: boolean;
  /** Whether the tenant has ever placed anything in it. */
  begun: boolean;
}

export async function selectUse(tx: Transaction, hierarchyId: number): Promise<Use> {
  const [row] = await tx.query<Use>(
    `select
       ((select count(*) from group_placements where group_placements.tenant_id = $1 and group_placements.hierarchy_id = $2)
        + (select count(*) from class_placements
           where class_placements.tenant_id = $1 and class_placements.hierarchy_id = $2))::int as placed,
       exists (select from tenant_settings
         where tenant_settings.tenant_id = $1 and tenant_settings.applicable_hierarchy_id = $2) as "isOwn",
       exists (select from tenant_hierarchies
         where tenant_hierarchies.tenant_id = $1 and tenant_hierarchies.hierarchy_id = $2) as begun`,
    [tx.tenantId, hierarchyId],
  );
  return row!;
}

/** Deletes the row by which a tenant's placements in a hierarchy are locked; there must be none, and the lock be held. */
export const deleteTree = (tx: Transaction, hierarchyId: number): Promise<unknown> =>
  tx.query(
    `delete from tenant_hierarchies where tenant_hierarchies.tenant_id = $1 and tenant_hierarchies.hierarchy_id = $2`,
    [tx.tenantId, hierarchyId],
  );
