import type { Transaction } from './database';

/**
 * For a transaction that joins tables it has just filled, until it ends: joins read both sides once. Nobody has counted
 * the rows of those tables yet, nor of a tenant that is new in tables of many, so the planner takes hundreds of thousands
 * for one, and would read the other side again for each of them. A look-up by key is no way out: where a tenant seems
 * to have one row, every index that begins with the tenant seems as good as the one of the key.
 */
export const joinInBulk = (tx: Transaction): Promise<unknown> =>
  tx.query(`select set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true)`);

/** The same for a piece of work within a transaction; afterwards it is as before. */
export async function joiningInBulk(tx: Transaction, work: () => Promise<void>): Promise<void> {
  const [row] = await tx.query<{ before: string }>(
    `select current_setting('enable_nestloop') as before, set_config('enable_nestloop', 'off', true)`,
  );
  await work();
  await tx.query(`select set_config('enable_nestloop', $1, true)`, [row!.before]);
}
