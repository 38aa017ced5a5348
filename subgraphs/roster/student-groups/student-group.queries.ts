import type { Transaction } from '../../shared/database/database';

/** Whose groups: those that list this login as a user, or with null every one of the tenant. */
export type UserLogin = string | null;

export interface StudentGroupRow {
  id: number;
  name: string;
  schoolYear: number;
  subject: string | null;
  schoolId: number;
}

const columns = `
  student_groups.id, student_groups.name, student_groups.school_year as "schoolYear", student_groups.subject,
  student_groups.school_id as "schoolId"`;

/** $2 is the login. */
const seen = `
  student_groups.tenant_id = $1 and student_groups.deleted_at is null
  and ($2::text is null or exists (
    select from student_group_users
    where student_group_users.tenant_id = $1 and student_group_users.student_group_id = student_groups.id
      and student_group_users.login_key = lower($2)))`;

const order = `student_groups.name collate "und-x-icu", student_groups.id`;

export interface GroupsPage {
  login: UserLogin;
  schoolYear: number | null;
  /** The name and number of the last group before the page. */
  after: { name: string; id: number } | null;
  first: number;
}

/** A page of the groups somebody may see, by name, and how many there are in all. One more than asked for: is there more? */
export async function selectStudentGroups(
  tx: Transaction,
  { login, schoolYear, after, first }: GroupsPage,
): Promise<{ groups: StudentGroupRow[]; totalCount: number }> {
  const ofYear = `($3::int is null or student_groups.school_year = $3)`;
  const groups = await tx.query<StudentGroupRow>(
    `select ${columns} from student_groups
     where ${seen} and ${ofYear}
       and ($4::text is null or (student_groups.name collate "und-x-icu", student_groups.id) > ($4 collate "und-x-icu", $5::int))
     order by ${order} limit $6`,
    [tx.tenantId, login, schoolYear, after?.name ?? null, after?.id ?? null, first + 1],
  );
  const [counted] = await tx.query<{ count: number }>(
    `select count(*)::float8 as count from student_groups where ${seen} and ${ofYear}`,
    [tx.tenantId, login, schoolYear],
  );
  return { groups, totalCount: counted!.count };
}

/** Those of these groups that somebody may see. */
export const selectGroupsByNumber = (
  tx: Transaction,
  { login, ids }: { login: UserLogin; ids: readonly number[] },
): Promise<StudentGroupRow[]> =>
  tx.query(`select ${columns} from student_groups where ${seen} and student_groups.id = any($3)`, [tx.tenantId, login, ids]);

/** Which of these groups, by number, are there at all. */
export async function selectExistingGroups(tx: Transaction, ids: readonly number[]): Promise<Set<number>> {
  const rows = await tx.query<{ id: number }>(
    `select student_groups.id from student_groups
     where student_groups.tenant_id = $1 and student_groups.id = any($2) and student_groups.deleted_at is null`,
    [tx.tenantId, ids],
  );
  return new Set(rows.map(row => row.id));
}

export interface StudentRow {
  groupId: number;
  id: number;
  login: string;
  givenName: string | null;
  familyName: string | null;
  /** What students are ordered by. */
  sortName: string;
}

export interface StudentsPage {
  after: { sortName: string; id: number } | null;
  first: number;
}

const sortName = `coalesce(nullif(concat_ws(' ', people.family_name, people.given_name), ''), people.login)`;

/** The same page of students of several groups, by name, and how many each has. One more than asked for: is there more? */
export async function selectStudents(
  tx: Transaction,
  groupIds: readonly number[],
  { after, first }: StudentsPage,
): Promise<{ students: StudentRow[]; counts: Map<number, number> }> {
  const students = await tx.query<StudentRow>(
    `select wanted.id as "groupId", student.id, student.login, student.given_name as "givenName",
       student.family_name as "familyName", student.sort_name as "sortName"
     from unnest($2::int[]) wanted(id)
     cross join lateral (
       select people.id, people.login, people.given_name, people.family_name, ${sortName} as sort_name
       from student_group_students
       join people on people.tenant_id = $1 and people.id = student_group_students.person_id
       where student_group_students.tenant_id = $1 and student_group_students.student_group_id = wanted.id
         and people.deleted_at is null
         and ($3::text is null or (${sortName} collate "und-x-icu", people.id) > ($3 collate "und-x-icu", $4::int))
       order by ${sortName} collate "und-x-icu", people.id
       limit $5
     ) student
     order by wanted.id, student.sort_name collate "und-x-icu", student.id`,
    [tx.tenantId, groupIds, after?.sortName ?? null, after?.id ?? null, first + 1],
  );
  const counts = await tx.query<{ id: number; count: number }>(
    `select student_group_students.student_group_id as id, count(*)::float8 as count
     from student_group_students
     join people on people.tenant_id = $1 and people.id = student_group_students.person_id and people.deleted_at is null
     where student_group_students.tenant_id = $1 and student_group_students.student_group_id = any($2)
     group by student_group_students.student_group_id`,
    [tx.tenantId, groupIds],
  );
  return { students, counts: new Map(counts.map(row => [row.id, row.count])) };
}

/** Of these people, by number, those who are students of a group that lists the login as a user. */
export async function selectStudentsSeenThroughGroups(
  tx: Transaction,
  { login, personIds }: { login: string; personIds: readonly number[] },
): Promise<Set<number>> {
  const rows = await tx.query<{ id: number }>(
    `select distinct student_group_students.person_id as id
     from student_group_students
     join student_groups on student_groups.tenant_id = $1
       and student_groups.id = student_group_students.student_group_id and student_groups.deleted_at is null
     join student_group_users on student_group_users.tenant_id = $1
       and student_group_users.student_group_id = student_groups.id and student_group_users.login_key = lower($3)
     where student_group_students.tenant_id = $1 and student_group_students.person_id = any($2)`,
    [tx.tenantId, personIds, login],
  );
  return new Set(rows.map(row => row.id));
}

/** A group goes softly: its members stay, and a file that lists it again brings it back. Undefined where there is none. */
export async function deleteStudentGroup(tx: Transaction, id: number, now: Date): Promise<StudentGroupRow | undefined> {
  const rows = await tx.query<StudentGroupRow>(
    `update student_groups set deleted_at = $3, updated_at = $3
     where student_groups.tenant_id = $1 and student_groups.id = $2 and student_groups.deleted_at is null
     returning ${columns}`,
    [tx.tenantId, id, now],
  );
  return rows[0];
}
