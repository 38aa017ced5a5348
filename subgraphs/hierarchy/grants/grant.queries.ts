import type { Transaction } from '../../shared/database/database';

/** The groups of the tenant's own hierarchy that are granted to every one of these people; ids are distinct. */
export async function selectSharedGroups(tx: Transaction, personIds: readonly number[]): Promise<number[]> {
  const rows = await tx.query<{ group_id: number }>(
    `select access_grants.group_id
     from access_grants
     join tenant_settings on tenant_settings.tenant_id = $1
     join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.group_id = access_grants.group_id
       and tree_nodes.hierarchy_id = tenant_settings.applicable_hierarchy_id
     where access_grants.tenant_id = $1 and access_grants.person_id = any($2)
     group by access_grants.group_id
     having count(*) = cardinality($2::int[])
     order by access_grants.group_id`,
    [tx.tenantId, personIds],
  );
  return rows.map(row => row.group_id);
}

/** Takes every grant from a person. */
export const revokeEverything = (tx: Transaction, personId: number): Promise<unknown> =>
  tx.query(`delete from access_grants where access_grants.tenant_id = $1 and access_grants.person_id = $2`, [
    tx.tenantId,
    personId,
  ]);
