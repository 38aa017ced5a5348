import { recordStatuses, selectCompetencies, type CompetencyKey } from '../../competency/published';
import type { Transaction } from '../../shared/database/database';
import { classNumber, personNumber } from '../../shared/identifiers';
import { beginStatuses, keepCountsOfStatuses } from '../competency-counts/keep-competency-counts';
import { noteAcceptedDays, withoutForgotten } from '../retention/acceptance';
import { announceDeltas } from '../rollup/announce';
import { knownIds, lookUpKnown } from './known-ids';
import { batchSeconds, events as eventsMetric } from './ingest.metrics';
import { checkEvent, type KnownEvent, type Rejection, type SoundEvent } from './event';
import {
  contextKeyOf,
  selectByExternalId,
  selectByNumber,
  insertContexts,
  selectContexts,
  type IdKind,
} from './ingest.queries';
import { storeNew } from './store';

/** What became of a batch: accepted + duplicates + rejected = sent. */
export interface Receipt {
  accepted: number;
  duplicates: number;
  rejected: Rejection[];
}

export interface IngestOptions {
  now: Date;
  ids: IdKind;
  /** Which of these classes the sender may send for; without it, all. */
  permitted?: (classNumbers: number[]) => Promise<Set<number>>;
}

/**
 * Takes a batch in: each event is checked, counted once however often it is sent, and added to the facts, all in the
 * caller's transaction. What is rejected is said with its reason and changes nothing.
 */
export async function ingest(tx: Transaction, events: readonly unknown[], options: IngestOptions): Promise<Receipt> {
  const receipt: Receipt = { accepted: 0, duplicates: 0, rejected: [] };
  tx.afterCommit(tellWhatBecameOf(receipt));
  const sound: SoundEvent[] = [];
  for (const event of events) {
    const checked = checkEvent(event, options.now);
    if ('code' in checked) receipt.rejected.push(checked);
    else sound.push(checked);
  }
  if (sound.length === 0) return receipt;

  const inTime = await withoutForgotten(tx, sound, { now: options.now, rejected: receipt.rejected });
  if (inTime.length === 0) return receipt;
  const known = await lookUp(tx, inTime, { options, reject: rejection => receipt.rejected.push(rejection) });
  if (known.length === 0) return receipt;
  const withStatus = known.filter(hasStatus);
  if (withStatus.length > 0) await beginStatuses(tx, withStatus);
  const { accepted, duplicates, conflicts } = await storeNew(tx, known, options.now);
  receipt.accepted = accepted.length;
  receipt.duplicates = duplicates.length;
  receipt.rejected.push(...conflicts.map(conflict));
  if (accepted.length > 0) tx.afterCommit(() => announceDeltas(tx.tenantId));
  await keepCountsOfStatuses(tx, await recordStatuses(tx, accepted.filter(hasStatus)));
  await noteAcceptedDays(tx, accepted, options.now);
  return receipt;
}

/** Counted once it is so: what is rolled back became nothing. */
function tellWhatBecameOf(receipt: Receipt): () => void {
  const took = batchSeconds.startTimer();
  return () => {
    took();
    eventsMetric.inc({ outcome: 'accepted' }, receipt.accepted);
    eventsMetric.inc({ outcome: 'duplicate' }, receipt.duplicates);
    eventsMetric.inc({ outcome: 'rejected' }, receipt.rejected.length);
  };
}

const conflict = ({ eventId }: KnownEvent): Rejection => ({
  eventId,
  code: 'CONFLICT',
  message: 'An event with this id and other contents was accepted before; that one stands.',
});

const hasStatus = <Event extends KnownEvent>(event: Event): event is Event & { competencyId: number; status: number } =>
  event.competencyId !== null && event.status !== null;

interface LookUp {
  options: IngestOptions;
  reject: (rejection: Rejection) => void;
}

/** Finds what the events refer to; those that refer to nothing are rejected. */
async function lookUp(tx: Transaction, events: SoundEvent[], { options, reject }: LookUp): Promise<KnownEvent[]> {
  const { classOf, personOf } = await findClassesAndPeople(tx, events, options.ids);
  const keys = events.filter(event => event.competency !== null).map(competencyKey);
  const competencyOf = keys.length > 0 ? await selectCompetencies(tx, keys) : () => null;
  const classNumbers = [...new Set(events.map(classOf).filter(number => number !== undefined))];
  const permitted = options.permitted ? await options.permitted(classNumbers) : undefined;

  const found: KnownEvent[] = [];
  for (const event of events) {
    const no = (code: Rejection['code'], message: string) => reject({ eventId: event.eventId, code, message });
    const classFound = classOf(event);
    const personFound = personOf(event);
    const competencyId = event.competency === null ? null : competencyOf(competencyKey(event));
    if (classFound === undefined) no('NOT_FOUND', `There is no class '${event.classId}'.`);
    else if (permitted && !permitted.has(classFound)) no('FORBIDDEN', `The class '${event.classId}' is not granted to you.`);
    else if (personFound === undefined) no('NOT_FOUND', `There is no user '${event.userId}'.`);
    else if (competencyId === 'ambiguous') {
      no('BAD_USER_INPUT', `The competency '${event.competency}' is in several frameworks; please name its framework.`);
    } else if (event.competency !== null && competencyId === null) {
      const framework = event.framework === null ? '' : ` in the framework '${event.framework}'`;
      no('NOT_FOUND', `There is no competency '${event.competency}'${framework}.`);
    } else {
      const known = event as KnownEvent; // what it lacks is added here
      known.classNumber = classFound;
      known.personNumber = personFound;
      known.competencyId = competencyId;
      found.push(known);
    }
  }
  const contexts = found.length > 0 ? await findContexts(tx, found) : new Map<string, number>();
  for (const event of found) event.contextId = contexts.get(contextKeyOf(event))!;
  return found;
}

/** A context that this batch makes is not remembered: it may yet be rolled back. */
async function findContexts(tx: Transaction, events: Omit<KnownEvent, 'contextId'>[]): Promise<Map<string, number>> {
  const { contexts } = knownIds(tx);
  const unknown = events.filter(event => !contexts.has(contextKeyOf(event)));
  if (unknown.length === 0) return contexts;
  const found = await selectContexts(tx, unknown);
  for (const [key, number] of found) contexts.set(key, number);
  const missing = unknown.filter(event => !found.has(contextKeyOf(event)));
  return missing.length === 0 ? contexts : new Map([...contexts, ...(await insertContexts(tx, missing))]);
}

const competencyKey = (event: SoundEvent): CompetencyKey => ({ framework: event.framework, code: event.competency! });

async function findClassesAndPeople(tx: Transaction, events: SoundEvent[], ids: IdKind) {
  const distinct = <Id>(values: (Id | null)[]): Id[] => [...new Set(values)].filter(value => value !== null) as Id[];
  if (ids === 'external') {
    const named = {
      classes: distinct(events.map(event => event.classId)),
      people: distinct(events.map(event => event.userId)),
    };
    const found = await lookUpKnown(knownIds(tx), named, unknown => selectByExternalId(tx, unknown));
    return {
      classOf: (event: SoundEvent) => found.classes.get(event.classId),
      personOf: (event: SoundEvent) => found.people.get(event.userId),
    };
  }
  const found = await selectByNumber(tx, {
    classes: distinct(events.map(event => classNumber(event.classId))),
    people: distinct(events.map(event => personNumber(event.userId))),
  });
  return {
    classOf: (event: SoundEvent) => found.classes.get(classNumber(event.classId) ?? -1),
    personOf: (event: SoundEvent) => found.people.get(personNumber(event.userId) ?? -1),
  };
}
