import type { Transaction } from '../../shared/database/database';

/** A node that is not what the placements make of it. Null: it should not be there, or is not. */
export interface TreeDifference {
  subject: string;
  expected: Record<string, unknown> | null;
  found: Record<string, unknown> | null;
  /** How many there are, told or not. */
  total: string;
}

/** The levels of all hierarchies, with which of them is the first and which the lowest. */
const levels = `
  select hierarchy_levels.*,
    min(hierarchy_levels.sequence) over (partition by hierarchy_levels.hierarchy_id) as first,
    max(hierarchy_levels.sequence) over (partition by hierarchy_levels.hierarchy_id) as lowest
  from hierarchy_levels`;

/** Groups under which something is placed, or which are placed as roots. */
const possibleRoots = `
  select group_placements.hierarchy_id, coalesce(group_placements.parent_id, group_placements.group_id) as group_id
  from group_placements where group_placements.tenant_id = $1
  union
  select class_placements.hierarchy_id, class_placements.parent_id
  from class_placements where class_placements.tenant_id = $1`;

/**
 * Where each node must stand, going by its own placement and by where its parent stands: as every parent stands above
 * its children, trees in which this holds for all nodes are the ones that the placements make.
 */
const standing = `
  select possible.hierarchy_id, possible.group_id, null::int as parent_id, level.sequence as level, 0 as parent_level,
    1 as depth, array[possible.group_id] as path, 0 as parent_pre
  from possible
  join groups on groups.tenant_id = $1 and groups.id = possible.group_id
  join level on level.hierarchy_id = possible.hierarchy_id and level.type = groups.type and level.sequence = level.first
  union all
  select placed.hierarchy_id, placed.group_id, placed.parent_id, level.sequence, parent.level,
    parent.depth + 1, parent.path || placed.group_id, parent.pre
  from group_placements placed
  join groups on groups.tenant_id = $1 and groups.id = placed.group_id
  join level on level.hierarchy_id = placed.hierarchy_id and level.type = groups.type
  join tree_nodes parent on parent.tenant_id = $1 and parent.hierarchy_id = placed.hierarchy_id
    and parent.group_id = placed.parent_id and parent.level < level.sequence
  where placed.tenant_id = $1`;

/** What each node must count, going by the classes placed on it and by what its children count. */
const counts = `
  direct as (
    select class_placements.hierarchy_id, class_placements.parent_id as group_id, count(*) as classes,
      count(*) filter (where classes.active) as active_classes
    from class_placements
    join classes on classes.tenant_id = $1 and classes.id = class_placements.class_id
    where class_placements.tenant_id = $1
    group by class_placements.hierarchy_id, class_placements.parent_id
  ),
  children as (
    select tree_nodes.hierarchy_id, tree_nodes.parent_id as group_id, sum(tree_nodes.classes) as classes,
      sum(tree_nodes.active_classes) as active_classes, sum(tree_nodes.post - tree_nodes.pre + 1) as nodes
    from tree_nodes
    where tree_nodes.tenant_id = $1 and tree_nodes.parent_id is not null
    group by tree_nodes.hierarchy_id, tree_nodes.parent_id
  ),
  below as (
    select counted.hierarchy_id, counted.group_id,
      jsonb_object_agg(counted.level, counted.nodes) as nodes_by_level
    from (
      select tree_nodes.hierarchy_id, tree_nodes.parent_id as group_id, of_level.level,
        sum(of_level.nodes::int) as nodes
      from tree_nodes
      cross join lateral (
        select tree_nodes.level::text as level, '1' as nodes
        union all select key, value from jsonb_each_text(tree_nodes.below)
      ) of_level
      where tree_nodes.tenant_id = $1 and tree_nodes.parent_id is not null
      group by tree_nodes.hierarchy_id, tree_nodes.parent_id, of_level.level
    ) counted
    group by counted.hierarchy_id, counted.group_id
  ),
  before as (
    select tree_nodes.hierarchy_id, tree_nodes.group_id, lag(tree_nodes.post) over siblings as post
    from tree_nodes
    where tree_nodes.tenant_id = $1
    window siblings as (partition by tree_nodes.hierarchy_id, tree_nodes.parent_id order by tree_nodes.group_id)
  )`;

const compared = [
  ...['parent_id', 'level', 'parent_level', 'depth', 'path', 'pre', 'post', 'stand_in', 'stored', 'below'],
  ...['direct_classes', 'direct_active_classes', 'classes', 'active_classes'],
];
const asJson = (node: string): string => `
  case when ${node}.group_id is not null then jsonb_build_object(
    ${compared.map(column => `'${column}', ${node}.${column}`).join(', ')}) end`;

/** The nodes of the tenant's trees that are not what the placements and levels make of them, the first `most`. */
export const selectTreeDifferences = (tx: Transaction, { most }: { most: number }): Promise<TreeDifference[]> =>
  tx.query(
    `with level as materialized (${levels}),
     possible as materialized (${possibleRoots}),
     standing as (${standing}),
     ${counts},
     expected as (
       select standing.*, skipped.stand_in, skipped.stored, coalesce(below.nodes_by_level, '{}') as below,
         coalesce(before.post, standing.parent_pre) + 1 as pre,
         coalesce(before.post, standing.parent_pre) + 1 + coalesce(children.nodes, 0) as post,
         coalesce(direct.classes, 0) as direct_classes, coalesce(direct.active_classes, 0) as direct_active_classes,
         coalesce(direct.classes, 0) + coalesce(children.classes, 0) as classes,
         coalesce(direct.active_classes, 0) + coalesce(children.active_classes, 0) as active_classes
       from standing
       left join direct using (hierarchy_id, group_id)
       left join children using (hierarchy_id, group_id)
       left join below using (hierarchy_id, group_id)
       left join before using (hierarchy_id, group_id)
       cross join lateral (
         select coalesce(bool_or(level.sequence < standing.level), false) as stand_in,
           coalesce(bool_or(level.stored and level.sequence < level.lowest), false) as stored
         from level
         where level.hierarchy_id = standing.hierarchy_id
           and level.sequence > standing.parent_level and level.sequence <= standing.level
       ) skipped
     ),
     kept as (select tree_nodes.* from tree_nodes where tree_nodes.tenant_id = $1),
     node as (
       select hierarchy_id, group_id, ${asJson('expected')} as expected, ${asJson('kept')} as found
       from expected full join kept using (hierarchy_id, group_id)
     ),
     wrong as (
       select node.*, count(*) over () as total from node
       where node.expected is distinct from node.found
       order by node.hierarchy_id, node.group_id limit $2
     )
     select hierarchies.key || ' ' || groups.type || ':' || coalesce(groups.external_id, '#' || groups.id) as subject,
       wrong.expected, wrong.found, wrong.total
     from wrong
     join hierarchies on hierarchies.id = wrong.hierarchy_id
     join groups on groups.tenant_id = $1 and groups.id = wrong.group_id
     order by wrong.hierarchy_id, wrong.group_id`,
    [tx.tenantId, most],
  );
