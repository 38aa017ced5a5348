import type { Transaction } from '../../shared/database/database';
import { keptFactsWhere, measuresOf, summed } from './stored.queries';
import { labelled, measuresAsJson, someDiffer, type Found, type Bound } from './verify-labels.queries';

const keptFacts = keptFactsWhere(() => 'true');

export interface StoredTree {
  id: number;
  key: string;
  built: boolean;
}

/** The hierarchies in which sums of the tenant are stored or should be; 0 for the cells and the tenant's own. */
export const selectStoredTrees = (tx: Transaction): Promise<StoredTree[]> =>
  tx.query(
    `select trees.id, trees.key, stored_trees.tenant_id is not null as built
     from (select 0 as id, 'cells' as key union all select hierarchies.id, hierarchies.key from hierarchies) trees
     left join stored_trees on stored_trees.tenant_id = $1 and stored_trees.hierarchy_id = trees.id
     where stored_trees.tenant_id is not null
        or exists (select from aggregates where aggregates.tenant_id = $1 and aggregates.hierarchy_id = trees.id)
     order by trees.id`,
    [tx.tenantId],
  );

/** The owners of a leaf's sums: its cell and the tenant; or, in a hierarchy, the stored groups above the classes. */
const ownerDays = (tree: StoredTree): string =>
  tree.id === 0
    ? `leaf as materialized (
         select class_cells.cell_id, kept.context_id, kept.day, ${summed('kept')}
         from (${keptFacts}) kept
         join class_cells on class_cells.tenant_id = $1 and class_cells.class_id = kept.class_id
         group by class_cells.cell_id, kept.context_id, kept.day
       ),
       owner_day as (
         select owner.id as owner_id, leaf.context_id, leaf.day, ${measuresOf('leaf')}
         from leaf cross join lateral (values (0), (leaf.cell_id)) owner(id)
       )`
    : `leaf as materialized (
         select class_placements.parent_id, kept.context_id, kept.day, ${summed('kept')}
         from (${keptFacts}) kept
         join class_placements on class_placements.tenant_id = $1
           and class_placements.hierarchy_id = $2 and class_placements.class_id = kept.class_id
         group by class_placements.parent_id, kept.context_id, kept.day
       ),
       owner_day as (
         select above.group_id as owner_id, leaf.context_id, leaf.day, ${measuresOf('leaf')}
         from leaf
         join tree_nodes parent on parent.tenant_id = $1 and parent.hierarchy_id = $2
           and parent.group_id = leaf.parent_id
         join tree_nodes above on above.tenant_id = $1 and above.hierarchy_id = $2
           and above.group_id = any(parent.path) and above.stored
       )`;

/**
 * The stored rows of a hierarchy (0: of the cells and the tenant) that are not what the classes' facts add up to: of
 * every owner, grain and context, and of all contexts together. A row of nothing but zeros is as good as none.
 */
export function selectWrongSums(tx: Transaction, tree: StoredTree, { most }: Bound): Promise<Found[]> {
  return tx.query(
    labelled({
      rows: `
        with ${ownerDays(tree)},
        expected as (
          select owner_day.owner_id, bucket.grain, context.id as context_id, bucket.start, ${summed('owner_day')}
          from owner_day
          cross join lateral (values
            (1::smallint, owner_day.day),
            (7::smallint, owner_day.day - extract(isodow from owner_day.day)::int + 1),
            (30::smallint, owner_day.day - extract(day from owner_day.day)::int + 1)
          ) bucket(grain, start)
          cross join lateral (values (0), (owner_day.context_id)) context(id)
          where $4::boolean
          group by owner_day.owner_id, bucket.grain, context.id, bucket.start
        ),
        stored as (
          select aggregates.* from aggregates where aggregates.tenant_id = $1 and aggregates.hierarchy_id = $2
        )
        select $2::int as hierarchy_id, owner_id, grain, context_id, start,
          ${measuresAsJson('expected', 'expected.owner_id')} as expected,
          ${measuresAsJson('stored', 'stored.owner_id')} as found
        from expected full join stored using (owner_id, grain, context_id, start)
        where ${someDiffer('expected', 'stored')}`,
    }),
    [tx.tenantId, tree.id, most, tree.built],
  );
}

/**
 * The stored rows of parents that are not the sum of their children's: the stored groups next below, and the cells that
 * hang there under none of these. The tenant's children are the topmost stored groups and all other cells.
 */
export function selectParentsUnlikeChildren(tx: Transaction, hierarchyId: number, { most }: Bound): Promise<Found[]> {
  return tx.query(
    labelled({
      rows: `
        with standing as materialized (
          select tree_nodes.group_id, tree_nodes.stored,
            coalesce((
              select above.group_id from tree_nodes above
              where above.tenant_id = $1 and above.hierarchy_id = $2 and above.stored
                and above.group_id = any(tree_nodes.path) and above.group_id <> tree_nodes.group_id
              order by above.depth desc limit 1
            ), 0) as parent_id
          from tree_nodes
          where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2
        ),
        child as (
          select standing.parent_id, $2::int as hierarchy_id, standing.group_id as owner_id
          from standing where standing.stored
          union all
          select case when standing.stored then standing.group_id else coalesce(standing.parent_id, 0) end, 0, cells.id
          from cells
          left join cell_parents on cell_parents.tenant_id = $1
            and cell_parents.hierarchy_id = $2 and cell_parents.cell_id = cells.id
          left join standing on standing.group_id = cell_parents.parent_id
          where cells.tenant_id = $1
        ),
        children as (
          select child.parent_id as owner_id, aggregates.grain, aggregates.context_id, aggregates.start,
            ${summed('aggregates')}
          from child
          join aggregates on aggregates.tenant_id = $1
            and aggregates.hierarchy_id = child.hierarchy_id and aggregates.owner_id = child.owner_id
          group by child.parent_id, aggregates.grain, aggregates.context_id, aggregates.start
        ),
        parent as (
          select aggregates.* from aggregates
          where aggregates.tenant_id = $1
            and (aggregates.hierarchy_id = $2 or (aggregates.hierarchy_id = 0 and aggregates.owner_id = 0))
        )
        select case owner_id when 0 then 0 else $2::int end as hierarchy_id, owner_id, grain, context_id, start,
          ${measuresAsJson('children', 'children.owner_id')} as expected,
          ${measuresAsJson('parent', 'parent.owner_id')} as found
        from children full join parent using (owner_id, grain, context_id, start)
        where ${someDiffer('children', 'parent')}`,
    }),
    [tx.tenantId, hierarchyId, most],
  );
}
