import type { Transaction } from '../../shared/database/database';

/** Remembers, until the transaction ends, the way up from each group that stored sums hang under. */
export async function noteWaysUp(tx: Transaction, hierarchyId: number): Promise<void> {
  await tx.query('drop table if exists ways_up');
  await tx.query(
    `create temporary table ways_up on commit drop as
     select hung.parent_id as group_id, tree_nodes.path
     from (
       select distinct cell_parents.parent_id from cell_parents
       where cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = $2
     ) hung
     left join tree_nodes
       on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.group_id = hung.parent_id`,
    [tx.tenantId, hierarchyId],
  );
}

/** Whether one of those ways leads elsewhere now. */
export async function anyWayChanged(tx: Transaction, hierarchyId: number): Promise<boolean> {
  const [row] = await tx.query<{ changed: boolean }>(
    `select exists (
       select from ways_up
       left join tree_nodes
         on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.group_id = ways_up.group_id
       where tree_nodes.path is distinct from ways_up.path
     ) as changed`,
    [tx.tenantId, hierarchyId],
  );
  return row!.changed;
}

/** Classes that do not hang where their cell does any more, and whether they have facts, of activity or competencies. */
export const selectClassesOffTheirCell = (
  tx: Transaction,
  hierarchyId: number,
): Promise<{ id: number; hasFacts: boolean }[]> =>
  tx.query(
    `select class_cells.class_id as id,
       exists (select from class_days
         where class_days.tenant_id = $1 and class_days.class_id = class_cells.class_id)
       or exists (select from competency_changes
         where competency_changes.tenant_id = $1 and competency_changes.class_id = class_cells.class_id) as "hasFacts"
     from class_cells
     left join class_placements on class_placements.tenant_id = $1 and class_placements.hierarchy_id = $2
       and class_placements.class_id = class_cells.class_id
     left join cell_parents on cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = $2
       and cell_parents.cell_id = class_cells.cell_id
     where class_cells.tenant_id = $1 and class_placements.parent_id is distinct from cell_parents.parent_id
     order by class_cells.class_id`,
    [tx.tenantId, hierarchyId],
  );
