import type { Transaction } from '../../shared/database/database';

/** A teacher's classes; whether they are a teacher by their roles. */
export interface KnownTeacher {
  isTeacher: boolean;
  classes: number[];
}

/** The people of the tenant among these, with the active classes in which each is an active teacher, by name. */
export async function selectTeachers(tx: Transaction, people: readonly number[]): Promise<Map<number, KnownTeacher>> {
  const rows = await tx.query<KnownTeacher & { id: number }>(
    `select people.id, 'TEACHER' = any(people.roles) as "isTeacher", array(
       select classes.id from enrolments
       join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id and classes.active
       where enrolments.tenant_id = $1 and enrolments.person_id = people.id
         and enrolments.type = 'TEACHER' and enrolments.status = 'ACTIVE'
       order by classes.name collate "und-x-icu", classes.id
     ) as classes
     from people where people.tenant_id = $1 and people.id = any($2) and people.deleted_at is null`,
    [tx.tenantId, people],
  );
  return new Map(rows.map(({ id, ...teacher }) => [id, teacher]));
}
