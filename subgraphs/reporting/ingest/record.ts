import { selectCoveredClasses } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Database, Transaction } from '../../shared/database/database';
import { refuseBehind } from './backpressure';
import { ingest, type IngestOptions, type Receipt } from './ingest';

/** Events of one transaction: enough to be quick, few enough not to hold others up. */
const eventsPerTransaction = 2_000;

/** What of the classes a caller may send events for: a tenant's administrators for all, others for those they cover. */
export const permittedClasses = (tx: Transaction, caller: Caller): IngestOptions['permitted'] =>
  caller.tenantWide ? undefined : classNumbers => selectCoveredClasses(tx, caller, classNumbers);

/**
 * Takes a stream of events in, by the customer's ids; each few thousand in a transaction of their own. When it breaks
 * off, what was stored stays, and the same events sent again are duplicates.
 */
export async function recordEvents({
  database,
  caller,
  events,
  now,
  mostWaiting,
}: {
  database: Database;
  caller: Caller;
  events: AsyncIterable<unknown> | Iterable<unknown>;
  now: Date;
  /** Deltas that may wait before this is refused with RATE_LIMITED. */
  mostWaiting?: number;
}): Promise<Receipt> {
  const total: Receipt = { accepted: 0, duplicates: 0, rejected: [] };
  let batch: unknown[] = [];
  let isFirst = true;
  const store = async (): Promise<void> => {
    const taken = batch;
    batch = [];
    if (taken.length === 0) return;
    const receipt = await database.transaction(caller.tenantId, 'activity', async tx => {
      if (isFirst) await refuseBehind(tx, mostWaiting);
      isFirst = false;
      const permitted = permittedClasses(tx, caller);
      return ingest(tx, taken, { now, ids: 'external', ...(permitted ? { permitted } : {}) });
    });
    database.replica?.hasWritten(caller.tenantId, caller.personId);
    total.accepted += receipt.accepted;
    total.duplicates += receipt.duplicates;
    total.rejected.push(...receipt.rejected);
  };
  for await (const event of events) {
    batch.push(event);
    if (batch.length >= eventsPerTransaction) await store();
  }
  await store();
  return total;
}
