import type { Caller } from '../subgraphs/shared/access/caller';
import type { KnownTenant } from './fixture';

/** Who administers a tenant, as the service knows a caller; of no row where nobody is called so. */
export const adminOf = ({ number, key, people }: Pick<KnownTenant, 'number' | 'key' | 'people'>): Caller => ({
  ...{ personId: people.get('admin') ?? 0, tenantId: number, tenantExternalId: key, tenantName: key, login: 'admin' },
  ...{ roles: new Set(['ORG_ADMIN'] as const), permissions: [], tenantWide: true, actsForPlatform: false },
});
