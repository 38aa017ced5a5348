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
  const became: Stored = { accepted: [], duplicates: [], conflicts: [] };
  const first = await firstOfEach(tx, events, became);
  const batchOf = (some: readonly KeyedEvent[]) => ({ events: some, facts: factsOf(some), now });
  const claimed = await claimAndStore(tx, batchOf(first));
  if (!claimed) {
    became.accepted = first;
    return became;
  }
  const isNew = (_: KeyedEvent, place: number): boolean => claimed.has(place);
  const accepted = first.filter(isNew);
  if (accepted.length > 0) await storeClaimed(tx, batchOf(accepted));
  became.accepted = accepted;
  const known = first.filter((event, place) => !isNew(event, place));
  const same = await selectSameContents(tx, known);
  for (const [place, event] of known.entries()) (same.has(place) ? became.duplicates : became.conflicts).push(event);
  const conflicts = new Set(became.conflicts);
  became.conflicts = events.filter(event => conflicts.has(event)); // told in the order in which they were sent
  return became;
}

/** Of each id the first event, in the order of their keys, in which ids are claimed. */
async function firstOfEach(tx: Transaction, events: readonly KnownEvent[], became: Stored): Promise<KeyedEvent[]> {
  const days = await localDays(tx, events.map(event => event.occurredAt));
  const first = new Map<Bytes, KeyedEvent>();
  for (const [index, event] of events.entries()) {
    const keyed = event as KeyedEvent; // what it lacks is added here
    keyed.key = eventKey(event.eventId);
    keyed.hash = contentHash(event);
    keyed.day = days[index]!;
    const earlier = first.get(keyed.key);
    if (!earlier) first.set(keyed.key, keyed);
    else (earlier.hash === keyed.hash ? became.duplicates : became.conflicts).push(event);
  }
  return [...first.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
