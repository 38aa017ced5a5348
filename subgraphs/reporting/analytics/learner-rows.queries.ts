import type { Transaction } from '../../shared/database/database';
import type { Day, Period } from '../../shared/period';
import { Statement } from '../rollup/owners.queries';
import { learnersOf, type Cohort } from './cohort.queries';
import type { Thresholds } from './risk/thresholds';

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
  const statement = new Statement(tx);
  const { ctes, rows } = learnerRows(cohort, asked, statement);
  return tx.query(
    `with ${ctes} select learner.*, learner."lastDay"::text as "lastDay" from (${rows}) learner`,
    statement.parameters,
  );
}
