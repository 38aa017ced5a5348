import { selectCompetencies, type CompetencyKey } from '../../competency/published';
import type { Transaction } from '../../shared/database/database';
import type { ProblemCode } from '../../shared/errors';
import { classNumber, personNumber } from '../../shared/identifiers';
import type { KnownEvent, Reject, SoundEvent } from './event';
import {
  contextKeyOf,
  insertContexts,
  selectByExternalId,
  selectByNumber,
  selectContexts,
  type IdKind,
} from './ingest.queries';
import { knownIds, lookUpKnown } from './known-ids';

/** By what events name things, and which of these their sender may send for. */
export interface References {
  ids: IdKind;
  /** Which of these classes the sender may send for; without it, all. */
  permitted?: (classNumbers: number[]) => Promise<Set<number>>;
}

/** Finds what the events refer to; those that refer to nothing are rejected. */
export async function lookUp(
  tx: Transaction,
  events: SoundEvent[],
  { ids, permitted: permittedOf, reject }: References & { reject: Reject },
): Promise<KnownEvent[]> {
  const { classOf, personOf } = await findClassesAndPeople(tx, events, ids);
  const keys = events.filter(event => event.competency !== null).map(competencyKey);
  const competencyOf = keys.length > 0 ? await selectCompetencies(tx, keys) : () => null;
  const classNumbers = [...new Set(events.map(classOf).filter(number => number !== undefined))];
  const permitted = permittedOf && (await permittedOf(classNumbers));

  const found: KnownEvent[] = [];
  for (const event of events) {
    const no = (code: ProblemCode, message: string): void => reject(event, code, message);
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
