import type { Transaction } from '../subgraphs/shared/database/database';

/** What other parts of the product change of a roster, straight in the tables. */
export const enrol = (tx: Transaction, row: { class: number; person: number; enrolledAt: Date }): Promise<unknown> =>
  tx.query(
    `insert into enrolments (tenant_id, class_id, person_id, type, status, enrolled_at)
     values ($1, $2, $3, 'STUDENT', 'ACTIVE', $4)
     on conflict (tenant_id, class_id, person_id, type) do update set
       status = 'ACTIVE', enrolled_at = excluded.enrolled_at, ended_at = null`,
    [tx.tenantId, row.class, row.person, row.enrolledAt],
  );

export const reactivate = (tx: Transaction, row: { class: number; person: number }): Promise<unknown> =>
  tx.query(
    `update enrolments set status = 'ACTIVE', ended_at = null
     where tenant_id = $1 and class_id = $2 and person_id = $3 and type = 'STUDENT'`,
    [tx.tenantId, row.class, row.person],
  );

export const withdraw = (tx: Transaction, row: { class: number; person: number; at: Date }): Promise<unknown> =>
  tx.query(
    `update enrolments set status = 'WITHDRAWN', ended_at = $4
     where tenant_id = $1 and class_id = $2 and person_id = $3 and type = 'STUDENT'`,
    [tx.tenantId, row.class, row.person, row.at],
  );

export const changeClass = (
  tx: Transaction,
  row: { class: number; grade: string | null; subject: string | null; active: boolean },
): Promise<unknown> =>
  tx.query(`update classes set grade = $3, subject = $4, active = $5 where tenant_id = $1 and id = $2`, [
    tx.tenantId,
    row.class,
    row.grade,
    row.subject,
    row.active,
  ]);

export const addCompetency = (
  tx: Transaction,
  row: { code: string; grade: string | null; subject: string | null; framework: string },
): Promise<unknown> =>
  tx.query(
    `with framework as (
       insert into frameworks (tenant_id, name) values ($1, $5)
       on conflict (tenant_id, name) do update set name = excluded.name returning id
     )
     insert into competencies (tenant_id, framework_id, code, grade, subject, title)
     select $1, framework.id, $2, $3, $4, $2 from framework`,
    [tx.tenantId, row.code, row.grade, row.subject, row.framework],
  );

export const changeCompetency = (
  tx: Transaction,
  row: { code: string; grade: string | null; subject: string | null },
): Promise<unknown> =>
  tx.query(`update competencies set grade = $3, subject = $4 where tenant_id = $1 and code = $2`, [
    tx.tenantId,
    row.code,
    row.grade,
    row.subject,
  ]);

export const selectWeeks = (
  tx: Transaction,
  monday: string,
): Promise<{ class: number; students: number; completed: number; expected: number }[]> =>
  tx.query(
    `select class_id as class, students, completed::int, expected::int from class_weeks
     where tenant_id = $1 and week = $2 order by class_id`,
    [tx.tenantId, monday],
  );
