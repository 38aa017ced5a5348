import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';

/** Among the hierarchies whose stored sums are complete, it stands for the learners of the cells. */
export const learnersOfCells = -1;

const columns = 'tenant_id, month, cell_id, person_id, scored_days, timed_days';

/**
 * Adds days to the learners of cells. `rows`: a select of the columns, each learner, month and cell once, in key order.
 * Most of what comes is of a day on which the learner has been seen: that is told first, since a row that is written in vain
 * costs as much as any.
 */
const addDays = (rows: string): string => `
  insert into cell_learners as known (${columns})
  select seen.* from (${rows}) seen
  left join lateral (
    select cell_learners.scored_days, cell_learners.timed_days from cell_learners
    where cell_learners.tenant_id = $1 and cell_learners.month = seen.month and cell_learners.cell_id = seen.cell_id
      and cell_learners.person_id = seen.person_id
    offset 0 -- looked up one by one, whatever the statistics say
  ) earlier on true
  where earlier.scored_days is null
    or seen.scored_days & ~earlier.scored_days <> 0 or seen.timed_days & ~earlier.timed_days <> 0
  order by seen.month, seen.cell_id, seen.person_id
  on conflict (tenant_id, month, cell_id, person_id) do update set
    scored_days = known.scored_days | excluded.scored_days, timed_days = known.timed_days | excluded.timed_days
  where excluded.scored_days & ~known.scored_days <> 0 or excluded.timed_days & ~known.timed_days <> 0`;

const together = `bit_or(learner.scored_days) as scored_days, bit_or(learner.timed_days) as timed_days`;

/**
 * Adds the learners that deltas are of, a select from `deltas` (class_id, cell_id, day) within the statement that takes
 * them: their days are those on which the class has anything, and whoever was seen then is in them at once.
 */
export const addLearnersOf = (deltas: string): string =>
  addDays(`
    select $1::int as tenant_id, touched.month, touched.cell_id, learner.person_id, ${together}
    from (
      select ${deltas}.class_id, ${deltas}.cell_id, date_trunc('month', ${deltas}.day)::date as month,
        bit_or(1 << extract(day from ${deltas}.day)::int - 1) as days
      from ${deltas} group by 1, 2, 3
    ) touched
    cross join lateral (
      select learner_months.person_id, learner_months.scored_days & touched.days as scored_days,
        learner_months.timed_days & touched.days as timed_days
      from learner_months
      where learner_months.tenant_id = $1 and learner_months.class_id = touched.class_id
        and learner_months.month = touched.month and (learner_months.scored_days | learner_months.timed_days) & touched.days <> 0
      offset 0 -- looked up class by class, whatever the statistics say
    ) learner
    group by 2, 3, 4
    order by 2, 3, 4`);

/** The learners of cells, as the classes in these have them: of some cells, and some of the learners by class and month. */
const countedAnew = ({ learners = 'true', cells = 'true' }: { learners?: string; cells?: string }): string => `
  select $1::int as tenant_id, learner.month, class_cells.cell_id, learner.person_id, ${together}
  from class_cells
  cross join lateral (
    select learner_months.* from learner_months
    where learner_months.tenant_id = $1 and learner_months.class_id = class_cells.class_id and ${learners}
    offset 0 -- looked up class by class, whatever the statistics say: there may be none yet
  ) learner
  where class_cells.tenant_id = $1 and ${cells}
  group by 2, 3, 4
  order by 2, 3, 4`;

/** Makes the learners of all cells anew. What waits as a delta may be in them already, and is added again without harm. */
export async function buildCellLearners(tx: Transaction): Promise<void> {
  await tx.query(`delete from cell_learners where cell_learners.tenant_id = $1`, [tx.tenantId]);
  await tx.query(`insert into cell_learners (${columns}) ${countedAnew({})}`, [tx.tenantId]);
}

/** Counts the learners of the cells of some classes again, of the months of some days: something of these is no more. */
export async function recountCells(
  tx: Transaction,
  { classes, days }: { classes: readonly number[]; days: readonly Day[] },
): Promise<void> {
  const cells = `array(select distinct class_cells.cell_id from class_cells
    where class_cells.tenant_id = $1 and class_cells.class_id = any($2::int[]))`;
  const months = `array(select distinct date_trunc('month', gone.day)::date from unnest($3::date[]) gone(day))`;
  await tx.query(
    `delete from cell_learners
     where cell_learners.tenant_id = $1 and cell_learners.cell_id = any(${cells}) and cell_learners.month = any(${months})`,
    [tx.tenantId, classes, days],
  );
  await tx.query(
    addDays(countedAnew({ learners: `learner_months.month = any(${months})`, cells: `class_cells.cell_id = any(${cells})` })),
    [tx.tenantId, classes, days],
  );
}

/** Counts the learners of some classes again in the cells that these have left and those that they have entered. */
export async function recountLearners(
  tx: Transaction,
  classIds: readonly number[],
  cells: readonly number[],
): Promise<void> {
  const ofTheClasses = `select learner_months.month, learner_months.person_id from learner_months
    where learner_months.tenant_id = $1 and learner_months.class_id = any($2)`;
  await tx.query(
    `delete from cell_learners
     where cell_learners.tenant_id = $1 and cell_learners.cell_id = any($3)
       and (cell_learners.month, cell_learners.person_id) in (${ofTheClasses})`,
    [tx.tenantId, classIds, cells],
  );
  await tx.query(
    addDays(countedAnew({
      learners: `(learner_months.month, learner_months.person_id) in (${ofTheClasses})`,
      cells: 'class_cells.cell_id = any($3)',
    })),
    [tx.tenantId, classIds, cells],
  );
}
