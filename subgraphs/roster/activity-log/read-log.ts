import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { badInput, forbidden, notFound } from '../../shared/errors';
import { classNumber, personNumber } from '../../shared/identifiers';
import { expiredBefore, laterOf, readRetention } from '../../shared/retention/retention';
import { selectKnown, type LogFilter, type SeenClasses } from './activity-log.queries';

/** What the log is asked for, as it came; null for what was left out. */
export interface LogQuestion {
  classId: string | null;
  studentId: string | null;
  performedById: string | null;
  actions: readonly string[] | null;
  lastDays: number | null;
}

const mostDays = 36_500;

interface Reader {
  tx: Transaction;
  caller: Caller;
  now: Date;
  /** The classes that the caller sees whole. */
  seenClasses: () => Promise<SeenClasses>;
  /** Whether the caller sees a class whole; null where there is none. */
  seesClass: (classId: string) => Promise<boolean | null>;
}

/**
 * Which lines answer a question: of the whole tenant for its administrators, else of the covered and the own classes.
 * NOT_FOUND for an id that nobody and nothing has or had; FORBIDDEN for a class that the caller does not see whole.
 */
export async function filterLog(
  question: LogQuestion,
  { tx, caller, now, seenClasses, seesClass }: Reader,
): Promise<LogFilter> {
  const { lastDays, actions } = question;
  if (lastDays !== null && (lastDays < 1 || lastDays > mostDays)) {
    throw badInput(`lastDays must be between 1 and ${mostDays}, not ${lastDays}.`);
  }
  const numberOf = (id: string | null, read: (id: string) => number | null) => (id === null ? null : (read(id) ?? -1));
  const ids = {
    classId: numberOf(question.classId, classNumber),
    studentId: numberOf(question.studentId, personNumber),
    performedById: numberOf(question.performedById, personNumber),
  };
  await refuseUnknown(tx, question, ids);
  const { activityLogDays } = await readRetention(tx);
  if (question.classId !== null && !caller.tenantWide && (await seesClass(question.classId)) !== true) {
    throw forbidden('You may not read the log of this class: it is neither granted to you nor yours.');
  }
  return {
    ...ids,
    actions,
    since: laterOf(expiredBefore(now, activityLogDays), expiredBefore(now, lastDays)),
    seen: caller.tenantWide || question.classId !== null ? null : await seenClasses(),
  };
}

async function refuseUnknown(
  tx: Transaction,
  question: LogQuestion,
  ids: Parameters<typeof selectKnown>[1],
): Promise<void> {
  if (Object.values(ids).every(id => id === null)) return;
  const known = await selectKnown(tx, ids);
  const refuse = (what: string, id: string | null, found: boolean): void => {
    if (id !== null && !found) throw notFound(`There is no ${what} '${id}'.`);
  };
  refuse('class', question.classId, known.class);
  refuse('student', question.studentId, known.student);
  refuse('user', question.performedById, known.performer);
}
