import { joiningInBulk } from '../../shared/database/bulk.queries';
import type { Transaction } from '../../shared/database/database';
import { addToStored, everyContext, keptFactsWhere, measuresOf, signedMeasures } from './stored.queries';

/** Remembers, until the transaction ends, a tree as it is. */
export async function noteTree(tx: Transaction, hierarchyId: number): Promise<void> {
  await tx.query('drop table if exists tree_before');
  await tx.query(
    `create temporary table tree_before on commit drop as
     select tree_nodes.group_id, tree_nodes.path, tree_nodes.stored from tree_nodes
     where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2`,
    [tx.tenantId, hierarchyId],
  );
}

/** A cell that is about to hang elsewhere in a hierarchy, with all its classes. */
export interface CellMove {
  cellId: number;
  from: number | null;
  to: number | null;
}

/**
 * Remembers the cells from which another way leads up than before: those that hang elsewhere themselves, and those under
 * groups that do.
 */
export const noteWays = (tx: Transaction, hierarchyId: number, cells: readonly CellMove[]): Promise<void> =>
  joiningInBulk(tx, async () => {
    await tx.query('drop table if exists ways_moved');
    await tx.query(
      `create temporary table ways_moved on commit drop as
       select hung.cell_id, earlier.path as before, tree_nodes.path as after
       from (
         select cell_parents.cell_id, cell_parents.parent_id as before, cell_parents.parent_id as after
         from cell_parents
         where cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = $2 and cell_parents.cell_id <> all($3::int[])
         union all
         select moved.cell_id, moved.before, moved.after
         from unnest($3::int[], $4::int[], $5::int[]) moved(cell_id, before, after)
       ) hung
       left join tree_before earlier on earlier.group_id = hung.before
       left join tree_nodes
         on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.group_id = hung.after
       where earlier.path is distinct from tree_nodes.path`,
      [tx.tenantId, hierarchyId, cells.map(cell => cell.cellId), cells.map(cell => cell.from), cells.map(cell => cell.to)],
    );
  });

/** Whether the cells of those ways have more months, of a context each, than so many. */
export async function waysHaveMoreThan(tx: Transaction, months: number): Promise<boolean> {
  const [row] = await tx.query<{ more: boolean }>(
    `select count(*) > $2::int as more from (
       select from ways_moved
       cross join lateral (
         select from aggregates
         where aggregates.tenant_id = $1 and aggregates.hierarchy_id = 0 and aggregates.owner_id = ways_moved.cell_id
           and aggregates.grain = 30 and aggregates.context_id = any(${everyContext})
         offset 0 -- looked up cell by cell, whatever the statistics say
       ) month
       limit $2::int + 1
     ) found`,
    [tx.tenantId, months],
  );
  return row!.more;
}

/** Groups whose sums were stored before and are so now: the others are forgotten, or made anew. */
const kept = `
  select tree_before.group_id from tree_before
  join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.group_id = tree_before.group_id
  where tree_before.stored and tree_nodes.stored`;

/** Takes the sums of the cells of those ways from the stored groups that were above them to those that are. */
export const shiftCells = (tx: Transaction, hierarchyId: number): Promise<void> =>
  joiningInBulk(tx, async () => {
    await tx.query(
      addToStored(`
        select $2::int as hierarchy_id, change.owner_id, cell.context_id, cell.day, ${signedMeasures('cell')}
        from (
          select ways_moved.cell_id, step.owner_id, sum(step.sign)::int as sign
          from ways_moved
          cross join lateral (
            select unnest(ways_moved.before) as owner_id, -1 as sign
            union all select unnest(ways_moved.after), 1
          ) step
          join (${kept}) kept on kept.group_id = step.owner_id
          group by ways_moved.cell_id, step.owner_id
          having sum(step.sign) <> 0
        ) change
        cross join lateral (
          select aggregates.context_id, aggregates.start as day, ${measuresOf('aggregates')} from aggregates
          where aggregates.tenant_id = $1 and aggregates.hierarchy_id = 0 and aggregates.owner_id = change.cell_id
            and aggregates.grain = 1 and aggregates.context_id = any(${everyContext})
          offset 0 -- looked up cell by cell, whatever the statistics say
        ) cell`),
      [tx.tenantId, hierarchyId],
    );
  });

/** Whether classes have more days, of a context each, than so many. */
export async function classesHaveMoreThan(tx: Transaction, classIds: readonly number[], days: number): Promise<boolean> {
  const [row] = await tx.queryPlannedAnew<{ more: boolean }>(
    `select count(*) > $3::int as more from (
       select from unnest($2::int[]) moved(class_id)
       cross join lateral (
         select from class_days where class_days.tenant_id = $1 and class_days.class_id = moved.class_id
         offset 0 -- looked up class by class, whatever the statistics say
       ) day
       limit $3::int + 1
     ) found`,
    [tx.tenantId, classIds, days],
  );
  return row!.more;
}

/** Of groups as they stand now, the groups at or above whose sums were stored before and are so now. */
export async function selectKeptAbove(tx: Transaction, hierarchyId: number, groups: readonly number[]): Promise<Map<number, number[]>> {
  const rows = await tx.queryPlannedAnew<{ group: number; above: number[] }>(
    `select node.group_id as group, array_agg(kept.group_id) as above
     from (
       select tree_nodes.group_id, tree_nodes.path from tree_nodes
       where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.group_id = any($3)
       offset 0
     ) node
     cross join lateral unnest(node.path) step(group_id)
     join (${kept}) kept on kept.group_id = step.group_id
     group by node.group_id`,
    [tx.tenantId, hierarchyId, groups],
  );
  return new Map(rows.map(row => [row.group, row.above]));
}

/** The groups whose sums were stored and are not any more, and those whose are now. */
export async function selectStoredAnew(tx: Transaction, hierarchyId: number): Promise<{ gone: number[]; appeared: number[] }> {
  const [row] = await tx.query<{ gone: number[]; appeared: number[] }>(
    `with now as materialized (
       select tree_nodes.group_id from tree_nodes
       where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = $2 and tree_nodes.stored
     ),
     earlier as materialized (select tree_before.group_id from tree_before where tree_before.stored)
     select array(select earlier.group_id from earlier except select now.group_id from now) as gone,
       array(select now.group_id from now except select earlier.group_id from earlier) as appeared`,
    [tx.tenantId, hierarchyId],
  );
  return row!;
}

/** Whose sums change by those of which class, and by how often they are added: 1 or -1. */
export interface ClassShift {
  classId: number;
  hierarchyId: number;
  owner: number;
  sign: 1 | -1;
}

/** As for a class alone, of many: what is stored of each is added to some owners and taken from others. */
export async function shiftClasses(tx: Transaction, shifts: readonly ClassShift[]): Promise<void> {
  if (shifts.length === 0) return;
  await tx.query(
    addToStored(`
      select change.hierarchy_id, change.owner_id, kept.context_id, kept.day, ${signedMeasures('kept')}
      from unnest(array(select distinct unnest($2::int[]))) moved(class_id)
      cross join lateral (
        ${keptFactsWhere(table => `${table}.class_id = moved.class_id`)}
        offset 0 -- looked up class by class, whatever the statistics say
      ) kept
      join unnest($2::int[], $3::int[], $4::int[], $5::int[]) change(class_id, hierarchy_id, owner_id, sign)
        on change.class_id = kept.class_id`),
    [
      tx.tenantId,
      shifts.map(shift => shift.classId),
      shifts.map(shift => shift.hierarchyId),
      shifts.map(shift => shift.owner),
      shifts.map(shift => shift.sign),
    ],
  );
}
