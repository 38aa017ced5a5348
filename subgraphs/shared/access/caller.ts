import { LRUCache } from 'lru-cache';
import type { Database, Transaction } from '../database/database';
import { Problem, type ProblemCode } from '../errors';
import { platformTenant } from '../../../migrations/row-level-security';
import { selectPerson, selectTenant } from './caller.queries';
import type { RoleName } from './roles';
import type { Claims, VerifyToken } from './token';

/** Who asks, in which tenant, as what. */
export interface Caller {
  readonly personId: number;
  /** The tenant whose data this request is about. */
  readonly tenantId: number;
  readonly tenantExternalId: string;
  readonly tenantName: string;
  readonly login: string;
  /** Roles that both the token and the person's row carry. */
  readonly roles: ReadonlySet<RoleName>;
  /** The hierarchy the token selects, by its public id. */
  readonly selectedHierarchy?: string;
  readonly permissions: readonly string[];
  /** Sees and administers the whole tenant. */
  readonly tenantWide: boolean;
  /** A super admin, at home in the platform's own tenant or acting in another. */
  readonly actsForPlatform: boolean;
}

/** Whether a person of the tenant that is asked about is the caller: a super admin is one at home alone. */
export const isThemselves = (caller: Caller, personId: number): boolean =>
  personId === caller.personId && (!caller.actsForPlatform || caller.tenantId === platformTenant);

/** What a request says about its sender, as it came: nothing of it is believed before it is checked. */
export interface Credentials {
  token: string | undefined;
  /** The header Strata-Tenant. */
  actingTenant?: string | undefined;
  /** Whether the sender wants to be told what is so now, and not a moment ago: the header Strata-Consistency, strong. */
  strong?: boolean | undefined;
  /** What stands behind `Basic` in the header Authorization: a program's name and secret, at the token endpoint. */
  basic?: string | undefined;
  /** Where the request came from, for the audit log; nothing else goes by it but limits. */
  address?: string | undefined;
  /** The header User-Agent. */
  agent?: string | undefined;
  /** By which log lines of the same request are known, in every service. */
  requestId?: string | undefined;
}

/**
 * Who sends a request. `read` runs a query in a read transaction of the sender's own tenant; who has one at hand lends it.
 */
export type Identify = (credentials: Credentials, read?: ReadIn) => Promise<Caller>;
export type ReadIn = <T>(tenantId: number, work: (tx: Transaction) => Promise<T>) => Promise<T>;

const nobody = 'The token names a user or a tenant that does not exist.';

/** Refused before anything is answered, with what is known of the sender: enough for the audit log of their tenant. */
export class RefusedCaller extends Problem {
  constructor(
    code: ProblemCode,
    message: string,
    readonly known: { tenantId: number; personId?: number; subject?: string },
  ) {
    super(code, message);
  }
}

interface Person {
  id: number;
  login: string;
  roles: RoleName[];
}

/** Finds out who is asking. Every subgraph does so itself, whatever stands before it. */
export function callerIdentifier(database: Database, verify: VerifyToken): Identify {
  const tenantByPublicId = tenantDirectory(database);
  const readAlone: ReadIn = (tenantId, work) => database.transaction(tenantId, 'read', work);

  return async ({ token, actingTenant }, read = readAlone) => {
    const claims = await verify(token);
    const home = await tenantByPublicId(claims.tenant);
    const person = home && (await read(home.id, tx => findPerson(tx, claims.subject)));
    if (!home) throw new Problem('UNAUTHENTICATED', nobody);
    if (!person) throw new RefusedCaller('UNAUTHENTICATED', nobody, { tenantId: home.id, subject: claims.subject });
    const roles = new Set(person.roles.filter(role => claims.roles.includes(role)));
    const superAdmin = roles.has('SUPER_ADMIN') && home.id === platformTenant;
    if (!superAdmin) roles.delete('SUPER_ADMIN');
    if (actingTenant === undefined) return caller({ claims, person, roles, tenant: home });
    if (!superAdmin) {
      const message = 'Only a super admin may act in another tenant (header Strata-Tenant).';
      throw new RefusedCaller('FORBIDDEN', message, { tenantId: home.id, personId: person.id });
    }
    const tenant = await tenantByPublicId(actingTenant);
    if (!tenant) throw new Problem('NOT_FOUND', 'The tenant named by the header Strata-Tenant does not exist.');
    return caller({ claims, person, roles, tenant });
  };
}

async function findPerson(tx: Transaction, subject: string): Promise<Person | undefined> {
  const key = `person ${subject}`;
  const known = tx.memory.recall<Person>(key) ?? (await selectPerson(tx, subject));
  return known && tx.memory.remember(key, known);
}

interface Tenant {
  id: number;
  external_id: string;
  name: string;
}

const secondsToRemember = 30;

/**
 * The version of all that an answer to a caller depends on: of the sender's own tenant, where roles and grants are, and
 * of the tenant acted in. Says nothing of what the caller may do.
 */
export function callerVersion(database: Database, verify: VerifyToken): (credentials: Credentials) => Promise<string> {
  const tenantByPublicId = tenantDirectory(database);
  return async ({ token, actingTenant }) => {
    const { tenant } = await verify(token);
    const named = [tenant, ...(actingTenant === undefined ? [] : [actingTenant])];
    const versions = named.map(async publicId => {
      const known = await tenantByPublicId(publicId);
      if (!known) throw new Problem('NOT_FOUND', 'There is no such tenant.');
      return database.version(known.id);
    });
    return (await Promise.all(versions)).join('/');
  };
}

/** Tenants by public id, remembered for a short while: their numbers never change, and their names seldom. */
function tenantDirectory(database: Database): (publicId: string) => Promise<Tenant | undefined> {
  const known = new LRUCache<string, Tenant>({ max: 1_000, ttl: secondsToRemember * 1_000 });
  return async publicId => {
    const remembered = known.get(publicId);
    if (remembered) return remembered;
    const tenant = await database.transaction(platformTenant, 'read', tx => selectTenant(tx, publicId));
    if (tenant) known.set(publicId, tenant);
    return tenant;
  };
}

interface Known {
  claims: Pick<Claims, 'permissions' | 'hierarchy'>;
  person: Pick<Person, 'id' | 'login'>;
  /** That count. */
  roles: Set<RoleName>;
  tenant: Tenant;
}

/** What follows from who asks; for whoever does later what somebody asked for, too. */
export function caller({ claims, person, roles, tenant }: Known): Caller {
  const superAdmin = roles.has('SUPER_ADMIN');
  return {
    personId: person.id,
    tenantId: tenant.id,
    tenantExternalId: tenant.external_id,
    tenantName: tenant.name,
    login: person.login,
    roles,
    permissions: claims.permissions,
    tenantWide: roles.has('ORG_ADMIN') || superAdmin,
    actsForPlatform: superAdmin,
    ...(claims.hierarchy === undefined ? {} : { selectedHierarchy: claims.hierarchy }),
  };
}
