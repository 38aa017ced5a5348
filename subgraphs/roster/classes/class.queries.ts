import type { Transaction } from '../../shared/database/database';

export interface ClassRow {
  id: number;
  externalId: string | null;
  name: string;
  code: string | null;
  grade: string | null;
  subject: string | null;
  active: boolean;
  schoolId: number | null;
  /** Whether the asking person is one of its active teachers. */
  teaches: boolean;
  /** Whether the asking person is one of its active students. */
  attends: boolean;
}

const has = (type: 'TEACHER' | 'STUDENT') => `
  exists (select from enrolments where enrolments.tenant_id = $1 and enrolments.class_id = classes.id
    and enrolments.person_id = $2 and enrolments.type = '${type}' and enrolments.status = 'ACTIVE')`;

/** The classes with these numbers, and how a person belongs to them. */
export const selectClasses = (
  tx: Transaction,
  { classIds, personId }: { classIds: readonly number[]; personId: number },
): Promise<ClassRow[]> =>
  tx.query(
    `select classes.id, classes.external_id as "externalId", classes.name, classes.code, classes.grade,
       classes.subject, classes.active, classes.school_id as "schoolId",
       ${has('TEACHER')} as teaches, ${has('STUDENT')} as attends
     from classes
     where classes.tenant_id = $1 and classes.id = any($3)`,
    [tx.tenantId, personId, classIds],
  );

/** Takes classes for this transaction alone, as lockClass does, in the order of their numbers. Returns how many are active. */
export async function lockClasses(tx: Transaction, classIds: readonly number[]): Promise<number> {
  if (classIds.length === 0) return 0;
  const rows = await tx.queryPlannedAnew<{ active: boolean }>(
    `select classes.active from classes
     where classes.tenant_id = $1 and classes.id = any($2) order by classes.id for no key update`,
    [tx.tenantId, classIds],
  );
  return rows.filter(({ active }) => active).length;
}

/** Takes a class for this transaction alone: who changes its roster or places next waits. False where there is none. */
export async function lockClass(tx: Transaction, classId: number): Promise<boolean> {
  const rows = await tx.query(
    `select from classes where classes.tenant_id = $1 and classes.id = $2 for no key update`,
    [tx.tenantId, classId],
  );
  return rows.length > 0;
}

/** Whether a school of the tenant has this number. */
export async function isSchool(tx: Transaction, groupId: number): Promise<boolean> {
  const rows = await tx.query(
    `select from groups where groups.tenant_id = $1 and groups.id = $2 and groups.type = 'school'`,
    [tx.tenantId, groupId],
  );
  return rows.length > 0;
}

/** The hierarchies in which classes are placed, by public id. */
export const selectPlacedIn = (
  tx: Transaction,
  classIds: readonly number[],
): Promise<{ classId: number; hierarchyKey: string }[]> =>
  tx.query(
    `select class_placements.class_id as "classId", hierarchies.key as "hierarchyKey"
     from class_placements
     join hierarchies on hierarchies.id = class_placements.hierarchy_id
     where class_placements.tenant_id = $1 and class_placements.class_id = any($2)
     order by class_placements.class_id, hierarchies.name collate "und-x-icu", hierarchies.key`,
    [tx.tenantId, classIds],
  );
