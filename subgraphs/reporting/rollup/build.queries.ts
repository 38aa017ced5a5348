import type { Transaction } from '../../shared/database/database';
import type { ClassCell } from './cells.queries';
import { addToStored, everyContext, factsWhere, measuresOf } from './stored.queries';

/** Forgets every stored sum of the tenant, or of one hierarchy. */
export async function clearStored(tx: Transaction, hierarchyId?: number): Promise<void> {
  if (hierarchyId !== undefined) {
    await tx.query(`delete from stored_trees where stored_trees.tenant_id = $1 and stored_trees.hierarchy_id = $2`, [
      tx.tenantId,
      hierarchyId,
    ]);
    await tx.query(`delete from aggregates where aggregates.tenant_id = $1 and aggregates.hierarchy_id = $2`, [
      tx.tenantId,
      hierarchyId,
    ]);
    return;
  }
  for (const table of ['stored_trees', 'aggregates', 'cell_learners', 'class_cells', 'cells']) {
    await tx.query(`delete from ${table} where ${table}.tenant_id = $1`, [tx.tenantId]);
  }
}

/** Says that a hierarchy's stored sums (0: the cells and the tenant) are complete. */
export async function markBuilt(tx: Transaction, hierarchyId: number): Promise<void> {
  await tx.query(
    `insert into stored_trees (tenant_id, hierarchy_id, built_at) values ($1, $2, now())
     on conflict (tenant_id, hierarchy_id) do update set built_at = excluded.built_at`,
    [tx.tenantId, hierarchyId],
  );
}

/**
 * Adds every fact of these classes up to its cell and the tenant. What waits as a delta is in the facts, so the deltas go
 * in the same statement: what is accepted at this very moment is in both, or in neither. The cells come as a list: of a
 * tenant that nobody has counted one row is expected, and a join would go through all cells for each delta.
 */
export async function buildCells(tx: Transaction, cells: readonly ClassCell[]): Promise<void> {
  await tx.queryPlannedAnew(
    `with gone as (
       delete from fact_deltas where fact_deltas.tenant_id = $1 and fact_deltas.class_id = any($2::int[])
     )
     ${addToStored(`
      select 0 as hierarchy_id, owner.id as owner_id, fact.context_id, fact.day, ${measuresOf('fact')}
      from unnest($2::int[], $3::int[]) belongs(class_id, cell_id)
      cross join lateral (
        ${factsWhere(table => `${table}.class_id = belongs.class_id`)}
        offset 0 -- looked up class by class: there may be no statistics yet
      ) fact
      cross join lateral (values (0), (belongs.cell_id)) owner(id)`)}`,
    [tx.tenantId, cells.map(({ classId }) => classId), cells.map(({ cellId }) => cellId)],
  );
}

/** Adds the cells' days up to stored nodes of a hierarchy; of all, or of some groups. */
export async function buildNodes(tx: Transaction, hierarchyId: number, groups?: readonly number[]): Promise<void> {
  await tx.query(
    addToStored(`
      select $2::int as hierarchy_id, above.group_id as owner_id, cell.context_id, cell.day, ${measuresOf('cell')}
      from cell_parents
      cross join lateral (
        select tree_nodes.path from tree_nodes
        where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.group_id = cell_parents.parent_id
        offset 0
      ) parent
      cross join lateral (
        select tree_nodes.group_id from unnest(parent.path) step(group_id)
        join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2
          and tree_nodes.group_id = step.group_id and tree_nodes.stored
        ${groups ? 'where tree_nodes.group_id = any($3)' : ''}
        offset 0
      ) above
      cross join lateral (
        select aggregates.context_id, aggregates.start as day, ${measuresOf('aggregates')} from aggregates
        where aggregates.tenant_id = $1 and aggregates.hierarchy_id = 0 and aggregates.owner_id = cell_parents.cell_id
          and aggregates.grain = 1 and aggregates.context_id = any(${everyContext})
        offset 0 -- looked up cell by cell: these rows were written a moment ago, and there are no statistics
      ) cell
      where cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = $2`),
    groups ? [tx.tenantId, hierarchyId, groups] : [tx.tenantId, hierarchyId],
  );
}

/** Forgets the stored sums of some groups in a hierarchy. */
export async function deleteNodes(tx: Transaction, hierarchyId: number, groups: readonly number[]): Promise<void> {
  await tx.query(
    `delete from aggregates
     where aggregates.tenant_id = $1 and aggregates.hierarchy_id = $2 and aggregates.owner_id = any($3)
       and aggregates.grain in (1, 7, 30) and aggregates.context_id = any(0 || ${everyContext})`,
    [tx.tenantId, hierarchyId, groups],
  );
}

/** The hierarchies in which the tenant has a tree. */
export async function selectTrees(tx: Transaction): Promise<{ id: number; key: string }[]> {
  return tx.query(
    `select hierarchies.id, hierarchies.key from hierarchies
     where exists (select from tree_nodes where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = hierarchies.id)
     order by hierarchies.id`,
    [tx.tenantId],
  );
}
