import type { Transaction } from '../../shared/database/database';

/** What is to be placed, or placed under: a group with its type, or a class. */
export interface Thing {
  kind: 'group' | 'class';
  number: number;
  type: string;
  name: string;
  active: boolean;
}

/** The groups and classes with these numbers; what does not exist in the tenant is missing. */
export const selectThings = (tx: Transaction, ids: { groups: number[]; classes: number[] }): Promise<Thing[]> =>
  tx.query(
    `select 'group' as kind, groups.id as number, groups.type, groups.name, true as active
     from groups where groups.tenant_id = $1 and groups.id = any($2)
     union all
     select 'class', classes.id, 'class', classes.name, classes.active
     from classes where classes.tenant_id = $1 and classes.id = any($3)`,
    [tx.tenantId, ids.groups, ids.classes],
  );

/** The groups under which a class hangs, by hierarchy, in the order of the hierarchies' numbers. */
export const selectParentsOfClass = (
  tx: Transaction,
  classId: number,
): Promise<{ hierarchyId: number; groupId: number }[]> =>
  tx.query(
    `select class_placements.hierarchy_id as "hierarchyId", class_placements.parent_id as "groupId"
     from class_placements
     where class_placements.tenant_id = $1 and class_placements.class_id = $2
     order by class_placements.hierarchy_id`,
    [tx.tenantId, classId],
  );

/** Where something hangs: undefined where it is not placed, null where it is placed as a root. */
export async function selectParent(tx: Transaction, hierarchyId: number, child: Thing): Promise<number | null | undefined> {
  const table = child.kind === 'class' ? 'class_placements' : 'group_placements';
  const [row] = await tx.query<{ parent_id: number | null }>(
    `select placed.parent_id from ${table} placed
     where placed.tenant_id = $1 and placed.hierarchy_id = $2 and placed.${child.kind}_id = $3`,
    [tx.tenantId, hierarchyId, child.number],
  );
  return row?.parent_id;
}

export async function upsertPlacement(
  tx: Transaction,
  { hierarchyId, child, parentId }: { hierarchyId: number; child: Thing; parentId: number },
): Promise<void> {
  const table = child.kind === 'class' ? 'class_placements' : 'group_placements';
  await tx.query(
    `insert into ${table} (tenant_id, hierarchy_id, ${child.kind}_id, parent_id) values ($1, $2, $3, $4)
     on conflict (tenant_id, hierarchy_id, ${child.kind}_id) do update set parent_id = excluded.parent_id`,
    [tx.tenantId, hierarchyId, child.number, parentId],
  );
}

export async function deletePlacement(tx: Transaction, hierarchyId: number, child: Thing): Promise<void> {
  const table = child.kind === 'class' ? 'class_placements' : 'group_placements';
  await tx.query(
    `delete from ${table} placed
     where placed.tenant_id = $1 and placed.hierarchy_id = $2 and placed.${child.kind}_id = $3`,
    [tx.tenantId, hierarchyId, child.number],
  );
}

/** Whether `below` hangs somewhere under `above` by the placements, connected to a root or not. */
export async function hangsBelow(
  tx: Transaction,
  { hierarchyId, below, above }: { hierarchyId: number; below: number; above: number },
): Promise<boolean> {
  const [row] = await tx.query<{ found: boolean }>(
    `with recursive up as (
       select $3::int as group_id
       union
       select group_placements.parent_id from up
       join group_placements on group_placements.tenant_id = $1
         and group_placements.hierarchy_id = $2 and group_placements.group_id = up.group_id
       where group_placements.parent_id is not null
     )
     select exists (select from up where up.group_id = $4) as found`,
    [tx.tenantId, hierarchyId, below, above],
  );
  return row!.found;
}

/** Whether the group is a node of the tree, and whether anything is placed under it. */
export async function selectStanding(
  tx: Transaction,
  hierarchyId: number,
  groupId: number,
): Promise<{ inTree: boolean; hasPlaced: boolean }> {
  const [row] = await tx.query<{ inTree: boolean; hasPlaced: boolean }>(
    `select exists (select from tree_nodes where tree_nodes.tenant_id = $1
         and tree_nodes.hierarchy_id = $2 and tree_nodes.group_id = $3) as "inTree",
       exists (select from group_placements where group_placements.tenant_id = $1
         and group_placements.hierarchy_id = $2 and group_placements.parent_id = $3)
       or exists (select from class_placements where class_placements.tenant_id = $1
         and class_placements.hierarchy_id = $2 and class_placements.parent_id = $3) as "hasPlaced"`,
    [tx.tenantId, hierarchyId, groupId],
  );
  return row!;
}

export interface PlacedBeside {
  hierarchyId: number;
  hierarchyKey: string;
  /** Types of the parent and of the groups directly below, where there are any. */
  parentType: string | null;
  childTypes: string[];
}

/** The hierarchies in which a group is placed or has something under it, with the types around it. */
export const selectSurroundings = (tx: Transaction, groupId: number): Promise<PlacedBeside[]> =>
  tx.query(
    `with near as (
       select group_placements.hierarchy_id, group_placements.parent_id as parent, null::int as child
       from group_placements where group_placements.tenant_id = $1 and group_placements.group_id = $2
       union all
       select group_placements.hierarchy_id, null, group_placements.group_id
       from group_placements where group_placements.tenant_id = $1 and group_placements.parent_id = $2
       union all
       select class_placements.hierarchy_id, null, null
       from class_placements where class_placements.tenant_id = $1 and class_placements.parent_id = $2
     )
     select near.hierarchy_id as "hierarchyId", hierarchies.key as "hierarchyKey", max(parent.type) as "parentType",
       coalesce(array_agg(distinct child.type) filter (where child.type is not null), '{}') as "childTypes"
     from near
     join hierarchies on hierarchies.id = near.hierarchy_id
     left join groups parent on parent.tenant_id = $1 and parent.id = near.parent
     left join groups child on child.tenant_id = $1 and child.id = near.child
     group by near.hierarchy_id, hierarchies.key
     order by near.hierarchy_id`,
    [tx.tenantId, groupId],
  );
