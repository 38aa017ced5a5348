import type { Transaction } from '../../shared/database/database';

export interface StudentRow {
  id: number;
  login: string;
  givenName: string | null;
  familyName: string | null;
}

/** Those of these people who are students: by their role, or since a class lists or listed them as one. */
export const selectStudents = (tx: Transaction, personIds: readonly number[]): Promise<StudentRow[]> =>
  tx.query(
    `select people.id, people.login, people.given_name as "givenName", people.family_name as "familyName"
     from people
     where people.tenant_id = $1 and people.id = any($2) and people.deleted_at is null
       and ('LEARNER' = any(people.roles) or exists (
         select from enrolments where enrolments.tenant_id = $1 and enrolments.person_id = people.id
           and enrolments.type = 'STUDENT'))`,
    [tx.tenantId, personIds],
  );

/** The classes where people are active students, by name and id. */
export const selectClassesOfStudents = (
  tx: Transaction,
  personIds: readonly number[],
): Promise<{ personId: number; classId: number }[]> =>
  tx.query(
    `select enrolments.person_id as "personId", enrolments.class_id as "classId"
     from enrolments
     join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id
     where enrolments.tenant_id = $1 and enrolments.person_id = any($2)
       and enrolments.type = 'STUDENT' and enrolments.status = 'ACTIVE'
     order by classes.name collate "und-x-icu", classes.id`,
    [tx.tenantId, personIds],
  );
