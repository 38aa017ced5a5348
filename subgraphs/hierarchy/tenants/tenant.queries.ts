import type { Transaction } from '../../shared/database/database';

/** Every tenant by name; another tenant's transaction than the platform's sees only its own. */
export const selectTenants = (tx: Transaction): Promise<{ id: number; name: string }[]> =>
  tx.query(`select tenants.id, tenants.name from tenants order by tenants.name collate "und-x-icu", tenants.id`);
