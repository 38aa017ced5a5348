import type { Transaction } from '../../shared/database/database';

/** Whether a person of the tenant has this number. Who was deleted is nobody. */
export async function personExists(tx: Transaction, personId: number): Promise<boolean> {
  const rows = await tx.query(
    `select from people where people.tenant_id = $1 and people.id = $2 and people.deleted_at is null`,
    [tx.tenantId, personId],
  );
  return rows.length > 0;
}

/** Those of these numbers that people of the tenant have. */
export async function selectPeople(tx: Transaction, personIds: readonly number[]): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select people.id from people
     where people.tenant_id = $1 and people.id = any($2) and people.deleted_at is null`,
    [tx.tenantId, personIds],
  );
  return rows.map(row => row.id);
}
