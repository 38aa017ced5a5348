import type { Transaction } from '../../../shared/database/database';

/*
 * As in apply.queries.ts: each table is read by itself, by lists, and what is read is put together by who asks. Whatever
 * the statistics say, at worst a statement reads a table's rows of the tenant once.
 */

export interface Exportable {
  /** Null: of every school. */
  schools: number[] | null;
  schoolYear: number | null;
  /** Behind this group of its school; null for all groups. */
  after: GroupRow | null;
}

export interface GroupRow {
  id: number;
  name: string;
  schoolId: number;
  year: number;
  subject: string | null;
}

/** $1 to $6. */
const exportable = `
  student_groups.tenant_id = $1 and student_groups.deleted_at is null
  and ($2::int[] is null or student_groups.school_id = any($2))
  and ($3::int is null or student_groups.school_year = $3)
  and ($4::int is null or student_groups.school_id <> $4
    or (student_groups.name collate "C", student_groups.school_year) > ($5::text collate "C", $6::int))`;

const parametersOf = (tx: Transaction, { schools, schoolYear, after }: Exportable): unknown[] => [
  ...[tx.tenantId, schools, schoolYear],
  ...[after?.schoolId ?? null, after?.name ?? null, after?.year ?? null],
];

/** How many groups each school has. */
export async function countGroups(tx: Transaction, asked: Exportable): Promise<Map<number, number>> {
  const rows = await tx.queryPlannedAnew<{ schoolId: number; groups: number }>(
    `select student_groups.school_id as "schoolId", count(*)::int as groups
     from student_groups where ${exportable} group by student_groups.school_id`,
    parametersOf(tx, asked),
  );
  return new Map(rows.map(row => [row.schoolId, row.groups]));
}

/** These schools in the order of the customer's own ids, from one of those ids on. */
export const selectSchoolsInOrder = (
  tx: Transaction,
  { ids, from }: { ids: number[]; from: string | null },
): Promise<{ id: number; externalId: string }[]> =>
  tx.queryPlannedAnew(
    `select groups.id, groups.external_id as "externalId" from groups
     where groups.tenant_id = $1 and groups.id = any($2)
       and ($3::text is null or groups.external_id collate "C" >= $3 collate "C")
     order by groups.external_id collate "C"`,
    [tx.tenantId, ids, from],
  );

/** The first groups of some schools, those of each together, by name and year. */
export const selectGroups = (
  tx: Transaction,
  { first, ...asked }: Exportable & { schools: number[]; first: number },
): Promise<GroupRow[]> =>
  tx.queryPlannedAnew(
    `select student_groups.id, student_groups.name, student_groups.school_id as "schoolId",
       student_groups.school_year as year, student_groups.subject
     from student_groups where ${exportable}
     order by student_groups.school_id, student_groups.name collate "C", student_groups.school_year
     limit $7`,
    [...parametersOf(tx, asked), first],
  );

/** By group, in the order of the file that listed them; so too the students. */
export async function selectUsers(tx: Transaction, groupIds: number[]): Promise<Map<number, string[]>> {
  const rows = await tx.queryPlannedAnew<{ groupId: number; logins: string[] }>(
    `select student_group_users.student_group_id as "groupId",
       array_agg(student_group_users.login order by student_group_users.position) as logins
     from student_group_users
     where student_group_users.tenant_id = $1 and student_group_users.student_group_id = any($2)
     group by student_group_users.student_group_id`,
    [tx.tenantId, groupIds],
  );
  return new Map(rows.map(row => [row.groupId, row.logins]));
}

export async function selectStudents(tx: Transaction, groupIds: number[]): Promise<Map<number, number[]>> {
  const rows = await tx.queryPlannedAnew<{ groupId: number; personIds: number[] }>(
    `select student_group_students.student_group_id as "groupId",
       array_agg(student_group_students.person_id order by student_group_students.position) as "personIds"
     from student_group_students
     where student_group_students.tenant_id = $1 and student_group_students.student_group_id = any($2)
     group by student_group_students.student_group_id`,
    [tx.tenantId, groupIds],
  );
  return new Map(rows.map(row => [row.groupId, row.personIds]));
}

/** The customer's own ids of those of these people who have not been erased. */
export async function selectExternalIds(tx: Transaction, personIds: number[]): Promise<Map<number, string>> {
  const rows = await tx.queryPlannedAnew<{ id: number; externalId: string }>(
    `select people.id, people.external_id as "externalId" from people
     where people.tenant_id = $1 and people.id = any($2) and people.deleted_at is null`,
    [tx.tenantId, personIds],
  );
  return new Map(rows.map(row => [row.id, row.externalId]));
}
