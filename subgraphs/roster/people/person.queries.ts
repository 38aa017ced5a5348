import type { Transaction } from '../../shared/database/database';

/** Whether a person of the tenant has this number. Who was deleted is nobody. */
export async function personExists(tx: Transaction, personId: number): Promise<boolean> {
  const rows = await tx.query(
    `select from people where people.tenant_id = $1 and people.id = $2 and people.deleted_at is null`,
    [tx.tenantId, personId],
  );
  return rows.length > 0;
}
