export const actionNames = [
  'STUDENT_ADDED',
  'STUDENT_REMOVED',
  'STUDENT_UPDATED',
  'TEACHER_ASSIGNED',
  'TEACHER_REMOVED',
  'TEST_SERIES_ADDED',
  'TEST_SERIES_REMOVED',
  'GROUP_CREATED',
  'GROUP_UPDATED',
] as const;
export type ActionName = (typeof actionNames)[number];

export interface LogEntry {
  action: ActionName;
  classId: number;
  /** Whom it concerns; the performer where it is about the class itself. */
  userId?: number;
  /** The same person again, where they are concerned as a student. */
  studentId?: number;
  metadata?: Record<string, unknown>;
}

export interface Performer {
  personId: number;
  /** Where the performer lives: a super admin is no person of the tenant they act in. */
  tenantId: number;
}
