import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';

/** What a run did to the rows of a week. */
export interface WeekCounts {
  added: number;
  changed: number;
  unchanged: number;
  /** Of classes that, by what is known now, were not active or had no grade at the week's end. */
  removed: number;
}

/** One run of a tenant at a time. */
export async function lockWeeks(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(7310012, $1)`, [tx.tenantId]);
}

/**
 * Makes the rows of an ISO week, one for each class that was active and of a grade at its end, by what is known now;
 * the rows that were there follow. `monday` is the week's first day.
 */
export async function writeWeek(tx: Transaction, monday: Day, now: Date): Promise<WeekCounts> {
  const [row] = await tx.query<WeekCounts>(
    `with made as materialized (
       select class_terms.class_id, student.students, count.completed, count.inferred, count.in_progress, count.expected
       from class_terms
       cross join lateral (
         select count(*)::int as students from enrolment_spans
         where enrolment_spans.tenant_id = $1 and enrolment_spans.class_id = class_terms.class_id
           and enrolment_spans.from_day <= $2::date + 6 and enrolment_spans.before_day > $2::date + 6
         offset 0 -- looked up class by class, whatever the statistics say
       ) student
       cross join lateral (
         select coalesce(sum(competency_changes.completed), 0) as completed,
           coalesce(sum(competency_changes.inferred), 0) as inferred,
           coalesce(sum(competency_changes.in_progress), 0) as in_progress,
           coalesce(sum(competency_changes.expected), 0) as expected
         from competency_changes
         where competency_changes.tenant_id = $1 and competency_changes.class_id = class_terms.class_id
           and competency_changes.day <= $2::date + 6
         offset 0
       ) count
       where class_terms.tenant_id = $1 and class_terms.active and class_terms.grade is not null
         and class_terms.from_day <= $2::date + 6 and class_terms.before_day > $2::date + 6
     ),
     known as materialized (
       select class_weeks.* from class_weeks where class_weeks.tenant_id = $1 and class_weeks.week = $2
     ),
     removed as (
       delete from class_weeks
       where class_weeks.tenant_id = $1 and class_weeks.week = $2
         and not exists (select from made where made.class_id = class_weeks.class_id)
       returning class_weeks.class_id
     ),
     written as (
       insert into class_weeks (tenant_id, class_id, week, students, completed, inferred, in_progress, expected, made_at)
       select $1, made.class_id, $2, made.students, made.completed, made.inferred, made.in_progress, made.expected, $3
       from made
       left join known on known.class_id = made.class_id
       where (known.students, known.completed, known.inferred, known.in_progress, known.expected)
         is distinct from (made.students, made.completed, made.inferred, made.in_progress, made.expected)
       order by made.class_id
       on conflict (tenant_id, class_id, week) do update set
         students = excluded.students, completed = excluded.completed, inferred = excluded.inferred,
         in_progress = excluded.in_progress, expected = excluded.expected, made_at = excluded.made_at
       returning class_weeks.class_id
     )
     select (count(*) filter (where known.class_id is null))::int as added,
       (count(*) filter (where known.class_id is not null and written.class_id is not null))::int as changed,
       (count(*) filter (where known.class_id is not null and written.class_id is null))::int as unchanged,
       (select count(*)::int from removed) as removed
     from made
     left join known on known.class_id = made.class_id
     left join written on written.class_id = made.class_id`,
    [tx.tenantId, monday, now],
  );
  return row!;
}
