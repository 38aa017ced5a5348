import type { Transaction } from '../../shared/database/database';
import { groupBy } from '../../shared/group-by';
import type { Day, Period } from '../../shared/period';
import { heldRows, type Cohort } from './cohort.queries';
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

/**
 * Of each set how many rows would be looked at for one look at its learners in each window: a row for each of them and
 * class. Stops counting at `most` in all.
 */
export async function countRows(
  tx: Transaction,
  cohort: Cohort,
  { windows, most }: { windows: readonly Period[]; most: number },
): Promise<Map<string, number>> {
  const statement = new Statement(tx);
  const rows = await tx.query<{ key: string; rows: number }>(
    `with ${heldRows(cohort, windows, statement)}
     select held.key, count(*)::int as rows
     from (select held.key from held limit ${statement.add(most, 'int')}) held
     group by held.key`,
    statement.parameters,
  );
  return new Map(rows.map(row => [row.key, row.rows]));
}

/** A student's place in a list by name. */
export interface StudentPlace {
  familyName: string;
  givenName: string;
  login: string;
  number: number;
}

export type RiskRow = LearnerRow & StudentPlace;

/** A page of those at risk in one set of classes. */
export interface RiskPage {
  key: string;
  most: number;
  after: StudentPlace | null;
}

interface AskedStudents extends Pick<AskedRows, 'whole'> {
  window: Period;
  thresholds: Thresholds;
  pages: readonly RiskPage[];
}

/** The students of sets of classes who are at risk, by name: page by page, in one statement. */
export async function selectAtRisk(
  tx: Transaction,
  cohort: Cohort,
  { window, pages, ...asked }: AskedStudents,
): Promise<{ rows: RiskRow[]; total: number }[]> {
  const statement = new Statement(tx);
  const { ctes, rows } = learnerRows(cohort, { windows: [window], ...asked }, statement);
  const column = (of: (page: RiskPage) => unknown, type: string): string => statement.add(pages.map(of), `${type}[]`);
  const order = `
    student."familyName" collate "und-x-icu", student."givenName" collate "und-x-icu", student.login collate "und-x-icu",
    student."personId"`;
  const found = await tx.query<RiskRow & { place: number; total: string }>(
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
       select page.place::int - 1 as place, page.key, page.most, page.family, page.given, page.login, page.number
       from unnest(${column(page => page.key, 'text')}, ${column(page => page.most, 'int')},
                   ${column(page => page.after?.familyName ?? null, 'text')}, ${column(page => page.after?.givenName ?? null, 'text')},
                   ${column(page => page.after?.login ?? null, 'text')}, ${column(page => page.after?.number ?? null, 'int')})
         with ordinality page(key, most, family, given, login, number, place)
     )
     select student.*, student."lastDay"::text as "lastDay", student."personId" as number, page.place,
       (select count(*) from student of where of.key = page.key) as total
     from page
     left join lateral (
       select student.* from student
       where student.key = page.key and (page.number is null or (${order}) > (page.family, page.given, page.login, page.number))
       order by ${order} limit page.most
     ) student on true
     order by page.place, ${order}`,
    statement.parameters,
  );
  const ofPage = groupBy(found, row => row.place);
  return pages.map((_, place) => {
    const own = ofPage.get(place)!;
    return { rows: own.filter(row => row.personId !== null), total: Number(own[0]!.total) };
  });
}
