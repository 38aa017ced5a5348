import type { StatusChange } from '../../competency/published';
import type { Transaction } from '../../shared/database/database';
import { announceDeltas } from '../rollup/announce';
import { liftTimeLimit } from '../rollup/stored.queries';
import { addStatusChanges, lockPeople, lockRosterHistory, renewChanges } from './changes.queries';
import {
  lacksHistory,
  noteClassTerms,
  noteCompetencyTerms,
  noteEnrolments,
  selectAllClasses,
  selectClassesOfGrades,
  selectClassesOfPeople,
} from './history.queries';

export interface RosterChange {
  /** The classes whose enrolments, grade, subject or activity change. */
  classes: readonly number[];
  now: Date;
}

/** Classes whose changes are made anew in one statement. */
const classesAtOnce = 2_000;

/**
 * Changes the roster of some classes, and with it, in the same transaction, the roster's history and the classes'
 * competency counts. Takes a lock once `change` has been made; whatever locks of trees and stored sums the transaction
 * needs must be taken before.
 */
export async function keepCompetencyCounts<T>(
  tx: Transaction,
  { classes, now }: RosterChange,
  change: () => Promise<T>,
): Promise<T> {
  const result = await change();
  if (classes.length > 0) {
    await lockRosterHistory(tx);
    await renew(tx, await noteClasses(tx, now, classes));
  }
  return result;
}

/** The same for a load, which may change all classes and the frameworks: what differs is found and counted anew. */
export async function keepCountsOfLoad(tx: Transaction, now: Date): Promise<void> {
  await lockRosterHistory(tx);
  const changed = await noteClasses(tx, now, null);
  const grades = await noteCompetencyTerms(tx, now);
  const expecting = grades.length > 0 ? await selectClassesOfGrades(tx, grades) : [];
  await renew(tx, [...changed, ...expecting]);
}

/** Makes the changes of all classes anew from the roster's history and the statuses, and brings that history up first. */
export async function renewAllCounts(tx: Transaction, now: Date): Promise<void> {
  await keepCountsOfLoad(tx, now);
  await renew(tx, await selectAllClasses(tx));
}

/** Begins the history of a tenant whose classes were there before any history was kept; says whether it did. */
export async function beginHistory(tx: Transaction, now: Date): Promise<boolean> {
  if (!(await lacksHistory(tx))) {
    tx.keepVersion();
    return false;
  }
  await liftTimeLimit(tx);
  await keepCountsOfLoad(tx, now);
  return true;
}

const noteClasses = async (tx: Transaction, now: Date, classes: readonly number[] | null): Promise<number[]> => [
  ...(await noteClassTerms(tx, now, classes)),
  ...(await noteEnrolments(tx, now, classes)),
];

async function renew(tx: Transaction, changed: readonly number[]): Promise<void> {
  const classes = [...new Set(changed)].sort((a, b) => a - b);
  if (classes.length === 0) return;
  for (let at = 0; at < classes.length; at += classesAtOnce) {
    await renewChanges(tx, classes.slice(at, at + classesAtOnce));
  }
  tx.afterCommit(() => announceDeltas(tx.tenantId));
}

/** Holds off whatever would change the counts of these people, until the transaction ends. */
export const beginStatuses = (tx: Transaction, events: readonly { personNumber: number }[]): Promise<void> =>
  lockPeople(tx, [...new Set(events.map(event => event.personNumber))]);

/** The counts follow changed statuses. `beginStatuses` must have been called before these were recorded. */
export async function keepCountsOfStatuses(tx: Transaction, changes: readonly StatusChange[]): Promise<void> {
  if (changes.length > 0) await addStatusChanges(tx, changes);
}

/** Changes statuses of some people past the way of events: of the classes they were ever in, the counts are made anew. */
export async function changeStatuses<T>(
  tx: Transaction,
  change: () => Promise<{ result: T; people: readonly number[] }>,
): Promise<T> {
  await lockRosterHistory(tx);
  const { result, people } = await change();
  if (people.length > 0) await renew(tx, await selectClassesOfPeople(tx, people));
  return result;
}
