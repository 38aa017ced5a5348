import type { Transaction } from '../../shared/database/database';
import { publicId } from '../../shared/identifiers';

/** What is to be placed, or placed under: a group with its type, or a class. */
export interface Thing {
  kind: 'group' | 'class';
  number: number;
  type: string;
  name: string;
}

/** The groups and classes with these numbers; what does not exist in the tenant is missing. */
export const selectThings = (tx: Transaction, ids: { groups: number[]; classes: number[] }): Promise<Thing[]> =>
  tx.query(
    `select 'group' as kind, groups.id as number, groups.type, groups.name
     from groups where groups.tenant_id = $1 and groups.id = any($2)
     union all
     select 'class', classes.id, 'class', classes.name
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

/** Where things hang, by public id: null where one is placed as a root; what is not placed is missing. */
export async function selectParents(
  tx: Transaction,
  hierarchyId: number,
  things: readonly Pick<Thing, 'kind' | 'number'>[],
): Promise<Map<string, number | null>> {
  const numbers = (wanted: Thing['kind']) => things.flatMap(({ kind, number }) => (kind === wanted ? [number] : []));
  const rows = await tx.queryPlannedAnew<{ kind: Thing['kind']; number: number; parent: number | null }>(
    `select 'group' as kind, placed.group_id as number, placed.parent_id as parent from group_placements placed
     where placed.tenant_id = $1 and placed.hierarchy_id = $2 and placed.group_id = any($3)
     union all
     select 'class', placed.class_id, placed.parent_id from class_placements placed
     where placed.tenant_id = $1 and placed.hierarchy_id = $2 and placed.class_id = any($4)`,
    [tx.tenantId, hierarchyId, numbers('group'), numbers('class')],
  );
  return new Map(rows.map(({ kind, number, parent }) => [publicId(kind, number), parent]));
}

/** Places things of a kind, in the order of the key. */
export async function upsertPlacements(
  tx: Transaction,
  { hierarchyId, kind, placed }: { hierarchyId: number; kind: Thing['kind']; placed: readonly { child: number; parent: number }[] },
): Promise<void> {
  await tx.query(
    `insert into ${kind}_placements (tenant_id, hierarchy_id, ${kind}_id, parent_id)
     select $1, $2, due.child, due.parent from unnest($3::int[], $4::int[]) due(child, parent) order by due.child
     on conflict (tenant_id, hierarchy_id, ${kind}_id) do update set parent_id = excluded.parent_id`,
    [tx.tenantId, hierarchyId, placed.map(({ child }) => child), placed.map(({ parent }) => parent)],
  );
}

export async function deletePlacements(
  tx: Transaction,
  { hierarchyId, kind, out }: { hierarchyId: number; kind: Thing['kind']; out: readonly number[] },
): Promise<void> {
  await tx.query(
    `delete from ${kind}_placements placed
     where placed.tenant_id = $1 and placed.hierarchy_id = $2 and placed.${kind}_id = any($3)`,
    [tx.tenantId, hierarchyId, out],
  );
}

/** A group that is to hang under another. `sound`: nothing but a ring speaks against it. */
export interface Edge {
  child: number;
  parent: number;
  sound: boolean;
}

/**
 * The groups, of those that are to hang elsewhere, whose new parent hangs below them: by the sound ones of these, and for
 * the other groups by the placements there are, connected to a root or not.
 */
export async function selectRings(
  tx: Transaction,
  hierarchyId: number,
  { edges, out }: { edges: readonly Edge[]; out: readonly number[] },
): Promise<Set<number>> {
  if (edges.length === 0) return new Set();
  // A group is found by its place among those that are to hang elsewhere, in order: a join would go through all of them.
  const sound = edges.filter(edge => edge.sound).sort((a, b) => a.child - b.child);
  const rows = await tx.query<{ child: number }>(
    `with recursive up as (
       select due.child, due.parent as above from unnest($3::int[], $4::int[]) due(child, parent)
       union
       select up.child, next.parent_id
       from up
       cross join lateral (
         select ($6::int[])[place.number] as parent_id
         from (select width_bucket(up.above, $5::int[]) as number) place
         where ($5::int[])[place.number] = up.above
         union all
         select group_placements.parent_id from group_placements
         where group_placements.tenant_id = $1 and group_placements.hierarchy_id = $2
           and group_placements.group_id = up.above and group_placements.group_id <> all($7::int[])
           and ($5::int[])[width_bucket(up.above, $5::int[])] is distinct from up.above
       ) next
       where up.above <> up.child and next.parent_id is not null
     )
     select distinct up.child from up where up.above = up.child`,
    [
      ...[tx.tenantId, hierarchyId],
      ...[edges.map(edge => edge.child), edges.map(edge => edge.parent)],
      ...[sound.map(edge => edge.child), sound.map(edge => edge.parent)],
      out,
    ],
  );
  return new Set(rows.map(({ child }) => child));
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
