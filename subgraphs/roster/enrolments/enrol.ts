import { keepCompetencyCounts } from '../../reporting/published';
import type { Transaction } from '../../shared/database/database';
import { badInput } from '../../shared/errors';
import { writeLog } from '../activity-log/write-log';
import { ownClass, type Change } from '../classes/own-class';
import { findPeople } from '../people/find-people';
import { activateEnrolments } from './enrolment.queries';
import { checkMetadata } from './metadata';

interface Enrolling {
  classId: number;
  people: readonly number[];
  type: 'TEACHER' | 'STUDENT';
  change: Change;
  /** Goes into each line of the log. */
  metadata?: Record<string, unknown> | undefined;
}

/**
 * Makes people active in a class, from now on, and writes the log of those who were not. Returns how many there were.
 * The class must be locked, and its competency counts kept.
 */
export async function enrol(tx: Transaction, { classId, people, type, change, metadata }: Enrolling): Promise<number> {
  const enrolled = new Set(await activateEnrolments(tx, { classId, people, type, now: change.now }));
  await writeLog(
    tx,
    change,
    people
      .filter(personId => enrolled.has(personId))
      .map(userId => ({
        ...(type === 'STUDENT'
          ? { action: 'STUDENT_ADDED' as const, studentId: userId }
          : { action: 'TEACHER_ASSIGNED' as const }),
        ...{ classId, userId },
        ...(metadata ? { metadata } : {}),
      })),
  );
  return enrolled.size;
}

/** Enrols students, all of them or none. Who is active in the class already stays as they are. */
export async function enrolStudents(
  tx: Transaction,
  {
    classId,
    studentIds,
    metadata,
    change,
  }: {
    classId: string;
    studentIds: readonly string[];
    metadata: unknown;
    change: Change;
  },
): Promise<void> {
  if (studentIds.length === 0) throw badInput('studentIds must name at least one student; it came empty.');
  const details = checkMetadata(metadata);
  await enrolInOwn(tx, {
    classId,
    ids: studentIds,
    argument: 'studentIds',
    type: 'STUDENT',
    change,
    metadata: details,
  });
}

export const assignTeacher = (
  tx: Transaction,
  { classId, teacherId, change }: { classId: string; teacherId: string; change: Change },
): Promise<void> => enrolInOwn(tx, { classId, ids: [teacherId], argument: 'teacherId', type: 'TEACHER', change });

async function enrolInOwn(
  tx: Transaction,
  {
    classId,
    ids,
    argument,
    ...enrolling
  }: Omit<Enrolling, 'classId' | 'people'> & {
    classId: string;
    ids: readonly string[];
    argument: string;
  },
): Promise<void> {
  const { id } = await ownClass(tx, classId, enrolling.change);
  const people = await findPeople(tx, ids, argument);
  const enrolled = await keepCompetencyCounts(tx, { classes: [id], now: enrolling.change.now }, () =>
    enrol(tx, { ...enrolling, classId: id, people }),
  );
  if (enrolled === 0) tx.keepVersion();
}
