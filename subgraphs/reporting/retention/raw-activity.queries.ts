import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';
import { holdAcceptanceOff, moveForward } from '../../shared/retention/retention.queries';

/**
 * Whether something waits to be added to the stored sums that was accepted before a moment: by the database's own clock,
 * which a batch was stored by.
 */
export async function isBehind(tx: Transaction, before: Date): Promise<boolean> {
  const rows = await tx.query(
    `select from fact_deltas where fact_deltas.tenant_id = $1 and fact_deltas.noted_at < $2 limit 1`,
    [tx.tenantId, before],
  );
  return rows.length > 0;
}

/** Whether there is raw activity that was accepted before a day (UTC). */
export async function hasRawActivity(tx: Transaction, before: Day): Promise<boolean> {
  const rows = await tx.query(
    `select from activity_events where activity_events.tenant_id = $1 and activity_events.accepted_on < $2 limit 1`,
    [tx.tenantId, before],
  );
  return rows.length > 0;
}

/** Deletes raw activity that was accepted before a day (UTC), `most` at a time. */
export async function deleteRawActivity(tx: Transaction, before: Day, most: number): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(
    `with gone as (
       delete from activity_events
       where activity_events.tenant_id = $1 and activity_events.accepted_on < $2
         and (activity_events.tableoid, activity_events.ctid) in (
           select old.tableoid, old.ctid from activity_events old
           where old.tenant_id = $1 and old.accepted_on < $2 limit $3)
       returning 1
     )
     select count(*)::int as rows from gone`,
    [tx.tenantId, before, most],
  );
  if (row!.rows > 0) await moveForward(tx, { rawFrom: before });
  return row!.rows;
}

/**
 * Says that ids of events accepted before a moment are forgotten, where there are any; what is accepted from now on goes
 * by it. Returns whether there are.
 */
export async function forgetEventIds(tx: Transaction, before: Date): Promise<boolean> {
  const rows = await tx.query(`select from event_ids where event_ids.tenant_id = $1 and event_ids.accepted_at < $2 limit 1`, [
    tx.tenantId,
    before,
  ]);
  if (rows.length === 0) {
    tx.keepVersion();
    return false;
  }
  await holdAcceptanceOff(tx);
  await moveForward(tx, { eventIdsFrom: before });
  return true;
}

/** Deletes ids of events accepted before a moment, `most` at a time. */
export async function deleteEventIds(tx: Transaction, before: Date, most: number): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(
    `with gone as (
       delete from event_ids
       where event_ids.tenant_id = $1 and event_ids.ctid = any(array(
         select old.ctid from event_ids old where old.tenant_id = $1 and old.accepted_at < $2 limit $3))
       returning 1
     )
     select count(*)::int as rows from gone`,
    [tx.tenantId, before, most],
  );
  return row!.rows;
}
