import type { StatusChange } from '../../competency/published';
import type { Transaction } from '../../shared/database/database';

/**
 * Net changes of competency counts by class, day and context: how many triples (class, student, expected competency)
 * there are more or fewer of from a day on, and how many more or fewer stand at which status. Summed up to a day they
 * are the counts at its end.
 */

/** Where the history is read from: the tables themselves, or what gatherHistory copied of them. */
interface Sources {
  spans: string;
  terms: string;
  expectations: string;
}

const tables: Sources = { spans: 'enrolment_spans', terms: 'class_terms', expectations: 'competency_terms' };
const gathered: Sources = { spans: 'gathered_spans', terms: 'gathered_terms', expectations: 'gathered_expectations' };

/** Whose days of membership, grade, expectation and status overlap, and the changes at both ends of what they share. */
const changesOfStatuses = (held: string, { terms, expectations }: Sources = tables): string => `
  select held.class_id, change.day, expected.context_id,
    case when held.status = 3 then held.sign * change.sign else 0 end as completed,
    case when held.status = 2 then held.sign * change.sign else 0 end as inferred,
    case when held.status = 1 then held.sign * change.sign else 0 end as in_progress,
    0 as expected
  from (${held}) held
  cross join lateral (
    select class_terms.grade, class_terms.subject, class_terms.from_day, class_terms.before_day
    from ${terms} class_terms
    where class_terms.tenant_id = $1 and class_terms.class_id = held.class_id
      and class_terms.active and class_terms.grade is not null
    offset 0 -- looked up by key, whatever the statistics say
  ) term
  cross join lateral (
    select competency_terms.context_id, competency_terms.from_day, competency_terms.before_day
    from ${expectations} competency_terms
    where competency_terms.tenant_id = $1 and competency_terms.competency_id = held.competency_id
      and competency_terms.grade = term.grade
      and (term.subject is null or competency_terms.subject = term.subject)
    offset 0
  ) expected
  cross join lateral (
    select greatest(held.from_day, term.from_day, expected.from_day) as from_day,
      least(held.before_day, term.before_day, expected.before_day) as before_day
  ) shared
  cross join lateral (values (shared.from_day, 1), (shared.before_day, -1)) change(day, sign)
  where shared.from_day < shared.before_day and change.day < 'infinity'`;

/** From `span` and `status`: who has which status in which class on which days. */
const held = (from: string): string => `
  select span.class_id, status.competency_id, status.status, status.sign,
    greatest(span.from_day, status.from_day) as from_day, least(span.before_day, status.before_day) as before_day
  ${from}
  where status.status > 0 and span.from_day < status.before_day and status.from_day < span.before_day`;

/** All changes of the classes in `class` (class_id), straight from the roster's history and the statuses. */
export const changesOfClasses = (classes: string, sources: Sources = tables): string => `
  select weighted.class_id, change.day, weighted.context_id, 0 as completed, 0 as inferred, 0 as in_progress,
    change.sign * weighted.competencies * cohort.students as expected
  from (
    select class.class_id, expected.context_id, greatest(term.from_day, expected.from_day) as from_day,
      least(term.before_day, expected.before_day) as before_day, count(*) as competencies
    from ${classes} class
    cross join lateral (
      select class_terms.grade, class_terms.subject, class_terms.from_day, class_terms.before_day
      from ${sources.terms} class_terms
      where class_terms.tenant_id = $1 and class_terms.class_id = class.class_id
        and class_terms.active and class_terms.grade is not null
      offset 0
    ) term
    cross join lateral (
      select competency_terms.context_id, competency_terms.from_day, competency_terms.before_day
      from ${sources.expectations} competency_terms
      where competency_terms.tenant_id = $1 and competency_terms.grade = term.grade
        and (term.subject is null or competency_terms.subject = term.subject)
        and competency_terms.from_day < term.before_day and term.from_day < competency_terms.before_day
      offset 0
    ) expected
    group by 1, 2, 3, 4
  ) weighted
  cross join lateral (
    select greatest(enrolment_spans.from_day, weighted.from_day) as from_day,
      least(enrolment_spans.before_day, weighted.before_day) as before_day, count(*) as students
    from ${sources.spans} enrolment_spans
    where enrolment_spans.tenant_id = $1 and enrolment_spans.class_id = weighted.class_id
      and enrolment_spans.from_day < weighted.before_day and weighted.from_day < enrolment_spans.before_day
      and enrolment_spans.from_day < enrolment_spans.before_day
    group by 1, 2
    offset 0
  ) cohort
  cross join lateral (values (cohort.from_day, 1), (cohort.before_day, -1)) change(day, sign)
  where change.day < 'infinity'
  union all
  ${changesOfStatuses(
    held(`
      from ${classes} class
      cross join lateral (
        select enrolment_spans.class_id, enrolment_spans.person_id, enrolment_spans.from_day, enrolment_spans.before_day
        from ${sources.spans} enrolment_spans
        where enrolment_spans.tenant_id = $1 and enrolment_spans.class_id = class.class_id
        offset 0
      ) span
      cross join lateral (
        select competency_statuses.competency_id, competency_statuses.status, 1 as sign,
          competency_statuses.day as from_day, lead(competency_statuses.day, 1, 'infinity') over (
            partition by competency_statuses.competency_id order by competency_statuses.day) as before_day
        from competency_statuses
        where competency_statuses.tenant_id = $1 and competency_statuses.person_id = span.person_id
        offset 0
      ) status`),
    sources,
  )}`;

