import type { Transaction } from '../../shared/database/database';
import type { Day, Period } from '../../shared/period';
import { Statement } from '../rollup/owners.queries';
import type { Thresholds } from './risk/thresholds';

/** Whose figures: of people, each everywhere or in their `classes` alone; or of the students of sets of classes. */
export type Cohort =
  | { of: 'people'; people: readonly { personId: number; everywhere: boolean; classes: readonly number[] }[] }
  /** `sql` has the columns `key` and `class_id`, and parameters that begin at $first. `whole`: all classes there are. */
  | { of: 'classes'; members: (first: number) => { sql: string; parameters: unknown[] }; whole: boolean };

/** The students of classes under a name; a class may stand under several. */
export const listedClasses = (pairs: readonly (readonly [key: string, classId: number])[]): Cohort => ({
  of: 'classes',
  whole: false,
  members: first => ({
    sql: `select listed.key, listed.class_id from unnest($${first}::text[], $${first + 1}::int[]) listed(key, class_id)`,
    parameters: [pairs.map(([key]) => key), pairs.map(([, classId]) => classId)],
  }),
});

/** One learner's figures over one window, as integers; what is shown is made of them last. */
export interface LearnerRow {
  /** Of a person their number, of a set of classes its name. */
  key: string;
  /** The place of the window. */
  index: number;
  personId: number;
  /** Whether the learner is in an active class on the window's last day. */
  present: boolean;
  /** Distinct competencies that the learner's classes expect on that day; how many of them are completed, begun. */
  expected: number;
  completed: number;
  begun: number;
  /** Completed at its end, and not on the day before it began. */
  newlyCompleted: number;
  activeDays: number;
  attempts: number;
  /** Ten-thousandths of a percent. */
  scoreSum: number;
  seconds: number;
  /** The last day with activity, up to the window's end. */
  lastDay: Day | null;
  inactive: boolean;
  lowScore: boolean;
  lowEngagement: boolean;
  lowMastery: boolean;
}

export const atRisk = (row: string): string =>
  `(${row}."inactive" or ${row}."lowScore" or ${row}."lowEngagement" or ${row}."lowMastery")`;

const covers = (table: string, day: string): string => `${table}.from_day <= ${day} and ${table}.before_day > ${day}`;

/** Who was in which active class on each window's last day. */
function heldBy(cohort: Cohort, statement: Statement): string {
  const columns = `asked.index, asked.first, asked.last, span.class_id, span.from_day as since, term.grade, term.subject`;
  const term = `
    cross join lateral (
      select class_terms.grade, class_terms.subject from class_terms
      where class_terms.tenant_id = $1 and class_terms.class_id = span.class_id and class_terms.active
        and ${covers('class_terms', 'asked.last')}
      offset 0 -- looked up by key, whatever the statistics say; so everywhere below
    ) term`;
  if (cohort.of === 'people') {
    // Person by person: what is shown of one must not depend on who is asked about beside them.
    const shown = cohort.people.flatMap(({ personId, classes }) => classes.map(of => [personId, of] as const));
    return `
      wanted as materialized (
        select wanted.person_id, wanted.everywhere
        from unnest(${statement.add(cohort.people.map(one => one.personId), 'int[]')},
                    ${statement.add(cohort.people.map(one => one.everywhere), 'boolean[]')}) wanted(person_id, everywhere)
      ),
      member as materialized (
        select shown.person_id::text as key, shown.class_id
        from unnest(${statement.add(shown.map(([person]) => person), 'int[]')},
                    ${statement.add(shown.map(([, klass]) => klass), 'int[]')}) shown(person_id, class_id)
      ),
      held as (
        select wanted.person_id::text as key, wanted.person_id, ${columns}
        from asked
        cross join wanted
        cross join lateral (
          select enrolment_spans.class_id, enrolment_spans.from_day from enrolment_spans
          where enrolment_spans.tenant_id = $1 and enrolment_spans.person_id = wanted.person_id
            and ${covers('enrolment_spans', 'asked.last')}
            and (wanted.everywhere
              or (wanted.person_id::text, enrolment_spans.class_id) in (select member.key, member.class_id from member))
          offset 0
        ) span
        ${term}
      )`;
  }
  const members = cohort.members(statement.parameters.length + 1);
  statement.parameters.push(...members.parameters);
  return `
    member as materialized (select distinct listed.key, listed.class_id from (${members.sql}) listed),
    held as (
      select member.key, span.person_id, ${columns}
      from asked
      cross join member
      cross join lateral (
        select enrolment_spans.class_id, enrolment_spans.person_id, enrolment_spans.from_day from enrolment_spans
        where enrolment_spans.tenant_id = $1 and enrolment_spans.class_id = member.class_id
          and ${covers('enrolment_spans', 'asked.last')}
        offset 0
      ) span
      ${term}
      cross join lateral (
        select from people
        where people.tenant_id = $1 and people.id = span.person_id and people.deleted_at is null
        offset 0
      ) person
    )`;
}

