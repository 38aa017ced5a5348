import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';

export interface CompetencyRecord {
  number: number;
  code: string;
  title: string;
  framework: string;
  subject: string | null;
  grade: string | null;
}

export interface StatusRecord {
  status: number;
  day: Day | null;
}

/** Whether there is such a person, and the classes of which they are an active student. */
export async function selectStudentsClasses(tx: Transaction, person: number): Promise<number[] | null> {
  const [row] = await tx.query<{ classes: number[] }>(
    `select array(
       select enrolments.class_id from enrolments
       where enrolments.tenant_id = $1 and enrolments.person_id = people.id
         and enrolments.type = 'STUDENT' and enrolments.status = 'ACTIVE'
     ) as classes
     from people where people.tenant_id = $1 and people.id = $2 and people.deleted_at is null`,
    [tx.tenantId, person],
  );
  return row?.classes ?? null;
}

export async function classExists(tx: Transaction, klass: number): Promise<boolean> {
  const rows = await tx.query(`select from classes where classes.tenant_id = $1 and classes.id = $2`, [tx.tenantId, klass]);
  return rows.length > 0;
}

export interface Bounds<Keys> {
  /** One more than the page, to see whether there is more. */
  most: number;
  after: Keys | null;
}

/** A competency's place in a list. */
export interface CompetencyPlace {
  framework: string;
  code: string;
  number: number;
}

interface Counted<Row> {
  rows: Row[];
  total: number;
}

const columns = `
  competencies.id as number, competencies.code, competencies.title, frameworks.name as framework, competencies.subject,
  competencies.grade`;

/** The competencies of `ids` (a subquery), behind a place; by framework, code and number. $2 to $5 are the bounds. */
const paged = (ids: string): string => `
  with listed as materialized (${ids}),
  page as (
    select ${columns}
    from listed
    join competencies on competencies.tenant_id = $1 and competencies.id = listed.id
    join frameworks on frameworks.tenant_id = $1 and frameworks.id = competencies.framework_id
    where $3::text is null
      or (frameworks.name collate "und-x-icu", competencies.code collate "und-x-icu", competencies.id) > ($3, $4, $5)
    order by frameworks.name collate "und-x-icu", competencies.code collate "und-x-icu", competencies.id
    limit $2
  )`;

const boundsOf = ({ most, after }: Bounds<CompetencyPlace>): unknown[] => [
  most,
  after?.framework ?? null,
  after?.code ?? null,
  after?.number ?? null,
];

/** What is expected of the active students of active classes. */
const expectedOf = (classes: string): string => `
  select competencies.id from classes
  join competencies on competencies.tenant_id = $1 and competencies.grade = classes.grade
    and (classes.subject is null or competencies.subject = classes.subject)
  where classes.tenant_id = $1 and classes.active and classes.id = any(${classes})`;

/** A person's competencies: expected in one of these classes, or with a status; each with the latest one. */
export async function selectPersonsCompetencies(
  tx: Transaction,
  { person, classes, bounds }: { person: number; classes: readonly number[]; bounds: Bounds<CompetencyPlace> },
): Promise<Counted<CompetencyRecord & StatusRecord>> {
  const rows = await tx.query<CompetencyRecord & StatusRecord & { total: string }>(
    `${paged(`
      ${expectedOf('$7::int[]')}
      union
      select competency_statuses.competency_id from competency_statuses
      where competency_statuses.tenant_id = $1 and competency_statuses.person_id = $6`)}
     select page.*, coalesce(latest.status, 0) as status, latest.day::text as day, counted.total
     from (select count(*) as total from listed) counted
     left join page on true
     left join lateral (
       select competency_statuses.status, competency_statuses.day from competency_statuses
       where competency_statuses.tenant_id = $1 and competency_statuses.person_id = $6
         and competency_statuses.competency_id = page.number
       order by competency_statuses.day desc limit 1
     ) latest on true
     order by page.framework collate "und-x-icu", page.code collate "und-x-icu", page.number`,
    [tx.tenantId, ...boundsOf(bounds), person, classes],
  );
  return counted(rows);
}

/** Of the same competencies, how many stand at which status at the end of a day; null for the last one there is. */
export async function selectPersonsCounts(
  tx: Transaction,
  { person, classes, day }: { person: number; classes: readonly number[]; day: Day | null },
): Promise<{ completed: number; inferred: number; inProgress: number; notStarted: number }> {
  const [row] = await tx.query<{ completed: number; inferred: number; inProgress: number; notStarted: number }>(
    `select count(*) filter (where latest.status = 3)::int as completed,
       count(*) filter (where latest.status = 2)::int as inferred,
       count(*) filter (where latest.status = 1)::int as "inProgress",
       count(*) filter (where coalesce(latest.status, 0) = 0)::int as "notStarted"
     from (
       ${expectedOf('$4::int[]')}
       union
       select competency_statuses.competency_id from competency_statuses
       where competency_statuses.tenant_id = $1 and competency_statuses.person_id = $2
     ) listed
     left join lateral (
       select competency_statuses.status from competency_statuses
       where competency_statuses.tenant_id = $1 and competency_statuses.person_id = $2
         and competency_statuses.competency_id = listed.id
         and competency_statuses.day <= coalesce($3::date, 'infinity')
       order by competency_statuses.day desc limit 1
     ) latest on true`,
    [tx.tenantId, person, day, classes],
  );
  return row!;
}