/** Adds `diff` (class_id, day, context_id and the counts) to the changes, and leaves the same as deltas. */
const apply = `
  deltas as (
    insert into fact_deltas (tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds,
      assessment_seconds, completed, inferred, in_progress, expected)
    select $1, diff.class_id, diff.day, diff.context_id, 0, 0, 0, 0, diff.completed, diff.inferred, diff.in_progress,
      diff.expected
    from diff
  )
  insert into competency_changes as known (tenant_id, class_id, day, context_id, completed, inferred, in_progress, expected)
  select $1, diff.class_id, diff.day, diff.context_id, diff.completed, diff.inferred, diff.in_progress, diff.expected
  from diff
  order by diff.class_id, diff.day, diff.context_id
  on conflict (tenant_id, class_id, day, context_id) do update set
    completed = known.completed + excluded.completed, inferred = known.inferred + excluded.inferred,
    in_progress = known.in_progress + excluded.in_progress, expected = known.expected + excluded.expected`;

/** So few classes are looked up in the tables themselves. */
const fewClasses = 20;

/**
 * Copies the history of classes and the expectations into temporary tables that have been counted. Of a tenant that is
 * new to the statistics the tables themselves seem to hold one row, so that any of their indexes might be taken, and all
 * of the tenant's rows be read again for each class.
 */
async function gatherHistory(tx: Transaction, classes: readonly number[]): Promise<void> {
  await tx.query('drop table if exists gathered_spans, gathered_terms, gathered_expectations');
  for (const [copy, of] of [['gathered_spans', 'enrolment_spans'], ['gathered_terms', 'class_terms']] as const) {
    await tx.query(
      `create temporary table ${copy} on commit drop as
       select history.* from ${of} history where history.tenant_id = $1 and history.class_id = any($2)`,
      [tx.tenantId, classes],
    );
    await tx.query(`create index on ${copy} (class_id)`);
    await tx.query(`analyze ${copy}`);
  }
  await tx.query(
    `create temporary table gathered_expectations on commit drop as
     select competency_terms.* from competency_terms where competency_terms.tenant_id = $1`,
    [tx.tenantId],
  );
  await tx.query('create index on gathered_expectations (grade)');
  await tx.query('create index on gathered_expectations (competency_id)');
  await tx.query('analyze gathered_expectations');
}

/** Sets the changes of classes right, whatever they were: what is kept is compared with what should be. */
export async function renewChanges(tx: Transaction, classes: readonly number[]): Promise<void> {
  const gathers = classes.length > fewClasses;
  if (gathers) await gatherHistory(tx, classes);
  await tx.query(
    `with diff as materialized (
       select change.class_id, change.day, change.context_id, sum(change.completed) as completed,
         sum(change.inferred) as inferred, sum(change.in_progress) as in_progress, sum(change.expected) as expected
       from (
         ${changesOfClasses('(select unnest($2::int[]) as class_id)', gathers ? gathered : tables)}
         union all
         select competency_changes.class_id, competency_changes.day, competency_changes.context_id,
           -competency_changes.completed, -competency_changes.inferred, -competency_changes.in_progress,
           -competency_changes.expected
         from competency_changes
         where competency_changes.tenant_id = $1 and competency_changes.class_id = any($2)
       ) change
       group by change.class_id, change.day, change.context_id
       having (sum(change.completed), sum(change.inferred), sum(change.in_progress), sum(change.expected)) <> (0, 0, 0, 0)
     ),
     ${apply}`,
    [tx.tenantId, classes],
  );
}

/** Adds what becomes of the counts when the latest statuses of people change: in all classes in which they are on those days. */
export async function addStatusChanges(tx: Transaction, changes: readonly StatusChange[]): Promise<void> {
  await tx.query(
    `with diff as materialized (
       select change.class_id, change.day, change.context_id, sum(change.completed) as completed,
         sum(change.inferred) as inferred, sum(change.in_progress) as in_progress, sum(change.expected) as expected
       from (${changesOfStatuses(
         held(`
           from unnest($2::int[], $3::int[], $4::date[], $5::date[], $6::smallint[], $7::smallint[])
             given(person_id, competency_id, from_day, before_day, was, is_now)
           cross join lateral (
             select enrolment_spans.class_id, enrolment_spans.from_day, enrolment_spans.before_day from enrolment_spans
             where enrolment_spans.tenant_id = $1 and enrolment_spans.person_id = given.person_id
             offset 0
           ) span
           cross join lateral (
             select given.competency_id, given.from_day, given.before_day, side.status, side.sign
             from (values (given.was, -1), (given.is_now, 1)) side(status, sign)
           ) status`),
       )}) change
       group by change.class_id, change.day, change.context_id
       having (sum(change.completed), sum(change.inferred), sum(change.in_progress)) <> (0, 0, 0)
     ),
     ${apply}`,
    [
      tx.tenantId,
      changes.map(change => change.personNumber),
      changes.map(change => change.competencyId),
      changes.map(change => change.fromDay),
      changes.map(change => change.beforeDay),
      changes.map(change => change.was),
      changes.map(change => change.is),
    ],
  );
}

/**
 * Whoever changes the roster does so alone, until it is committed: a status that is accepted meanwhile would be counted
 * by neither. To be taken after every other lock.
 */
export async function lockRosterHistory(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(7310010, $1)`, [tx.tenantId]);
}

/**
 * Whoever accepts statuses holds off changes of the roster, and whoever accepts some of the same people. People share
 * locks, of which there are few enough to take them all; they are taken in order. To be taken before anything is written.
 */
export async function lockPeople(tx: Transaction, people: readonly number[]): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock_shared(7310010, $1)`, [tx.tenantId]);
  await tx.query(
    `select pg_advisory_xact_lock(7310011, slot.number)
     from (
       select distinct ($1::int % 1000000) * 256 + person.id % 256 as number from unnest($2::int[]) person(id)
       order by number offset 0
     ) slot`,
    [tx.tenantId, people],
  );
}
