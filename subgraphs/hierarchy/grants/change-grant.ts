import { personExists } from '../../roster/published';
import type { Transaction } from '../../shared/database/database';
import { notFound } from '../../shared/errors';
import { groupNumber, personNumber } from '../../shared/identifiers';
import { GroupEntity } from '../groups/group.entity';
import { GrantEntity } from './grant.entity';

export interface GrantChange {
  userId: string;
  groupId: string;
}

export interface ChangedGrant {
  grantedAt: Date;
  group: GroupEntity;
}

/** Gives a group to a person. The same grant twice is one grant, with its first moment. */
export async function grantAccess(tx: Transaction, change: GrantChange, now: Date): Promise<ChangedGrant> {
  const { key, group } = await findBoth(tx, change);
  const grants = tx.manager.getRepository(GrantEntity);
  await grants.createQueryBuilder().insert().values({ ...key, grantedAt: now }).orIgnore().execute();
  const { grantedAt } = await grants.findOneByOrFail(key);
  return { grantedAt, group };
}

export async function revokeAccess(tx: Transaction, change: GrantChange): Promise<ChangedGrant> {
  const { key, group } = await findBoth(tx, change);
  const grants = tx.manager.getRepository(GrantEntity);
  const grant = await grants.findOneBy(key);
  if (!grant) throw notFound(`'${group.name}' is not granted to this user: there is nothing to revoke.`);
  await grants.delete(key);
  return { grantedAt: grant.grantedAt, group };
}

async function findBoth(tx: Transaction, { userId, groupId }: GrantChange) {
  const personId = personNumber(userId);
  if (personId === null || !(await personExists(tx, personId))) throw notFound(`There is no user '${userId}'.`);
  const group = await tx.manager
    .getRepository(GroupEntity)
    .findOneBy({ tenantId: tx.tenantId, id: groupNumber(groupId) ?? -1 });
  if (!group) throw notFound(`There is no group '${groupId}'.`);
  return { key: { tenantId: tx.tenantId, personId, groupId: group.id }, group };
}
