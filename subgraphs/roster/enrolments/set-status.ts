import { keepCompetencyCounts } from '../../reporting/published';
import type { Transaction } from '../../shared/database/database';
import { notFound } from '../../shared/errors';
import type { LogEntry } from '../activity-log/log-entry';
import { writeLog } from '../activity-log/write-log';
import { ownClass, type Change } from '../classes/own-class';
import { optionalText } from '../classes/texts';
import { findPeople } from '../people/find-people';
import { EnrolmentEntity } from './enrolment.entity';
import { selectEnrolment, type EnrolmentRow } from './enrolment.queries';

type Status = EnrolmentRow['status'];

export interface StatusChange {
  classId: string;
  userId: string;
  type: EnrolmentRow['type'];
  status: Status;
  reason?: string | null | undefined;
  change: Change;
}

/** Ends an enrolment softly, or makes it active again from now on; the row stays. NOT_FOUND where there is none. */
export async function setEnrolmentStatus(tx: Transaction, asked: StatusChange): Promise<EnrolmentRow> {
  const { userId, type, status, change } = asked;
  const reason = optionalText(asked.reason, 'reason');
  const { id: classId, name } = await ownClass(tx, asked.classId, change);
  const [personId] = await findPeople(tx, [userId], 'userId');
  const key = { classId, personId: personId!, type };
  const before = await selectEnrolment(tx, key);
  if (!before) throw notFound(`The user '${userId}' is no ${type.toLowerCase()} of '${name}'.`);
  if (before.status === status) {
    tx.keepVersion();
    return before;
  }
  await keepCompetencyCounts(tx, { classes: [classId], now: change.now }, () =>
    tx.manager
      .getRepository(EnrolmentEntity)
      .update({ tenantId: tx.tenantId, ...key }, periodOf(before, status, change.now)),
  );
  await writeLog(tx, change, [
    {
      ...{ action: actionOf(type, before.status, status), classId, userId: key.personId },
      ...(type === 'STUDENT' ? { studentId: key.personId } : {}),
      metadata: { from: before.status, to: status, ...(reason === null ? {} : { reason }) },
    },
  ]);
  return (await selectEnrolment(tx, key))!;
}

/** It begins anew, ends, or has ended already. One that was to begin later ends when it would have begun. */
function periodOf({ status: before, enrolledAt }: EnrolmentRow, status: Status, now: Date): Partial<EnrolmentEntity> {
  if (status === 'ACTIVE') return { status, enrolledAt: now, endedAt: null };
  return before === 'ACTIVE' ? { status, endedAt: enrolledAt > now ? enrolledAt : now } : { status };
}

function actionOf(type: EnrolmentRow['type'], before: Status, status: Status): LogEntry['action'] {
  if (type === 'TEACHER') return status === 'ACTIVE' ? 'TEACHER_ASSIGNED' : 'TEACHER_REMOVED';
  return before === 'ACTIVE' ? 'STUDENT_REMOVED' : 'STUDENT_UPDATED';
}
