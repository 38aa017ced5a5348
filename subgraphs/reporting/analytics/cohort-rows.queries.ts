import type { Transaction } from '../../shared/database/database';
import type { Day, Period } from '../../shared/period';
import type { Cohort } from './cohort.queries';
import { atRisk, learnerRows, type AskedRows, type LearnerRow } from './learner-rows.queries';
import { Statement } from '../rollup/owners.queries';
import type { Thresholds } from './risk/thresholds';

/** The learners of a set of classes in one window, added up. */
export interface CohortRow {
  key: string;
  index: number;
  learners: number;
  activeLearners: number;
  atRisk: number;
  /** Sums over the learners; of one class these are its triples. */
  completed: number;
  expected: number;
  newlyCompleted: number;
  /** Mean over the learners of whom something is expected. */
  masteryProgress: number | null;
  activeDays: number;
  skillGaps: number;
  lastDay: Day | null;
}

/** One statement, however many sets of classes, learners and windows. */
export function selectCohortRows(
  tx: Transaction,
  cohort: Cohort,
  asked: AskedRows,
): Promise<CohortRow[]> {
  const statement = new Statement(tx);
  const { ctes, rows } = learnerRows(cohort, asked, statement);
  return tx.query(
    `with ${ctes}
     select learner.key, learner.index, count(*)::float8 as learners,
       count(*) filter (where learner."activeDays" > 0)::float8 as "activeLearners",
       count(*) filter (where ${atRisk('learner')})::float8 as "atRisk",
       sum(learner.completed)::float8 as completed, sum(learner.expected)::float8 as expected,
       sum(learner."newlyCompleted")::float8 as "newlyCompleted",
       avg(learner.completed::float8 / nullif(learner.expected, 0)) as "masteryProgress",
       sum(learner."activeDays")::float8 as "activeDays",
       sum(learner.expected - learner.begun)::float8 as "skillGaps", max(learner."lastDay")::text as "lastDay"
     from (${rows}) learner
     group by learner.key, learner.index
     order by learner.key, learner.index`,
    statement.parameters,
  );
}

/** A student's place in a list by name. */
export interface StudentPlace {
  familyName: string;
  givenName: string;
  login: string;
  number: number;
}

export type RiskRow = LearnerRow & StudentPlace;

interface AskedStudents extends Pick<AskedRows, 'whole'> {
  window: Period;
  thresholds: Thresholds;
  most: number;
  after: StudentPlace | null;
}

/** The students of one set of classes who are at risk, by name. */
export async function selectAtRisk(
  tx: Transaction,
  cohort: Cohort,
  { window, most, after, ...asked }: AskedStudents,
): Promise<{ rows: RiskRow[]; total: number }> {
  const statement = new Statement(tx);
  const { ctes, rows } = learnerRows(cohort, { windows: [window], ...asked }, statement);
  const place = [
    ...[after?.familyName, after?.givenName, after?.login].map(word => statement.add(word ?? null, 'text')),
    statement.add(after?.number ?? null, 'int'),
  ];
  const order = `
    student."familyName" collate "und-x-icu", student."givenName" collate "und-x-icu", student.login collate "und-x-icu",
    student."personId"`;
  const found = await tx.query<RiskRow & { total: string }>(
    `with ${ctes},
     student as materialized (
       select learner.*, people.login, coalesce(people.family_name, '') as "familyName",
         coalesce(people.given_name, '') as "givenName"
       from (${rows}) learner
       cross join lateral (
         select people.login, people.family_name, people.given_name from people
         where people.tenant_id = $1 and people.id = learner."personId"
         offset 0
       ) people
       where ${atRisk('learner')}
     ),
     page as (
       select student.* from student
       where ${place[0]} is null or (${order}) > (${place.join(', ')})
       order by ${order} limit ${statement.add(most, 'int')}
     )
     select student.*, student."lastDay"::text as "lastDay", student."personId" as number, counted.total
     from (select count(*) as total from student) counted
     left join page student on true
     order by ${order}`,
    statement.parameters,
  );
  return { rows: found.filter(row => row.personId !== null), total: Number(found[0]!.total) };
}
