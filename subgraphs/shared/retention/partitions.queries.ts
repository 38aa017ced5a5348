import type { Transaction } from '../database/database';

/**
 * Holds a partition until the transaction ends and counts its rows by tenant: as its owner, who for that moment is not
 * held to one tenant. Whoever finds that it must stay rolls the transaction back. Gives up soon where somebody works in
 * the table for long.
 */
export async function countAndHold(tx: Transaction, partition: string): Promise<Map<number, number>> {
  await tx.query(`set local lock_timeout = '2s'`);
  await tx.manager.query(`alter table ${partition} no force row level security`);
  const rows = (await tx.manager.query(`select tenant_id, count(*)::int as rows from ${partition} group by tenant_id order by 1`)) as {
    tenant_id: number;
    rows: number;
  }[];
  return new Map(rows.map(({ tenant_id, rows: count }) => [tenant_id, count]));
}

export const dropPartition = (tx: Transaction, partition: string): Promise<unknown> =>
  tx.manager.query(`drop table ${partition}`);

/** The same transaction, from now on another tenant's. */
export async function turnTo(tx: Transaction, tenantId: number): Promise<Transaction> {
  await tx.query(`select set_config('app.tenant_id', $1::text, true)`, [tenantId]);
  return Object.create(tx, { tenantId: { value: tenantId } }) as Transaction;
}
