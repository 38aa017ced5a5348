import type { Transaction } from '../../shared/database/database';
import { announceDeltas } from '../rollup/announce';
import { liftTimeLimit } from '../rollup/stored.queries';
import {
  addChanges,
  lockPeople,
  lockRosterHistory,
  renewChanges,
  selectChangesOfPairs,
  type Pair,
  type StatusChange,
} from './changes.queries';
import {
  lacksHistory,
  noteClassTerms,
  noteCompetencyTerms,
  noteEnrolments,
  selectAllClasses,
  selectClassesOfGrades,
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
export const beginStatuses = (tx: Transaction, pairs: readonly Pair[]): Promise<void> =>
  lockPeople(tx, [...new Set(pairs.map(pair => pair.personNumber))]);

/** Records statuses, and the changes of the counts that follow. `beginStatuses` must have been called for the people. */
export async function keepCountsOfStatuses(
  tx: Transaction,
  touched: readonly Pair[],
  record: () => Promise<void>,
): Promise<void> {
  const pairs = [...new Map(touched.map(pair => [`${pair.personNumber} ${pair.competencyId}`, pair])).values()];
  const before = await selectChangesOfPairs(tx, pairs);
  await record();
  await addChanges(tx, differences(before, await selectChangesOfPairs(tx, pairs)));
}

const counts = ['completed', 'inferred', 'in_progress'] as const;

function differences(before: StatusChange[], after: StatusChange[]): StatusChange[] {
  const keyOf = ({ class_id, day, context_id }: StatusChange): string => `${class_id} ${day} ${context_id}`;
  const all = new Map(after.map(change => [keyOf(change), { ...change }]));
  for (const change of before) {
    const known = all.get(keyOf(change)) ?? { ...change, completed: 0, inferred: 0, in_progress: 0 };
    for (const count of counts) known[count] -= change[count];
    all.set(keyOf(change), known);
  }
  return [...all.values()].filter(change => counts.some(count => change[count] !== 0));
}
