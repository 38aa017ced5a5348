import type { Transaction } from '../../shared/database/database';

/*
 * Each table is looked up by a list, in a statement of its own: of a tenant that nobody has counted one row is expected,
 * and a join would read all placements again for each class.
 */

export interface Placement {
  classId: number;
  hierarchyId: number;
  parentId: number;
}

/** Where these classes hang, or with null all of the tenant; of each in the order of the hierarchies. */
export const selectPlacements = (tx: Transaction, classIds: readonly number[] | null): Promise<Placement[]> =>
  tx.queryPlannedAnew(
    `select class_placements.class_id as "classId", class_placements.hierarchy_id as "hierarchyId",
       class_placements.parent_id as "parentId"
     from class_placements
     where class_placements.tenant_id = $1 and ($2::int[] is null or class_placements.class_id = any($2)
       and class_placements.hierarchy_id = any(array(select hierarchies.id from hierarchies))) -- the key begins with it
     order by class_placements.class_id, class_placements.hierarchy_id`,
    [tx.tenantId, classIds],
  );

/** Of these classes those that there are, or with null all of the tenant. */
export async function selectClasses(tx: Transaction, classIds: readonly number[] | null): Promise<number[]> {
  const rows = await tx.queryPlannedAnew<{ id: number }>(
    `select classes.id from classes
     where classes.tenant_id = $1 and ($2::int[] is null or classes.id = any($2)) order by classes.id`,
    [tx.tenantId, classIds],
  );
  return rows.map(row => row.id);
}

export interface ClassCell {
  classId: number;
  cellId: number;
}

/** The cells of these classes, or with null of all of the tenant, in the order of the classes. */
export const selectCells = (tx: Transaction, classIds: readonly number[] | null): Promise<ClassCell[]> =>
  tx.queryPlannedAnew(
    `select class_cells.class_id as "classId", class_cells.cell_id as "cellId" from class_cells
     where class_cells.tenant_id = $1 and ($2::int[] is null or class_cells.class_id = any($2))
     order by class_cells.class_id`,
    [tx.tenantId, classIds],
  );

/** Makes the cells of these parents that are not there; each cell's parents as in selectCellNumbers. */
export async function insertCells(tx: Transaction, parents: readonly string[]): Promise<void> {
  await tx.query(
    `with made as (
       insert into cells (tenant_id, parents)
       select $1::int, belongs.parents from unnest($2::text[]) belongs(parents) order by belongs.parents
       on conflict do nothing
       returning cells.id, cells.parents
     )
     ${hangCells}`,
    [tx.tenantId, parents],
  );
}

/** Writes down the parents of the cells that were `made`. */
const hangCells = `
  insert into cell_parents (tenant_id, hierarchy_id, cell_id, parent_id)
  select $1, split_part(parent.pair, ':', 1)::int, made.id, split_part(parent.pair, ':', 2)::int
  from made
  cross join lateral unnest(string_to_array(nullif(made.parents, ''), ',')) parent(pair)`;

/** Gives cells other parents, those that all their classes have by now; nothing else has these. Their sums stay theirs. */
export async function rehangCells(
  tx: Transaction,
  cells: readonly { cellId: number; parents: string }[],
  classes: readonly ClassCell[],
): Promise<void> {
  if (cells.length === 0) return;
  const ids = cells.map(({ cellId }) => cellId);
  await tx.query(`delete from class_cells where class_cells.tenant_id = $1 and class_cells.cell_id = any($2)`, [tx.tenantId, ids]);
  await tx.query(`delete from cells where cells.tenant_id = $1 and cells.id = any($2)`, [tx.tenantId, ids]);
  await tx.query(
    `with made as (
       insert into cells (tenant_id, id, parents) overriding system value
       select $1::int, belongs.id, belongs.parents from unnest($2::int[], $3::text[]) belongs(id, parents)
       order by belongs.parents
       returning cells.id, cells.parents
     )
     ${hangCells}`,
    [tx.tenantId, ids, cells.map(({ parents }) => parents)],
  );
  await putIntoCells(tx, classes);
}

/** Deletes the cells of classes that hung somewhere in a hierarchy, which none does any more. */
export const deleteCellsUnder = (tx: Transaction, hierarchyId: number): Promise<unknown> =>
  tx.query(
    `delete from cells
     where cells.tenant_id = $1 and cells.id in (
       select cell_parents.cell_id from cell_parents where cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = $2)`,
    [tx.tenantId, hierarchyId],
  );

/** How many classes each of these cells has. */
export async function countClasses(tx: Transaction, cellIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await tx.queryPlannedAnew<{ id: number; classes: number }>(
    `select class_cells.cell_id as id, count(*)::int as classes from class_cells
     where class_cells.tenant_id = $1 and class_cells.cell_id = any($2) group by class_cells.cell_id`,
    [tx.tenantId, cellIds],
  );
  return new Map(rows.map(row => [row.id, row.classes]));
}

/** By their parents: hierarchy and group as numbers with a colon between, one after the other with commas. */
export async function selectCellNumbers(tx: Transaction, parents: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.queryPlannedAnew<{ id: number; parents: string }>(
    `select cells.id, cells.parents from cells where cells.tenant_id = $1 and cells.parents = any($2)`,
    [tx.tenantId, parents],
  );
  return new Map(rows.map(row => [row.parents, row.id]));
}

export async function putIntoCells(tx: Transaction, cells: readonly ClassCell[]): Promise<void> {
  await tx.query(
    `insert into class_cells as known (tenant_id, class_id, cell_id)
     select $1, belongs.class_id, belongs.cell_id from unnest($2::int[], $3::int[]) belongs(class_id, cell_id)
     order by belongs.class_id
     on conflict (tenant_id, class_id) do update set cell_id = excluded.cell_id
     where known.cell_id <> excluded.cell_id`,
    [tx.tenantId, cells.map(({ classId }) => classId), cells.map(({ cellId }) => cellId)],
  );
}

export async function selectCellOf(tx: Transaction, classId: number): Promise<number | null> {
  const [row] = await tx.query<{ cell_id: number }>(
    `select class_cells.cell_id from class_cells where class_cells.tenant_id = $1 and class_cells.class_id = $2`,
    [tx.tenantId, classId],
  );
  return row?.cell_id ?? null;
}
