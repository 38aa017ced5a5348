import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';
import { holdAcceptanceOff, moveForward } from '../../shared/retention/retention.queries';
import { activityMeasures, allMeasures, competencyMeasures } from '../rollup/measures';
import { addToStored, lockStored, upFromCells } from '../rollup/stored.queries';

/** Whether there are figures of days of which nothing was accepted from a day (UTC) on. */
export async function anythingExpired(tx: Transaction, firstKept: Day): Promise<boolean> {
  const rows = await tx.query(
    `select from accepted_days old
     where old.tenant_id = $1 and old.accepted_on < $2 and not exists (
       select from accepted_days later
       where later.tenant_id = $1 and later.day = old.day and later.accepted_on >= $2)
     limit 1`,
    [tx.tenantId, firstKept],
  );
  return rows.length > 0;
}

/** From now on such days stay out of sight, whatever the settings say, and nothing is accepted for them. */
export async function hideFor(tx: Transaction, firstKept: Day): Promise<void> {
  await holdAcceptanceOff(tx);
  await moveForward(tx, { figuresAcceptedFrom: firstKept });
}

/** The days whose figures have expired. */
export async function selectExpiredDays(tx: Transaction, firstKept: Day): Promise<Day[]> {
  const rows = await tx.query<{ day: Day }>(
    `select accepted_days.day::text as day from accepted_days
     where accepted_days.tenant_id = $1
     group by accepted_days.day having max(accepted_days.accepted_on) < $2
     order by accepted_days.day`,
    [tx.tenantId, firstKept],
  );
  return rows.map(row => row.day);
}

/** The next classes by number. */
export async function selectClassesAfter(tx: Transaction, after: number, most: number): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select classes.id from classes where classes.tenant_id = $1 and classes.id > $2 order by classes.id limit $3`,
    [tx.tenantId, after, most],
  );
  return rows.map(row => row.id);
}

const negated = activityMeasures.map(measure => `-fact.${measure} as ${measure}`).join(', ');

/**
 * Deletes the facts of some classes and days, their waiting deltas too, and takes what was stored of them from the
 * stored sums. In every transaction's eyes the stored sums are those of the facts.
 */
export async function deleteFacts(tx: Transaction, { classes, days }: Chosen): Promise<number> {
  await lockStored(tx);
  const [row] = await tx.query<{ rows: number }>(
    `with gone as (
       delete from class_days
       where class_days.tenant_id = $1 and class_days.class_id = any($2::int[]) and class_days.day = any($3::date[])
       returning class_days.*
     ),
     waiting as (
       -- What waits of competency counts is not of this: their net changes go with the statuses.
       delete from fact_deltas
       where fact_deltas.tenant_id = $1 and fact_deltas.class_id = any($2::int[]) and fact_deltas.day = any($3::date[])
         and fact_deltas.completed is null
       returning fact_deltas.*
     ),
     change as materialized (
       select class_cells.cell_id, kept.context_id, kept.day,
         ${activityMeasures.map(measure => `sum(kept.${measure})::bigint as ${measure}`).join(', ')},
         ${competencyMeasures.map(measure => `null::bigint as ${measure}`).join(', ')}
       from (
         select fact.class_id, fact.context_id, fact.day, ${negated} from gone fact
         union all
         select waiting.class_id, waiting.context_id, waiting.day,
           ${activityMeasures.map(measure => `waiting.${measure}`).join(', ')}
         from waiting
       ) kept
       join class_cells on class_cells.tenant_id = $1 and class_cells.class_id = kept.class_id
       group by class_cells.cell_id, kept.context_id, kept.day
     ),
     taken as (${addToStored(upFromCells('change'))})
     select count(*)::int as rows from gone`,
    [tx.tenantId, classes, days],
  );
  return row!.rows;
}

interface Chosen {
  classes: readonly number[];
  days: readonly Day[];
}

/**
 * Deletes what the learners of some classes did on some days; a month goes with the last of its days. Rows are locked in
 * the order in which ingestion writes them.
 */
export async function deleteLearners(
  tx: Transaction,
  { classes, days }: Chosen,
): Promise<{ learner_days: number; learner_months: number }> {
  const [row] = await tx.query<{ learner_days: number }>(
    `with mask as (
       select date_trunc('month', gone.day)::date as month, bit_or(1 << extract(day from gone.day)::int - 1) as days
       from unnest($3::date[]) gone(day)
       group by 1
     ),
     due as materialized (
       select learner_months.class_id, learner_months.month, learner_months.context_id, learner_months.person_id, mask.days
       from learner_months
       join mask on mask.month = learner_months.month
       where learner_months.tenant_id = $1 and learner_months.class_id = any($2::int[])
         and (learner_months.scored_days | learner_months.timed_days) & mask.days <> 0
       order by learner_months.class_id, learner_months.month, learner_months.context_id, learner_months.person_id
       for update of learner_months
     ),
     changed as (
       update learner_months
       set scored_days = learner_months.scored_days & ~due.days, timed_days = learner_months.timed_days & ~due.days
       from due
       where learner_months.tenant_id = $1 and (learner_months.class_id, learner_months.month, learner_months.context_id,
         learner_months.person_id) = (due.class_id, due.month, due.context_id, due.person_id)
       returning 1
     ),
     gone as (
       delete from learner_days
       where learner_days.tenant_id = $1 and learner_days.person_id = any(array(select due.person_id from due))
         and learner_days.day = any($3::date[]) and learner_days.class_id = any($2::int[])
       returning 1
     )
     select count(*)::int as learner_days from gone`,
    [tx.tenantId, classes, days],
  );
  const [months] = await tx.query<{ rows: number }>(
    `with gone as (
       delete from learner_months
       where learner_months.tenant_id = $1 and learner_months.class_id = any($2::int[])
         and learner_months.month = any(array(select date_trunc('month', gone.day)::date from unnest($3::date[]) gone(day)))
         and learner_months.scored_days = 0 and learner_months.timed_days = 0
       returning 1
     )
     select count(*)::int as rows from gone`,
    [tx.tenantId, classes, days],
  );
  return { learner_days: row!.learner_days, learner_months: months!.rows };
}

/** Nothing of these days is left: that they were is forgotten, and said of all days up to the last of them. */
export async function forgetDays(tx: Transaction, days: readonly Day[], figuresFrom: Day): Promise<void> {
  await tx.query(`delete from accepted_days where accepted_days.tenant_id = $1 and accepted_days.day = any($2::date[])`, [
    tx.tenantId,
    days,
  ]);
  await moveForward(tx, { figuresFrom });
}

/** Deletes stored sums of nothing, `most` at a time: a row of nothing but zeros is as good as none. */
export async function deleteEmptySums(tx: Transaction, most: number): Promise<number> {
  await lockStored(tx);
  const [row] = await tx.query<{ rows: number }>(
    `with gone as (
       delete from aggregates
       where aggregates.tenant_id = $1 and aggregates.ctid = any(array(
         select empty.ctid from aggregates empty
         where empty.tenant_id = $1 and ${allMeasures.map(measure => `coalesce(empty.${measure}, 0) = 0`).join(' and ')}
         limit $2))
       returning 1
     )
     select count(*)::int as rows from gone`,
    [tx.tenantId, most],
  );
  return row!.rows;
}
