import { platformTenant } from '../../migrations/row-level-security';
import { BadInput } from '../../subgraphs/shared/bad-input';
import { Database } from '../../subgraphs/shared/database/database';
import { publicId } from '../../subgraphs/shared/identifiers';
import type { OpenDatabase } from './database';
import {
  insertSuperAdmin,
  selectPersonByLogin,
  selectSuperAdmin,
  selectTenants,
  type PersonRow,
} from './people.queries';

export interface Tenant {
  number: number;
  /** As the graph names it. */
  id: string;
  /** The customer's tenant_id. */
  externalId: string;
  name: string;
}

/** The owner's connection, stepped down: commands see one tenant at a time, like everybody. */
export async function withConnection<T>(
  { ownerUrl }: Pick<OpenDatabase, 'ownerUrl'>,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const connection = await Database.connect({ url: ownerUrl, stepDown: true, entities: [], poolSize: 2 });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

export async function findTenants(database: Database): Promise<Tenant[]> {
  const rows = await database.transaction(platformTenant, 'read', selectTenants);
  return rows.map(({ id: number, external_id: externalId, name }) => ({
    ...{ number, externalId, name },
    id: publicId('tenant', number),
  }));
}

/** The tenant that is called so: by the customer's tenant_id or, failing that, by the graph's id. */
export async function findTenant(database: Database, name: string): Promise<Tenant> {
  const tenants = await findTenants(database);
  const found = tenants.find(tenant => tenant.externalId === name) ?? tenants.find(tenant => tenant.id === name);
  if (!found) throw new BadInput(`--tenant: expected a tenant_id; there is no tenant '${name}'`);
  return found;
}

export interface Person {
  tenant: Tenant;
  number: number;
  externalId: string;
  login: string;
  roles: string[];
}

const person = (tenant: Tenant, { id, external_id, login, roles }: PersonRow): Person => ({
  tenant,
  number: id,
  externalId: external_id,
  login,
  roles,
});

/** The one person who logs in so; where there are several, the tenant must be named. */
export async function findPerson(
  database: Database,
  { login, tenant }: { login: string; tenant?: string },
): Promise<Person> {
  const tenants = tenant === undefined ? await findTenants(database) : [await findTenant(database, tenant)];
  const found: Person[] = [];
  for (const candidate of tenants) {
    const row = await database.transaction(candidate.number, 'read', tx => selectPersonByLogin(tx, login));
    if (row) found.push(person(candidate, row));
  }
  if (found.length > 1) {
    const names = found.map(one => one.tenant.externalId).join(', ');
    throw new BadInput(`Several tenants have a user '${login}': ${names}. Please choose one with --tenant.`);
  }
  if (!found[0]) {
    const where = tenant === undefined ? '' : ` in the tenant '${tenant}'`;
    throw new BadInput(`There is no user with the login '${login}'${where}`);
  }
  return found[0];
}

/** The platform's super admin, made where there is none yet: for the development key, the installation's own. */
export async function findSuperAdmin(database: Database): Promise<Person> {
  const platform = (await findTenants(database)).find(tenant => tenant.number === platformTenant)!;
  const row = await database.transaction(platformTenant, 'write', async tx => {
    const known = await selectSuperAdmin(tx);
    if (known) return known;
    await insertSuperAdmin(tx);
    return selectSuperAdmin(tx);
  });
  if (!row) throw new BadInput("The platform has no super admin, and a user 'super' who is none");
  return person(platform, row);
}
