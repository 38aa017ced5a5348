import type { Transaction } from '../../subgraphs/shared/database/database';
import type { RoleName } from '../../subgraphs/shared/access/roles';

export interface TenantRow {
  id: number;
  external_id: string;
  name: string;
}

/** Every tenant; the platform's transactions alone see more than one. */
export const selectTenants = (tx: Transaction): Promise<TenantRow[]> =>
  tx.query<TenantRow>('select tenants.id, tenants.external_id, tenants.name from tenants order by tenants.id');

export interface PersonRow {
  id: number;
  external_id: string;
  login: string;
  roles: RoleName[];
}

/** The person of the transaction's tenant who logs in so, however it is capitalised. */
export async function selectPersonByLogin(tx: Transaction, login: string): Promise<PersonRow | undefined> {
  const rows = await tx.query<PersonRow>(
    `select people.id, people.external_id, people.login, people.roles
     from people
     where people.tenant_id = $1 and lower(people.login) = lower($2) and people.deleted_at is null`,
    [tx.tenantId, login],
  );
  return rows[0];
}

/** The platform's longest-standing super admin. */
export async function selectSuperAdmin(tx: Transaction): Promise<PersonRow | undefined> {
  const rows = await tx.query<PersonRow>(
    `select people.id, people.external_id, people.login, people.roles
     from people
     where people.tenant_id = $1 and 'SUPER_ADMIN' = any(people.roles) and people.deleted_at is null
     order by people.id
     limit 1`,
    [tx.tenantId],
  );
  return rows[0];
}

export async function insertSuperAdmin(tx: Transaction): Promise<void> {
  await tx.query(
    `insert into people (tenant_id, external_id, login, roles) values ($1, 'super', 'super', array['SUPER_ADMIN'])
     on conflict do nothing`,
    [tx.tenantId],
  );
}
