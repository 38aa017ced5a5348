import type { RoleName } from '../../subgraphs/shared/access/roles';
import type { Asker } from '../start-gateway';
import type { World, WorldPerson, WorldTenant } from './world';

/** Somebody who asks, and what the rules in plain words make of them. */
export interface WorldCaller {
  /** For messages: who, of which tenant. */
  title: string;
  asker: Asker;
  /** Everything is refused to this one, with this code; then the rest says nothing. */
  refused: 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND' | null;
  /** Whose data the request is about. */
  tenant: WorldTenant;
  person: WorldPerson;
  /** Those that both the token and the row carry. */
  roles: ReadonlySet<RoleName>;
  tenantWide: boolean;
}

/** Every role, alone and together, with tokens that say more than the row, less, or something else. */
export function callersOf({ tenants }: World): WorldCaller[] {
  const [platform, ...customers] = tenants as [WorldTenant, ...WorldTenant[]];
  const [superAdmin, plain] = platform.people as [WorldPerson, WorldPerson];
  const callers = customers.flatMap((tenant, index) => ofTenant(tenant, customers[(index + 1) % customers.length]!));
  const acting = customers.map(tenant =>
    caller({ person: superAdmin, home: platform, tenant, title: 'super admin', asker: { actingTenant: tenant.key } }));
  return [
    ...callers,
    ...acting,
    caller({ person: superAdmin, home: platform, title: 'super admin at home' }),
    caller({ person: superAdmin, home: platform, tenant: customers[0]!, title: 'super admin by our id', asker: { actingTenant: customers[0]!.id } }),
    caller({ person: superAdmin, home: platform, refused: 'NOT_FOUND', title: 'super admin in no tenant', asker: { actingTenant: 'nowhere' } }),
    caller({ person: superAdmin, home: platform, title: 'super admin whose token does not say so', asker: { roles: ['ORG_ADMIN'] } }),
    caller({ person: plain, home: platform, title: 'platform officer whose token says super admin', asker: { roles: ['SUPER_ADMIN', 'OFFICER'] } }),
    caller({
      ...{ person: plain, home: platform, tenant: customers[0]!, refused: 'FORBIDDEN', title: 'platform officer who acts' },
      asker: { roles: ['SUPER_ADMIN'], actingTenant: customers[0]!.key },
    }),
  ];
}

function ofTenant(home: WorldTenant, other: WorldTenant): WorldCaller[] {
  const named = (part: string): WorldPerson => home.people.find(person => person.part === part)!;
  const as = (part: string, more: Partial<CallerParts> = {}) => caller({ person: named(part), home, title: part, ...more });
  const uses = Object.keys(home.parents);
  const plain = home.people.filter(({ part }) => part !== 'gone' && !/^pupil[2-9]/.test(part)).map(({ part }) => as(part));
  return [
    ...plain,
    as('viewer', { title: 'viewer with a selected hierarchy', asker: { hierarchy: uses.at(-1)! } }),
    as('partner', { title: 'partner with a selected hierarchy', asker: { hierarchy: uses[1] ?? uses[0]! } }),
    as('viewer', { title: 'viewer who selects a hierarchy that is not used', asker: { hierarchy: ['india', 'us', 'sap'].find(key => !uses.includes(key)) ?? 'none' } }),
    as('writer', { title: 'writer with GROUP_WRITE', asker: { permissions: ['GROUP_WRITE'] } }),
    as('stranger', { title: 'role in the token only', asker: { roles: ['ORG_ADMIN', 'SUPER_ADMIN'] } }),
    as('officer', { title: 'officer whose token claims everything', asker: { roles: ['OFFICER', 'ORG_ADMIN', 'SUPER_ADMIN', 'TEACHER'] } }),
    as('admin', { title: 'role in the row only', asker: { roles: [] } }),
    as('several', { title: 'one of several roles', asker: { roles: ['TEACHER'] } }),
    as('gone', { title: 'deleted', refused: 'UNAUTHENTICATED' }),
    as('admin', { title: 'admin who acts in another tenant', refused: 'FORBIDDEN', asker: { roles: ['ORG_ADMIN', 'SUPER_ADMIN'], actingTenant: other.key } }),
    as('officer', { title: 'officer who acts in another tenant', refused: 'FORBIDDEN', asker: { actingTenant: other.key } }),
    as('officer', { title: 'a person of another tenant', refused: 'UNAUTHENTICATED', asker: { tenant: other.key } }),
  ];
}

interface CallerParts {
  person: WorldPerson;
  home: WorldTenant;
  /** The tenant acted in; the own when omitted. */
  tenant?: WorldTenant;
  title: string;
  refused?: WorldCaller['refused'];
  /** What the token and the header say otherwise than the row would. */
  asker?: Partial<Asker>;
}

function caller({ person, home, tenant = home, title, refused = null, asker = {} }: CallerParts): WorldCaller {
  const claims = { subject: person.externalId, tenant: home.key, roles: [...person.roles], ...asker };
  const roles = new Set(person.roles.filter(role => claims.roles.includes(role)));
  return {
    title: `${title} of ${home.key}${tenant === home ? '' : ` in ${tenant.key}`}`,
    asker: claims,
    ...{ refused, tenant, person, roles },
    tenantWide: roles.has('ORG_ADMIN') || roles.has('SUPER_ADMIN'),
  };
}
