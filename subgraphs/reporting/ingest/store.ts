import type { Transaction } from '../../shared/database/database';
import type { KnownEvent } from './event';
import { contentHash, eventKey, type Bytes } from './event-key';
import { factsOf } from './facts';
import { localDays } from './local-days';
import { claimAndStore, selectSameContents, storeClaimed, type KeyedEvent } from './store.queries';

/** What became of a batch's events. */
export interface Stored {
  accepted: KnownEvent[];
  /** Those that came before, in this batch or another, with the same contents. */
  duplicates: KnownEvent[];
  /** Those whose ids came before with other contents, in the order in which they came. */
  conflicts: KnownEvent[];
}

/** Stores those events whose ids are new, with the facts that they make: the first one with an id stands. */
export async function storeNew(tx: Transaction, events: readonly KnownEvent[], now: Date): Promise<Stored> {
  const { first, repeated } = await firstOfEach(tx, events);
  const batchOf = (some: readonly KeyedEvent[]) => ({ events: some, facts: factsOf(some), now });
  const claimed = await claimAndStore(tx, batchOf(first));
  const isNew = (_: KeyedEvent, place: number): boolean => !claimed || claimed.has(place);
  const accepted = first.filter(isNew);
  if (claimed && accepted.length > 0) await storeClaimed(tx, batchOf(accepted));

  const hashes = new Map(accepted.map(({ key, hash }) => [key, hash]));
  const [again, before] = partition(repeated, ({ key }) => hashes.has(key));
  const known = [...first.filter((event, place) => !isNew(event, place)), ...before];
  const same = known.length > 0 ? await selectSameContents(tx, known) : new Set<number>();
  const conflicts = new Set<KnownEvent>([
    ...again.filter(({ key, hash }) => hashes.get(key) !== hash),
    ...known.filter((_, place) => !same.has(place)),
  ]);
  return {
    accepted,
    duplicates: [...again, ...known].filter(event => !conflicts.has(event)),
    conflicts: events.filter(event => conflicts.has(event)), // told in the order in which they were sent
  };
}

const partition = <T>(list: readonly T[], is: (each: T) => boolean): [T[], T[]] => [
  list.filter(is),
  list.filter(each => !is(each)),
];

/** Of each id the first event, in the order of their keys, in which ids are claimed; and those that came after it. */
async function firstOfEach(
  tx: Transaction,
  events: readonly KnownEvent[],
): Promise<{ first: KeyedEvent[]; repeated: KeyedEvent[] }> {
  const days = await localDays(tx, events.map(event => event.occurredAt));
  const first = new Map<Bytes, KeyedEvent>();
  const repeated: KeyedEvent[] = [];
  for (const [index, event] of events.entries()) {
    const keyed = event as KeyedEvent; // what it lacks is added here
    keyed.key = eventKey(event.eventId);
    keyed.hash = contentHash(event);
    keyed.day = days[index]!;
    if (first.has(keyed.key)) repeated.push(keyed);
    else first.set(keyed.key, keyed);
  }
  return { first: [...first.values()].sort((a, b) => (a.key < b.key ? -1 : 1)), repeated };
}
