import { joiningInBulk } from '../../shared/database/bulk.queries';
import type { Transaction } from '../../shared/database/database';
import { violates } from '../../shared/database/violations';
import { notFound } from '../../shared/errors';

const levelsLock = 7_310_023;

/** Waits until every tree of a hierarchy that somebody has begun is there, and lets nobody begin another. */
export const lockLevels = (tx: Transaction, hierarchyId: number): Promise<unknown> =>
  tx.query(`select pg_advisory_xact_lock(${levelsLock}, $1)`, [hierarchyId]);

/**
 * Takes the tenant's tree of a hierarchy for this transaction alone: whoever changes placements next waits, so that
 * two changes that are sound one by one cannot make a ring or a wrong count together.
 */
export async function lockTree(tx: Transaction, hierarchyId: number): Promise<void> {
  if (await holdTree(tx, hierarchyId)) return;
  // Whoever changes the levels locks every tree that is there: of one that is not there yet it is waited for. Before it is
  // begun, since from then on the hierarchy cannot go: whoever removes it would wait here, and be waited for.
  await tx.query(`select pg_advisory_xact_lock_shared(${levelsLock}, $1)`, [hierarchyId]);
  await tx
    .query(
      `insert into tenant_hierarchies (tenant_id, hierarchy_id, version) values ($1, $2, 0) on conflict do nothing`,
      [tx.tenantId, hierarchyId],
    )
    .catch((error: unknown) => {
      throw violates(error, 'tree_of_a_hierarchy') ? notFound('The hierarchy was removed at the same moment.') : error;
    });
  await holdTree(tx, hierarchyId);
}

async function holdTree(tx: Transaction, hierarchyId: number): Promise<boolean> {
  const rows = await tx.query(
    `select tenant_hierarchies.version from tenant_hierarchies
     where tenant_hierarchies.tenant_id = $1 and tenant_hierarchies.hierarchy_id = $2 for update`,
    [tx.tenantId, hierarchyId],
  );
  return rows.length > 0;
}

/** All of the tenant's trees, and perhaps one that may be new to it, in the order in which everybody locks them. */
export async function lockEveryTree(tx: Transaction, hierarchyId: number | null = null): Promise<void> {
  const rows = await tx.query<{ id: number }>(
    `select tenant_hierarchies.hierarchy_id as id from tenant_hierarchies where tenant_hierarchies.tenant_id = $1
     union select $2::int where $2::int is not null order by 1`,
    [tx.tenantId, hierarchyId],
  );
  for (const { id } of rows) await lockTree(tx, id);
}

/** The tenant's placements in this hierarchy have changed. */
export async function growVersion(tx: Transaction, hierarchyId: number): Promise<void> {
  await tx.query(
    `update tenant_hierarchies set version = tenant_hierarchies.version + 1
     where tenant_hierarchies.tenant_id = $1 and tenant_hierarchies.hierarchy_id = $2`,
    [tx.tenantId, hierarchyId],
  );
}

/**
 * Makes the tree anew from the placements; writes only what differs. Roots are the groups of the first level that have
 * something placed under them, or a placement of their own; what does not reach a root is no part of the tree.
 */
export const rebuildTree = (tx: Transaction, hierarchyId: number): Promise<void> =>
  joiningInBulk(tx, () => writeTree(tx, hierarchyId));

