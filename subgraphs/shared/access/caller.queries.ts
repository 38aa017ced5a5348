import type { Transaction } from '../database/database';
import { tenantNumber } from '../identifiers';
import type { RoleName } from './roles';

/** A tenant by the customer's id for it or, failing that, by ours. Only the platform's transactions see every tenant. */
export async function selectTenant(
  tx: Transaction,
  publicId: string,
): Promise<{ id: number; external_id: string; name: string } | undefined> {
  const rows = await tx.query<{ id: number; external_id: string; name: string }>(
    `select tenants.id, tenants.external_id, tenants.name
     from tenants
     where tenants.external_id = $1 or tenants.id = $2
     order by tenants.external_id = $1 desc
     limit 1`,
    [publicId, tenantNumber(publicId)],
  );
  return rows[0];
}

/** A person of the transaction's tenant, by the customer's user_id. Who was deleted is nobody. */
export async function selectPerson(
  tx: Transaction,
  externalId: string,
): Promise<{ id: number; login: string; roles: RoleName[] } | undefined> {
  const rows = await tx.query<{ id: number; login: string; roles: RoleName[] }>(
    `select people.id, people.login, people.roles
     from people
     where people.tenant_id = $1 and people.external_id = $2 and people.deleted_at is null`,
    [tx.tenantId, externalId],
  );
  return rows[0];
}
