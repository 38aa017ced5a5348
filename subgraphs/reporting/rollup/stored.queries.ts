import type { Transaction } from '../../shared/database/database';
import { addLearnersOf } from './cell-learners.queries';
import type { ClassCell } from './cells.queries';
import { activityMeasures, allMeasures, competencyMeasures } from './measures';

/**
 * Whoever changes a tenant's stored sums (folding, moving, rebuilding) does so alone; readers never wait. Locks are
 * taken in one order everywhere: first the trees, then this.
 */
export async function lockStored(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(7310003, $1)`, [tx.tenantId]);
}

export type LockStored = (tx: Transaction) => Promise<void>;

/** The same for work that can be done later: where somebody holds it for longer, it rejects, and `isLockedOut` tells so. */
export async function lockStoredSoon(tx: Transaction): Promise<void> {
  await tx.query(
    `select set_config('lock_timeout', '500ms', true), pg_advisory_xact_lock(7310003, $1), set_config('lock_timeout', '0', true)`,
    [tx.tenantId],
  );
}

/** lock_not_available. */
export const isLockedOut = (error: unknown): boolean => (error as { code?: unknown }).code === '55P03';

/** For work in the background: it takes as long as it takes. */
export async function liftTimeLimit(tx: Transaction): Promise<void> {
  await tx.query(`set local statement_timeout = 0`);
}

const measures = allMeasures;

/** The measures of a table. */
export const measuresOf = (table: string): string => measures.map(measure => `${table}.${measure}`).join(', ');
/** The measures, added or taken away as `change.sign` says. */
export const signedMeasures = (table: string): string =>
  measures.map(measure => `change.sign * ${table}.${measure} as ${measure}`).join(', ');
/** The measures, taken away. */
export const negatedMeasures = (table: string): string =>
  measures.map(measure => `-${table}.${measure} as ${measure}`).join(', ');

/** The sums of the measures, of a group of rows. */
export const summed = (table: string): string =>
  measures.map(measure => `sum(${table}.${measure})::bigint as ${measure}`).join(', ');

/**
 * Adds changes to the stored rows of their owners: each to its day, week and month, under its own context and under 0
 * for all. `changes` is a select with hierarchy_id, owner_id, context_id, day and the measures; $1 is the tenant. Rows
 * are written in key order.
 */
export const addToStored = (changes: string): string => `
  insert into aggregates as stored (tenant_id, hierarchy_id, grain, context_id, owner_id, start, ${measures.join(', ')})
  select $1, change.hierarchy_id, bucket.grain, context.id, change.owner_id, bucket.start, ${summed('change')}
  from (
    -- Added up by day first: each change goes to six rows, and there are far fewer days than changes.
    select change.hierarchy_id, change.owner_id, change.context_id, change.day, ${summed('change')}
    from (${changes}) change
    group by change.hierarchy_id, change.owner_id, change.context_id, change.day
  ) change
  cross join lateral (values
    (1::smallint, change.day),
    (7::smallint, date_trunc('week', change.day)::date),
    (30::smallint, date_trunc('month', change.day)::date)
  ) bucket(grain, start)
  cross join lateral (values (0), (change.context_id)) context(id)
  group by change.hierarchy_id, bucket.grain, context.id, change.owner_id, bucket.start
  order by 2, 3, 4, 5, 6
  on conflict (tenant_id, hierarchy_id, grain, context_id, owner_id, start) do update set
    ${activityMeasures.map(measure => `${measure} = stored.${measure} + excluded.${measure}`).join(', ')},
    ${competencyMeasures.map(added).join(', ')}`;

/** Null stands for nothing, and takes no room. */
const added = (measure: string): string =>
  `${measure} = coalesce(stored.${measure} + excluded.${measure}, stored.${measure}, excluded.${measure})`;

/**
 * Every context there is, of $1: rows of some owners in all of them are found by the key if each context is named.
 */
export const everyContext = `array(
  select activity_contexts.id from activity_contexts where activity_contexts.tenant_id = $1)`;

/** What was ever added to classes, activity and competency counts alike, as a select of class, context, day and measures. */
export const factsWhere = (condition: (table: string) => string): string => `
  select class_days.class_id, class_days.context_id, class_days.day,
    ${activityMeasures.map(measure => `class_days.${measure}`).join(', ')},
    ${competencyMeasures.map(measure => `null::bigint as ${measure}`).join(', ')}
  from class_days where class_days.tenant_id = $1 and ${condition('class_days')}
  union all
  select competency_changes.class_id, competency_changes.context_id, competency_changes.day,
    ${activityMeasures.map(measure => `0 as ${measure}`).join(', ')},
    ${competencyMeasures.map(measure => `competency_changes.${measure}`).join(', ')}
  from competency_changes where competency_changes.tenant_id = $1 and ${condition('competency_changes')}`;

/** What is stored of classes: their facts without those that still wait as deltas, both of one statement's moment. */
export const keptFactsWhere = (condition: (table: string) => string): string => `
  ${factsWhere(condition)}
  union all
  select fact_deltas.class_id, fact_deltas.context_id, fact_deltas.day, ${negatedMeasures('fact_deltas')}
  from fact_deltas where fact_deltas.tenant_id = $1 and ${condition('fact_deltas')}`;

/**
 * The owners that sums of cells go up to, as a select from `changes` (cell_id, context_id, day, measures): the cells
 * themselves, the tenant, and in each built hierarchy the stored nodes above.
 */
export const upFromCells = (changes: string): string => `
  select owner.hierarchy_id, owner.owner_id, ${changes}.context_id, ${changes}.day, ${measuresOf(changes)}
  from ${changes}
  cross join lateral (
    select 0 as hierarchy_id, ${changes}.cell_id as owner_id
    union all select 0, 0
    union all
    select above.hierarchy_id, above.group_id
    from stored_trees
    cross join lateral (
      select cell_parents.hierarchy_id, cell_parents.parent_id from cell_parents
      where cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = stored_trees.hierarchy_id
        and cell_parents.cell_id = ${changes}.cell_id
      offset 0
    ) hung
    cross join lateral (
      select tree_nodes.path from tree_nodes
      where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = hung.hierarchy_id
        and tree_nodes.group_id = hung.parent_id
      offset 0
    ) parent
    cross join lateral (
      select tree_nodes.hierarchy_id, tree_nodes.group_id from unnest(parent.path) step(group_id)
      join tree_nodes on tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = hung.hierarchy_id
        and tree_nodes.group_id = step.group_id and tree_nodes.stored
      offset 0
    ) above
    where stored_trees.tenant_id = $1
  ) owner`;

/** The classes of the next deltas. */
export async function selectClassesToFold(tx: Transaction, most: number): Promise<number[]> {
  const rows = await tx.query<{ class_id: number }>(
    `select distinct next.class_id from (
       select fact_deltas.class_id from fact_deltas where fact_deltas.tenant_id = $1 order by fact_deltas.id limit $2
     ) next`,
    [tx.tenantId, most],
  );
  return rows.map(row => row.class_id);
}

/**
 * Moves the oldest deltas into the stored rows, `most` at a time, all the way up, in one statement; those of the classes
 * whose cells are given. Returns how many. Whoever reads sees a delta or the sums it went into, never both.
 */
export async function foldDeltas(tx: Transaction, { most, cells }: { most: number; cells: readonly ClassCell[] }): Promise<number> {
  // A class is found by its place among the others. Of a tenant that nobody has counted one row is expected: a join would
  // go through all classes for each delta, and looking up the oldest by their ids through all deltas.
  const placeOf = `width_bucket(fact_deltas.class_id, $3::int[])`;
  const [row] = await tx.query<{ folded: string }>(
    `with taken as (
       delete from fact_deltas
       where fact_deltas.tenant_id = $1
         and fact_deltas.id <= (
           select max(next.id) from (
             select oldest.id from fact_deltas oldest where oldest.tenant_id = $1 order by oldest.id limit $2) next)
         and ($3::int[])[${placeOf}] = fact_deltas.class_id
       returning fact_deltas.*, ($4::int[])[${placeOf}] as cell_id
     ),
     change as materialized (
       select taken.cell_id, taken.context_id, taken.day, ${summed('taken')}
       from taken
       group by taken.cell_id, taken.context_id, taken.day
     ),
     added as (${addToStored(upFromCells('change'))}),
     learners as (${addLearnersOf('taken')})
     select count(*) as folded from taken`,
    [tx.tenantId, most, cells.map(({ classId }) => classId), cells.map(({ cellId }) => cellId)],
  );
  return Number(row!.folded);
}

/** Whether the tenant's cells and its own sums are kept at all. */
export async function selectBuiltTrees(tx: Transaction): Promise<Set<number>> {
  const rows = await tx.query<{ hierarchy_id: number }>(
    `select stored_trees.hierarchy_id from stored_trees where stored_trees.tenant_id = $1`,
    [tx.tenantId],
  );
  return new Set(rows.map(row => row.hierarchy_id));
}