/** The competencies that are expected in a class today. */
export async function selectClassesCompetencies(
  tx: Transaction,
  { klass, bounds }: { klass: number; bounds: Bounds<CompetencyPlace> },
): Promise<Counted<CompetencyRecord>> {
  const rows = await tx.query<CompetencyRecord & { total: string }>(
    `${paged(expectedOf('array[$6::int]'))}
     select page.*, counted.total
     from (select count(*) as total from listed) counted
     left join page on true
     order by page.framework collate "und-x-icu", page.code collate "und-x-icu", page.number`,
    [tx.tenantId, ...boundsOf(bounds), klass],
  );
  return counted(rows);
}

/** The page's rows, and how many there are in all; without a row of the page there is one that says so. */
const counted = <Row extends { number: number; total: string }>(rows: Row[]): Counted<Row> => ({
  rows: rows.filter(row => row.number !== null),
  total: Number(rows[0]!.total),
});

export interface StudentRecord {
  number: number;
  login: string;
  givenName: string | null;
  familyName: string | null;
}

export interface StudentPlace {
  familyName: string;
  givenName: string;
  login: string;
  number: number;
}

/** A class's active students, by name. */
export async function selectClassesStudents(
  tx: Transaction,
  { klass, bounds: { most, after } }: { klass: number; bounds: Bounds<StudentPlace> },
): Promise<Counted<StudentRecord>> {
  const rows = await tx.query<StudentRecord & { total: string }>(
    `with listed as materialized (
       select people.id as number, people.login, people.given_name as "givenName", people.family_name as "familyName",
         coalesce(people.family_name, '') as family, coalesce(people.given_name, '') as given
       from enrolments
       join people on people.tenant_id = $1 and people.id = enrolments.person_id
       where enrolments.tenant_id = $1 and enrolments.class_id = $2
         and enrolments.type = 'STUDENT' and enrolments.status = 'ACTIVE'
     ),
     page as (
       select listed.* from listed
       where $4::text is null
         or (listed.family collate "und-x-icu", listed.given collate "und-x-icu", listed.login collate "und-x-icu",
           listed.number) > ($4, $5, $6, $7)
       order by listed.family collate "und-x-icu", listed.given collate "und-x-icu", listed.login collate "und-x-icu",
         listed.number
       limit $3
     )
     select page.number, page.login, page."givenName", page."familyName", counted.total
     from (select count(*) as total from listed) counted
     left join page on true
     order by page.family collate "und-x-icu", page.given collate "und-x-icu", page.login collate "und-x-icu", page.number`,
    [
      tx.tenantId,
      klass,
      most,
      after?.familyName ?? null,
      after?.givenName ?? null,
      after?.login ?? null,
      after?.number ?? null,
    ],
  );
  return counted(rows);
}

/** The latest statuses of some people and competencies; who has none is missing. */
export const selectLatestStatuses = (
  tx: Transaction,
  { people, competencies }: { people: readonly number[]; competencies: readonly number[] },
): Promise<{ person: number; competency: number; status: number }[]> =>
  tx.query(
    `select distinct on (competency_statuses.person_id, competency_statuses.competency_id)
       competency_statuses.person_id as person, competency_statuses.competency_id as competency, competency_statuses.status
     from competency_statuses
     where competency_statuses.tenant_id = $1 and competency_statuses.person_id = any($2)
       and competency_statuses.competency_id = any($3)
     order by competency_statuses.person_id, competency_statuses.competency_id, competency_statuses.day desc`,
    [tx.tenantId, people, competencies],
  );

/**
 * Of each competency a person's last days with a status, newest first; `from`: without statuses that had ended by that day.
 */
export const selectHistory = (
  tx: Transaction,
  { person, competencies, first, from }: { person: number; competencies: readonly number[]; first: number; from: Day | null },
): Promise<{ competency: number; status: number; day: Day }[]> =>
  tx.query(
    `select asked.id as competency, days.status, days.day::text as day
     from unnest($3::int[]) asked(id)
     cross join lateral (
       select competency_statuses.status, competency_statuses.day from competency_statuses
       where competency_statuses.tenant_id = $1 and competency_statuses.person_id = $2
         and competency_statuses.competency_id = asked.id
         and ($5::date is null or competency_statuses.day >= $5 or not exists (
           select from competency_statuses later
           where later.tenant_id = $1 and later.person_id = $2 and later.competency_id = asked.id
             and later.day > competency_statuses.day and later.day <= $5))
       order by competency_statuses.day desc limit $4
     ) days
     order by asked.id, days.day desc`,
    [tx.tenantId, person, competencies, first, from],
  );
