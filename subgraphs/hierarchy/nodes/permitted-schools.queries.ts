import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { coveringStatement, holdsGrants } from './view.queries';

/**
 * The schools a caller may write for, by the customer's own ids (all of them, or of those named): the whole tenant's for
 * its administrators; for others a school that is granted, or stands below a granted group where that group's classes
 * are covered. An own class is no grant.
 */
export async function selectPermittedSchools(
  tx: Transaction,
  caller: Caller,
  externalIds: string[] | null = null,
): Promise<Map<string, number>> {
  if (!caller.tenantWide && !holdsGrants(caller)) return new Map();
  const rows = await tx.query<{ externalId: string; id: number }>(
    `with ${coveringStatement}
     select groups.external_id as "externalId", groups.id
     from groups
     where groups.tenant_id = $1 and groups.type = 'school' and groups.external_id is not null
       and ($3::text[] is null or groups.external_id = any($3))
       and ($4::boolean
         or exists (select from access_grants
           where access_grants.tenant_id = $1 and access_grants.person_id = $2 and access_grants.group_id = groups.id)
         or exists (select from covering
           join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = covering.hierarchy_id
             and tree_nodes.group_id = groups.id and tree_nodes.pre between covering.pre and covering.post))`,
    [tx.tenantId, caller.personId, externalIds, caller.tenantWide],
  );
  return new Map(rows.map(row => [row.externalId, row.id]));
}