const learners = (cohort: Cohort): string => {
  const made = `array_agg(distinct json_build_array(held.grade, held.subject)::text)
    filter (where held.grade is not null)`;
  if (cohort.of === 'people') {
    return `
      select wanted.person_id::text as key, asked.index, asked.first, asked.last, wanted.person_id,
        wanted.everywhere, min(held.since) as since, coalesce(${made}, '{}') as profiles
      from asked
      cross join wanted
      left join held on held.index = asked.index and held.person_id = wanted.person_id
      group by asked.index, asked.first, asked.last, wanted.person_id, wanted.everywhere`;
  }
  return `
    select held.key, held.index, held.first, held.last, held.person_id, ${cohort.whole} as everywhere,
      min(held.since) as since, coalesce(${made}, '{}') as profiles
    from held
    group by held.key, held.index, held.first, held.last, held.person_id`;
};

/** The CTEs `asked` (index, first, last) and `held`: who was in which of the classes on each window's last day. */
export const heldRows = (cohort: Cohort, windows: readonly Period[], statement: Statement): string => `
  asked as materialized (
    select asked.index::int - 1 as index, asked.first, asked.last
    from unnest(${statement.add(windows.map(({ from }) => from), 'date[]')},
                ${statement.add(windows.map(({ through }) => through), 'date[]')})
      with ordinality asked(first, last, index)
  ),
  ${heldBy(cohort, statement)}`;

/**
 * The CTEs `learner` (key, index, first, last, person_id, everywhere, since, profiles: what the learner's classes of the
 * window's last day are of) and `expecting` (index, profiles, and the competencies that these expect on that day).
 * $1 is the tenant.
 */
export const learnersOf = (cohort: Cohort, windows: readonly Period[], statement: Statement): string => `
  ${heldRows(cohort, windows, statement)},
  learner as materialized (${learners(cohort)}),
  expecting as materialized (
    select profile_set.index, profile_set.profiles, array(
      select distinct competency_terms.competency_id
      from unnest(profile_set.profiles) profile(words)
      join competency_terms on competency_terms.tenant_id = $1
        and ${covers('competency_terms', 'profile_set.last')}
        and competency_terms.grade = profile.words::json ->> 0
        and coalesce(competency_terms.subject = profile.words::json ->> 1, profile.words::json ->> 1 is null)
    ) as competencies
    from (select distinct learner.index, learner.last, learner.profiles from learner) profile_set
  )`;

/** The status of each of a learner's expected competencies at the end of the window, and before it. */
const standing = `
  select competency_statuses.competency_id,
    (array_agg(competency_statuses.status order by competency_statuses.day desc))[1] as now,
    (array_agg(competency_statuses.status order by competency_statuses.day desc)
      filter (where competency_statuses.day < learner.first))[1] as before
  from competency_statuses
  where competency_statuses.tenant_id = $1 and competency_statuses.person_id = learner.person_id
    and competency_statuses.day <= learner.last and competency_statuses.competency_id = any(expecting.competencies)
  group by competency_statuses.competency_id`;

/** Whether a fact is of a class that is shown. As a column, so that the classes are hashed once for all learners. */
const shown = `
  learner.everywhere
    or (learner.key, learner_days.class_id) in (select member.key, member.class_id from member) as shown`;

