import type { Transaction } from '../../shared/database/database';

/** Every tenant's number; only the platform's transactions see them all. */
export async function selectTenantNumbers(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(`select tenants.id from tenants order by tenants.id`);
  return rows.map(row => row.id);
}
