import { platformTenant } from '../../../migrations/row-level-security';
import type { Database, Transaction } from './database';

/** Every tenant's number, the platform's among them; only the platform's transactions see them all. */
export async function selectTenantNumbers(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ id: number }>('select tenants.id from tenants order by tenants.id');
  return rows.map(row => row.id);
}

/** The same, in a transaction of its own. */
export const tenantNumbers = (database: Database): Promise<number[]> =>
  database.transaction(platformTenant, 'read', selectTenantNumbers);
