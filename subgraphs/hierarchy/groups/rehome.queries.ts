import type { Transaction } from '../../shared/database/database';

/** The hierarchies in which the tenant has placed something, in the order in which trees are locked. */
export async function selectTreeIds(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select tenant_hierarchies.hierarchy_id as id from tenant_hierarchies where tenant_hierarchies.tenant_id = $1 order by 1`,
    [tx.tenantId],
  );
  return rows.map(row => row.id);
}

export interface GroupRow {
  id: number;
  type: string;
  externalId: string;
}

/** The groups with these external ids, held until the transaction ends. */
export const selectGroupsToRehome = (tx: Transaction, externalIds: readonly string[]): Promise<GroupRow[]> =>
  tx.query(
    `select groups.id, groups.type, groups.external_id as "externalId"
     from groups where groups.tenant_id = $1 and groups.external_id = any($2)
     order by groups.id for update`,
    [tx.tenantId, externalIds],
  );

export interface Hanging {
  hierarchyKey: string;
  /** Where the group itself hangs; null where it is placed as a root, undefined where it is not placed. */
  parent: number | null | undefined;
  groups: number[];
  classes: number[];
}

/** Where a group hangs and what hangs under it, in each hierarchy in which it does or something does. */
export async function selectHanging(tx: Transaction, groupId: number): Promise<Hanging[]> {
  const rows = await tx.query<{ key: string; placed: boolean; parent: number | null; groups: number[]; classes: number[] }>(
    `select hierarchies.key, own.group_id is not null as placed, own.parent_id as parent,
       array(select group_placements.group_id from group_placements
         where group_placements.tenant_id = $1 and group_placements.hierarchy_id = hierarchies.id
           and group_placements.parent_id = $2 order by 1) as groups,
       array(select class_placements.class_id from class_placements
         where class_placements.tenant_id = $1 and class_placements.hierarchy_id = hierarchies.id
           and class_placements.parent_id = $2 order by 1) as classes
     from hierarchies
     left join group_placements own on own.tenant_id = $1 and own.hierarchy_id = hierarchies.id and own.group_id = $2
     order by hierarchies.id`,
    [tx.tenantId, groupId],
  );
  return rows
    .map(({ key: hierarchyKey, placed, parent, ...below }) => ({ hierarchyKey, parent: placed ? parent : undefined, ...below }))
    .filter(({ parent, groups, classes }) => parent !== undefined || groups.length > 0 || classes.length > 0);
}

/** What was granted by way of one group is granted by way of another. */
export async function moveGrants(tx: Transaction, { from, into }: { from: number; into: number }): Promise<void> {
  await tx.query(
    `insert into access_grants (tenant_id, person_id, group_id, granted_at)
     select $1, access_grants.person_id, $3, access_grants.granted_at
     from access_grants where access_grants.tenant_id = $1 and access_grants.group_id = $2
     on conflict do nothing`,
    [tx.tenantId, from, into],
  );
  await tx.query(`delete from access_grants where access_grants.tenant_id = $1 and access_grants.group_id = $2`, [
    tx.tenantId,
    from,
  ]);
}

/** Gives groups other external ids, all at once: two may change theirs for one another. */
export async function renameGroups(tx: Transaction, renamed: readonly { id: number; externalId: string }[], now: Date): Promise<void> {
  const ids = renamed.map(({ id }) => id);
  await tx.query(`update groups set external_id = null where groups.tenant_id = $1 and groups.id = any($2)`, [tx.tenantId, ids]);
  await tx.query(
    `update groups set external_id = renamed.external_id, updated_at = $4
     from unnest($2::int[], $3::text[]) renamed(id, external_id)
     where groups.tenant_id = $1 and groups.id = renamed.id`,
    [tx.tenantId, ids, renamed.map(({ externalId }) => externalId), now],
  );
}

/** Deletes a group that nothing refers to any more. */
export const deleteGroup = (tx: Transaction, groupId: number): Promise<unknown> =>
  tx.query(`delete from groups where groups.tenant_id = $1 and groups.id = $2`, [tx.tenantId, groupId]);
