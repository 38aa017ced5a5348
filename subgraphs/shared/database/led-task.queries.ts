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
