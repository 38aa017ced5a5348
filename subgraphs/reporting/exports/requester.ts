import { platformTenant } from '../../../migrations/row-level-security';
import { caller, type Caller } from '../../shared/access/caller';
import type { RoleName } from '../../shared/access/roles';
import { reportReaders } from '../../shared/access/rules';
import type { Database, Transaction } from '../../shared/database/database';
import { forbidden } from '../../shared/errors';
import type { ExportRow, Requester } from './export.queries';
import { selectOwnTenant, selectRequester } from './making.queries';

/** Whose a caller's files are: a super admin's are the super admin's, whatever the tenant they are of. */
export const requesterOf = ({ personId, actsForPlatform }: Caller): Requester => ({ personId, forPlatform: actsForPlatform });

/**
 * Who requested a file, with the rights they have now: of the roles that counted then, those that the person still has.
 * Refuses where the person is gone, or no role is left by which reports are read.
 */
export async function requesterNow(
  tx: Transaction,
  { requester, roles, database }: { requester: Requester; roles: readonly RoleName[]; database: Database },
): Promise<Caller> {
  const { personId, forPlatform } = requester;
  const person = forPlatform
    ? await database.transaction(platformTenant, 'read', platform => selectRequester(platform, personId))
    : await selectRequester(tx, personId);
  if (!person) throw forbidden('Whoever asked for this file is not there any more.');
  const left = new Set(person.roles.filter(role => roles.includes(role) && (role !== 'SUPER_ADMIN' || forPlatform)));
  if (!reportReaders.some(role => left.has(role))) throw forbidden(`This needs the role ${reportReaders.join(' or ')}.`);
  const tenant = await selectOwnTenant(tx);
  return caller({ claims: { permissions: [] }, person, roles: left, tenant });
}

export type Owned = Pick<ExportRow, 'roles'> & { requester: Requester };