/** What of learners is asked for. */
export interface AskedRows {
  windows: readonly Period[];
  /** They decide who is at risk; without them nobody is, and the last day is not looked for. */
  thresholds: Thresholds | null;
  /** No last day before this one is told, nor counted from: some of those have expired. Of every day when omitted. */
  whole?: Day | null;
}

/** A learner's row for each learner and window; no statement more, however many there are. */
export function learnerRows(
  cohort: Cohort,
  { windows, thresholds, whole = null }: AskedRows,
  statement: Statement,
): { ctes: string; rows: string } {
  const ctes = learnersOf(cohort, windows, statement);
  const limit = (value: number | Day | null | undefined, type: string): string => statement.add(value ?? null, type);
  const lastDay = thresholds === null ? 'null::date' : `(
    select fact.day from (
      select learner_days.day, ${shown}
      from learner_days
      where learner_days.tenant_id = $1 and learner_days.person_id = learner.person_id and learner_days.day <= learner.last
        ${whole === null ? '' : `and learner_days.day >= ${statement.add(whole, 'date')}`}
      order by learner_days.day desc
    ) fact
    where fact.shown limit 1
  )`;
  const rows = `
    select learner.key, learner.index, learner.person_id as "personId", learner.since is not null as present,
      cardinality(expecting.competencies) as expected, standing.completed, standing.begun, standing.newly as "newlyCompleted",
      activity.days as "activeDays", activity.attempts, activity.score_sum as "scoreSum", activity.seconds,
      past.day as "lastDay",
      -- Nobody knows any more of the days that have expired: until the last of them a learner may have been active.
      coalesce(learner.last - greatest(past.day, learner.since, ${limit(whole, 'date')} - 1)
        >= ${limit(thresholds?.inactiveDays, 'int')} and learner.since is not null, false) as "inactive",
      coalesce(activity.score_sum / nullif(activity.attempts, 0) / 10000
        < ${limit(thresholds?.minimumAverageScore, 'float8')} and learner.since is not null, false) as "lowScore",
      coalesce(activity.days::float8 / (learner.last - learner.first + 1)
        < ${limit(thresholds?.minimumEngagement, 'float8')} and learner.since is not null, false) as "lowEngagement",
      coalesce(standing.completed::float8 / nullif(cardinality(expecting.competencies), 0)
        < ${limit(thresholds?.minimumMasteryProgress, 'float8')} and learner.since is not null, false) as "lowMastery"
    from learner
    join expecting on expecting.index = learner.index and expecting.profiles = learner.profiles
    cross join lateral (
      select count(*) filter (where standing.now = 3)::int as completed, count(*) filter (where standing.now > 0)::int as begun,
        count(*) filter (where standing.now = 3 and standing.before is distinct from 3)::int as newly
      from (${standing}) standing
      offset 0
    ) standing
    cross join lateral (
      select count(distinct fact.day)::int as days, coalesce(sum(fact.attempts), 0)::float8 as attempts,
        coalesce(sum(fact.score_sum), 0)::float8 as score_sum, coalesce(sum(fact.seconds), 0)::float8 as seconds
      from (
        select learner_days.day, learner_days.attempts, learner_days.score_sum,
          learner_days.collection_seconds + learner_days.assessment_seconds as seconds, ${shown}
        from learner_days
        where learner_days.tenant_id = $1 and learner_days.person_id = learner.person_id
          and learner_days.day >= learner.first and learner_days.day <= learner.last
        offset 0
      ) fact
      where fact.shown
      offset 0
    ) activity
    cross join lateral (select ${lastDay} as day offset 0) past`;
  return { ctes, rows };
}

/** Every learner's row. */
export function selectLearnerRows(
  tx: Transaction,
  cohort: Cohort,
  asked: AskedRows,
): Promise<LearnerRow[]> {
  const statement = new Statement();
  statement.add(tx.tenantId, 'int');
  const { ctes, rows } = learnerRows(cohort, asked, statement);
  return tx.query(
    `with ${ctes} select learner.*, learner."lastDay"::text as "lastDay" from (${rows}) learner`,
    statement.parameters,
  );
}
