import { recordStatuses } from '../../competency/published';
import type { Transaction } from '../../shared/database/database';
import { beginStatuses, keepCountsOfStatuses } from '../competency-counts/keep-competency-counts';
import { noteAcceptedDays, withoutForgotten } from '../retention/acceptance';
import { announceDeltas } from '../rollup/announce';
import { batchSeconds, events as eventsMetric } from './ingest.metrics';
import { checkEvent, type KnownEvent, type Reject, type Rejection, type SoundEvent } from './event';
import { lookUp, type References } from './look-up';
import { storeNew } from './store';

/** What became of a batch: accepted + duplicates + rejected = sent. */
export interface Receipt {
  accepted: number;
  duplicates: number;
  rejected: Rejection[];
}

export interface IngestOptions extends References {
  now: Date;
}

/**
 * Takes a batch in: each event is checked, counted once however often it is sent, and added to the facts, all in the
 * caller's transaction. What is rejected is said with its reason and changes nothing.
 */
export async function ingest(tx: Transaction, events: readonly unknown[], options: IngestOptions): Promise<Receipt> {
  const [receipt] = await ingestPosts(tx, [events], options);
  return receipt!;
}

/** The same for batches that were sent apart: each gets the receipt it would get if they came one after the other. */
export async function ingestPosts(
  tx: Transaction,
  posts: readonly (readonly unknown[])[],
  options: IngestOptions,
): Promise<Receipt[]> {
  const receipts = posts.map((): Receipt => ({ accepted: 0, duplicates: 0, rejected: [] }));
  tx.afterCommit(tellWhatBecameOf(receipts));
  const reject: Reject = ({ post, eventId }, code, message) => receipts[post]!.rejected.push({ eventId, code, message });
  const sound = checkPosts(posts, { receipts, now: options.now });
  const inTime = sound.length === 0 ? [] : await withoutForgotten(tx, sound, { now: options.now, reject });
  const known = inTime.length === 0 ? [] : await lookUp(tx, inTime, { ...options, reject });
  if (known.length === 0) return receipts;
  const withStatus = known.filter(hasStatus);
  if (withStatus.length > 0) await beginStatuses(tx, withStatus);
  const { accepted, duplicates, conflicts } = await storeNew(tx, known, options.now);
  for (const { post } of accepted) receipts[post]!.accepted++;
  for (const { post } of duplicates) receipts[post]!.duplicates++;
  for (const event of conflicts) reject(event, 'CONFLICT', otherContents);
  if (accepted.length > 0) tx.afterCommit(() => announceDeltas(tx.tenantId));
  await keepCountsOfStatuses(tx, await recordStatuses(tx, accepted.filter(hasStatus)));
  await noteAcceptedDays(tx, accepted, options.now);
  return receipts;
}

/** The events that are sound in themselves, each with the number of its post. */
function checkPosts(
  posts: readonly (readonly unknown[])[],
  { receipts, now }: { receipts: readonly Receipt[]; now: Date },
): SoundEvent[] {
  const sound: SoundEvent[] = [];
  for (const [post, events] of posts.entries()) {
    for (const event of events) {
      const checked = checkEvent(event, now);
      if ('code' in checked) receipts[post]!.rejected.push(checked);
      else {
        checked.post = post;
        sound.push(checked);
      }
    }
  }
  return sound;
}

/** Counted once it is so: what is rolled back became nothing. */
function tellWhatBecameOf(receipts: readonly Receipt[]): () => void {
  const took = batchSeconds.startTimer();
  return () => {
    took();
    for (const { accepted, duplicates, rejected } of receipts) {
      eventsMetric.inc({ outcome: 'accepted' }, accepted);
      eventsMetric.inc({ outcome: 'duplicate' }, duplicates);
      eventsMetric.inc({ outcome: 'rejected' }, rejected.length);
    }
  };
}

const otherContents = 'An event with this id and other contents was accepted before; that one stands.';

const hasStatus = <Event extends KnownEvent>(event: Event): event is Event & { competencyId: number; status: number } =>
  event.competencyId !== null && event.status !== null;
