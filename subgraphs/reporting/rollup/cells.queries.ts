import type { Transaction } from '../../shared/database/database';

/** The direct parents of a class in all hierarchies, as text: classes with the same are of the same cell. */
const parentsOfClasses = (condition: string): string => `
  select classes.id as class_id,
    coalesce(string_agg(class_placements.hierarchy_id || ':' || class_placements.parent_id, ','
      order by class_placements.hierarchy_id), '') as parents
  from classes
  left join class_placements
    on class_placements.tenant_id = classes.tenant_id and class_placements.class_id = classes.id
  where classes.tenant_id = $1 and ${condition}
  group by classes.id`;

/**
 * Puts classes into the cells where their placements belong; new cells are made. Sums do not move with them: that is
 * the caller's business. Without a list, every class that has no cell yet.
 */
export async function assignCells(tx: Transaction, classIds?: readonly number[]): Promise<void> {
  const condition = classIds
    ? 'classes.id = any($2)'
    : `not exists (select from class_cells where class_cells.tenant_id = $1 and class_cells.class_id = classes.id)`;
  const parameters = classIds ? [tx.tenantId, classIds] : [tx.tenantId];
  await tx.query(
    `with belongs as (${parentsOfClasses(condition)}),
     made as (
       insert into cells (tenant_id, parents)
       select distinct $1::int, belongs.parents from belongs order by belongs.parents
       on conflict do nothing
       returning cells.id, cells.parents
     )
     insert into cell_parents (tenant_id, hierarchy_id, cell_id, parent_id)
     select $1, split_part(parent.pair, ':', 1)::int, made.id, split_part(parent.pair, ':', 2)::int
     from made
     cross join lateral unnest(string_to_array(nullif(made.parents, ''), ',')) parent(pair)`,
    parameters,
  );
  await tx.query(
    `insert into class_cells as known (tenant_id, class_id, cell_id)
     select $1, belongs.class_id, cells.id
     from (${parentsOfClasses(condition)}) belongs
     join cells on cells.tenant_id = $1 and cells.parents = belongs.parents
     order by belongs.class_id
     on conflict (tenant_id, class_id) do update set cell_id = excluded.cell_id
     where known.cell_id <> excluded.cell_id`,
    parameters,
  );
}

export async function selectCellOf(tx: Transaction, classId: number): Promise<number | null> {
  const [row] = await tx.query<{ cell_id: number }>(
    `select class_cells.cell_id from class_cells where class_cells.tenant_id = $1 and class_cells.class_id = $2`,
    [tx.tenantId, classId],
  );
  return row?.cell_id ?? null;
}