async function writeTree(tx: Transaction, hierarchyId: number): Promise<void> {
  await tx.queryPlannedAnew(
    `with recursive placed as materialized (
       select group_placements.group_id, group_placements.parent_id, hierarchy_levels.sequence as level
       from group_placements
       join groups on groups.tenant_id = group_placements.tenant_id and groups.id = group_placements.group_id
       join hierarchy_levels on hierarchy_levels.hierarchy_id = $2 and hierarchy_levels.type = groups.type
       where group_placements.tenant_id = $1 and group_placements.hierarchy_id = $2
     ),
     parents as materialized (
       select group_placements.parent_id as group_id from group_placements
       where group_placements.tenant_id = $1 and group_placements.hierarchy_id = $2
         and group_placements.parent_id is not null
       union
       select class_placements.parent_id from class_placements
       where class_placements.tenant_id = $1 and class_placements.hierarchy_id = $2
       union
       select group_placements.group_id from group_placements
       where group_placements.tenant_id = $1 and group_placements.hierarchy_id = $2
         and group_placements.parent_id is null
     ),
     tree as (
       select groups.id as group_id, null::int as parent_id, first.sequence as level, 0 as parent_level, 1 as depth,
         array[groups.id] as path
       from parents
       join groups on groups.tenant_id = $1 and groups.id = parents.group_id
       join (
         select hierarchy_levels.type, hierarchy_levels.sequence from hierarchy_levels
         where hierarchy_levels.hierarchy_id = $2 order by hierarchy_levels.sequence limit 1
       ) first on first.type = groups.type
       union all
       select placed.group_id, placed.parent_id, placed.level, tree.level, tree.depth + 1, tree.path || placed.group_id
       from tree
       join placed on placed.parent_id = tree.group_id and placed.level > tree.level
     ),
     direct as (
       select class_placements.parent_id as group_id, count(*) as classes,
         count(*) filter (where classes.active) as active_classes
       from class_placements
       join classes on classes.tenant_id = class_placements.tenant_id and classes.id = class_placements.class_id
       where class_placements.tenant_id = $1 and class_placements.hierarchy_id = $2
       group by class_placements.parent_id
     ),
     below_by_level as materialized (
       select above.group_id, tree.level, count(*) as nodes, coalesce(sum(direct.classes), 0) as classes,
         coalesce(sum(direct.active_classes), 0) as active_classes
       from tree
       cross join lateral unnest(tree.path) above(group_id)
       left join direct on direct.group_id = tree.group_id
       group by above.group_id, tree.level
     ),
     below as (
       select below_by_level.group_id, sum(below_by_level.nodes) as nodes, sum(below_by_level.classes) as classes,
         sum(below_by_level.active_classes) as active_classes,
         jsonb_object_agg(below_by_level.level, below_by_level.nodes) as nodes_by_level
       from below_by_level
       group by below_by_level.group_id
     ),
     counted as materialized (
       select tree.group_id, tree.parent_id, tree.level, tree.parent_level, tree.depth, tree.path,
         skipped.stand_in, skipped.stored, below.nodes_by_level - tree.level::text as below,
         row_number() over (order by tree.path)::int as pre, below.nodes::int as nodes,
         coalesce(direct.classes, 0)::int as direct_classes,
         coalesce(direct.active_classes, 0)::int as direct_active_classes,
         below.classes::int as classes, below.active_classes::int as active_classes
       from tree
       join below on below.group_id = tree.group_id
       left join direct on direct.group_id = tree.group_id
       cross join lateral (
         select coalesce(bool_or(hierarchy_levels.sequence < tree.level), false) as stand_in,
           coalesce(bool_or(hierarchy_levels.stored and hierarchy_levels.sequence < lowest.sequence), false) as stored
         from hierarchy_levels
         cross join (
           select max(hierarchy_levels.sequence) as sequence from hierarchy_levels where hierarchy_levels.hierarchy_id = $2
         ) lowest
         where hierarchy_levels.hierarchy_id = $2
           and hierarchy_levels.sequence > tree.parent_level and hierarchy_levels.sequence <= tree.level
       ) skipped
     ),
     gone as (
       delete from tree_nodes
       where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2
         and not exists (select from counted where counted.group_id = tree_nodes.group_id)
     )
     insert into tree_nodes as kept (tenant_id, hierarchy_id, group_id, parent_id, level, parent_level, depth, pre, post,
       path, stand_in, stored, below, direct_classes, direct_active_classes, classes, active_classes)
     select $1, $2, counted.group_id, counted.parent_id, counted.level, counted.parent_level, counted.depth,
       counted.pre, counted.pre + counted.nodes - 1, counted.path, counted.stand_in, counted.stored, counted.below,
       counted.direct_classes, counted.direct_active_classes,
       counted.classes, counted.active_classes
     from counted
     on conflict (tenant_id, hierarchy_id, group_id) do update set
       parent_id = excluded.parent_id, level = excluded.level, parent_level = excluded.parent_level,
       depth = excluded.depth, pre = excluded.pre, post = excluded.post, path = excluded.path,
       stand_in = excluded.stand_in, stored = excluded.stored, below = excluded.below, direct_classes = excluded.direct_classes,
       direct_active_classes = excluded.direct_active_classes, classes = excluded.classes,
       active_classes = excluded.active_classes
     where (kept.parent_id, kept.level, kept.parent_level, kept.depth, kept.pre, kept.post, kept.path, kept.stand_in,
            kept.stored, kept.below, kept.direct_classes, kept.direct_active_classes, kept.classes, kept.active_classes)
       is distinct from
           (excluded.parent_id, excluded.level, excluded.parent_level, excluded.depth, excluded.pre, excluded.post,
            excluded.path, excluded.stand_in, excluded.stored, excluded.below, excluded.direct_classes,
            excluded.direct_active_classes, excluded.classes, excluded.active_classes)`,
    [tx.tenantId, hierarchyId],
  );
}

/** A class now hangs under this group, or no longer does: the counts of the group and of all above it follow. */
export async function countClass(
  tx: Transaction,
  { hierarchyId, groupId, classes, active }: { hierarchyId: number; groupId: number; classes: number; active: number },
): Promise<void> {
  await tx.query(
    `update tree_nodes set
       classes = tree_nodes.classes + $4, active_classes = tree_nodes.active_classes + $5,
       direct_classes = tree_nodes.direct_classes + case when tree_nodes.group_id = $3 then $4 else 0 end,
       direct_active_classes = tree_nodes.direct_active_classes + case when tree_nodes.group_id = $3 then $5 else 0 end
     where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2
       -- Looked up before, and once: of a tenant that nobody has counted a join would do so for every node there is.
       and tree_nodes.group_id = any((
         select parent.path from tree_nodes parent
         where parent.tenant_id = $1 and parent.hierarchy_id = $2 and parent.group_id = $3)::int[])`,
    [tx.tenantId, hierarchyId, groupId, classes, active],
  );
}
