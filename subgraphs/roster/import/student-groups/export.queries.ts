import type { Transaction } from '../../../shared/database/database';

export interface ExportedGroup {
  id: number;
  name: string;
  school: string;
  year: number;
  subject: string | null;
  users: string[];
  students: string[];
}

export interface ExportPage {
  /** Null: of every school. */
  schools: number[] | null;
  schoolYear: number | null;
  /** Behind this group; null for the first page. */
  after: ExportedGroup | null;
  first: number;
}

/** Groups with their members in the order of the file that listed them; groups by school, name, year. */
export const selectExportedGroups = (
  tx: Transaction,
  { schools, schoolYear, after, first }: ExportPage,
): Promise<ExportedGroup[]> =>
  tx.query(
    `select student_groups.id, student_groups.name, school.external_id as school, student_groups.school_year as year,
       student_groups.subject, listed_users.users, listed_students.students
     from student_groups
     join groups school on school.tenant_id = $1 and school.id = student_groups.school_id
     cross join lateral (
       select coalesce(array_agg(student_group_users.login order by student_group_users.position), '{}') as users
       from student_group_users
       where student_group_users.tenant_id = $1 and student_group_users.student_group_id = student_groups.id
     ) listed_users
     cross join lateral (
       select coalesce(array_agg(people.external_id order by student_group_students.position), '{}') as students
       from student_group_students
       join people on people.tenant_id = $1 and people.id = student_group_students.person_id and people.deleted_at is null
       where student_group_students.tenant_id = $1 and student_group_students.student_group_id = student_groups.id
     ) listed_students
     where student_groups.tenant_id = $1 and student_groups.deleted_at is null
       and ($2::int[] is null or student_groups.school_id = any($2))
       and ($3::int is null or student_groups.school_year = $3)
       and ($4::text is null or (school.external_id collate "C", student_groups.name collate "C",
         student_groups.school_year) > ($4 collate "C", $5 collate "C", $6::int))
     order by school.external_id collate "C", student_groups.name collate "C", student_groups.school_year
     limit $7`,
    [tx.tenantId, schools, schoolYear, after?.school ?? null, after?.name ?? null, after?.year ?? null, first],
  );
