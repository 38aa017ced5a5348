import type { Caller } from '../../../shared/access/caller';
import { forbidden } from '../../../shared/errors';

/** Administrators write groups of every school of their tenant, others those of the schools granted to them. */
export function refuseWithoutGroupWrite(caller: Caller): void {
  if (caller.tenantWide || caller.permissions.includes('GROUP_WRITE')) return;
  throw forbidden('This needs the role ORG_ADMIN or the permission GROUP_WRITE.');
}
