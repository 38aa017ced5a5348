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
     where people.tenant_id = $1 and people.login_key = lower($2) and people.deleted_at is null`,
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

export interface DemoPersonRow extends PersonRow {
  given_name: string | null;
  family_name: string | null;
  grants: { type: string; name: string }[];
  classes: number;
}

/** The people whose logins begin so, with what is granted to them and how many active classes they teach. */
export const selectDemoPeople = (tx: Transaction, names: readonly string[]): Promise<DemoPersonRow[]> =>
  tx.query<DemoPersonRow>(
    `select people.external_id, people.login, people.roles, people.given_name, people.family_name,
       coalesce(
         (select json_agg(json_build_object('type', groups.type, 'name', groups.name) order by groups.id)
          from access_grants
          join groups on groups.tenant_id = $1 and groups.id = access_grants.group_id
          where access_grants.tenant_id = $1 and access_grants.person_id = people.id),
         '[]'::json
       ) as grants,
       (select count(*)::int
        from enrolments
        join classes on classes.tenant_id = $1 and classes.id = enrolments.class_id and classes.active
        where enrolments.tenant_id = $1 and enrolments.person_id = people.id
          and enrolments.type = 'TEACHER' and enrolments.status = 'ACTIVE') as classes
     from people
     where people.tenant_id = $1 and people.deleted_at is null and split_part(people.login, '@', 1) = any($2)
     order by array_position($2, split_part(people.login, '@', 1)), people.id`,
    [tx.tenantId, names],
  );
