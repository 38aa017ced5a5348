import type { Transaction } from './transaction';

const leaderLock = 7_310_022;

/** What one process at a time does, of those that may. */
export type LedTask = 'purge' | 'erase' | 'weeks' | 'figures';
const numberOf: Record<LedTask, number> = { purge: 0, erase: 1, weeks: 2, figures: 3 };

/** Whether this process leads in a task, until the transaction ends; `waits`: until it does. */
export async function leads(tx: Transaction, task: LedTask, { waits = false } = {}): Promise<boolean> {
  const [row] = await tx.query<{ leads: boolean }>(
    waits
      ? 'select true as leads from pg_advisory_xact_lock($1, $2)'
      : 'select pg_try_advisory_xact_lock($1, $2) as leads',
    [leaderLock, numberOf[task]],
  );
  return row!.leads;
}

/**
 * For a transaction that only leads from here on, however long that takes. Its last statement, answered long ago, would keep
 * its moment until the next one comes, and no row of the whole server that is gone since could be cleared away.
 */
export async function leadOn(tx: Transaction): Promise<void> {
  await tx.query(`set local idle_in_transaction_session_timeout = 0`);
}
