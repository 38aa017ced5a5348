import { setImmediate as othersTurn } from 'node:timers/promises';
import { selectCoveredClasses } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Database, Transaction } from '../../shared/database/database';
import { refuseBehind } from './backpressure';
import { rejectedAlready } from './event';
import { ingestPosts, type Receipt } from './ingest';
import type { References } from './look-up';
import { PostsTogether } from './posts-together';

/** Events of one transaction: enough to be quick, few enough not to hold others up. */
const eventsPerTransaction = 2_000;
/** So few events share a transaction with those of other requests; as many as that are worth one of their own. */
const fewEvents = 500;
/** Shared transactions of one sender at a time; those who send for a whole tenant are one sender. */
const sharedAtOnce = 4;

/** What of the classes a caller may send events for: a tenant's administrators for all, others for those they cover. */
export const permittedClasses = (tx: Transaction, caller: Caller): References['permitted'] =>
  caller.tenantWide ? undefined : classNumbers => selectCoveredClasses(tx, caller, classNumbers);

export interface Sender {
  database: Database;
  caller: Caller;
}

/** Events that were sent at once. */
interface Post {
  events: readonly unknown[];
  now: Date;
}

/**
 * Takes the events of a request in, by the customer's ids: each few thousand in a transaction of their own, few together
 * with those of other requests. When it breaks off, what was stored stays, and the same events sent again are duplicates.
 */
export async function recordEvents(sender: Sender, { events, now }: { events: Iterable<unknown>; now: Date }): Promise<Receipt> {
  const { database, caller } = sender;
  const total: Receipt = { accepted: 0, duplicates: 0, rejected: [] };
  let isFirst = true;
  for (const batch of batchesOf(events)) {
    if (batch.length === 0) {
      await othersTurn();
      continue;
    }
    const post = { events: batch, now };
    const mayShare = isFirst && batch.length <= fewEvents;
    const receipt = mayShare ? await share(sender, post) : (await store(sender, [post], { refuses: isFirst }))[0]!;
    isFirst = false;
    database.replica?.hasWritten(caller.tenantId, caller.personId);
    total.accepted += receipt.accepted;
    total.duplicates += receipt.duplicates;
    total.rejected = total.rejected.concat(receipt.rejected);
  }
  return total;
}

/** After so many records that were read, whether or not they were rejected at once: reading them takes its time, too. */
function* batchesOf(events: Iterable<unknown>): Generator<unknown[]> {
  let batch: unknown[] = [];
  let read = 0;
  for (const event of events) {
    if (event !== rejectedAlready) batch.push(event);
    if (++read % eventsPerTransaction !== 0) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Stores posts in one transaction; `refuses`: not while too much waits to be folded. */
const store = (
  { database, caller }: Sender,
  posts: readonly Post[],
  { refuses }: { refuses: boolean },
): Promise<Receipt[]> =>
  database.transaction(caller.tenantId, 'activity', async tx => {
    if (refuses) await refuseBehind(tx, posts.length);
    const permitted = permittedClasses(tx, caller);
    return ingestPosts(tx, posts.map(({ events }) => events), {
      ...{ now: posts.at(-1)!.now, ids: 'external' },
      ...(permitted ? { permitted } : {}),
    });
  });

type Shared = PostsTogether<Post, Receipt>;

/** By whose posts they are, as long as there are any. */
const sharedIn = new WeakMap<Database, Map<string, Shared>>();

/** Stores a post of few events, with others of a sender who may send for the same classes. */
function share(sender: Sender, post: Post): Promise<Receipt> {
  const { database, caller } = sender;
  const bySender = sharedIn.get(database) ?? new Map<string, Shared>();
  sharedIn.set(database, bySender);
  const who = caller.tenantWide ? ['all'] : [caller.personId, ...[...caller.roles].sort()];
  const key = [caller.tenantId, ...who].join(' ');
  const shared =
    bySender.get(key) ??
    new PostsTogether<Post, Receipt>({
      ...{ atOnce: sharedAtOnce, enough: fewEvents, most: eventsPerTransaction, sizeOf: ({ events }) => events.length },
      store: posts => store(sender, posts, { refuses: true }),
      onIdle: () => bySender.delete(key),
    });
  bySender.set(key, shared);
  return shared.send(post);
}
