import { In } from 'typeorm';
import type { Session } from '../../shared/database/session';
import { personNumber } from '../../shared/identifiers';
import { compareNames } from '../../shared/paging';
import { GroupEntity } from '../groups/group.entity';
import type { ChangedGrant } from './change-grant';
import { GrantEntity } from './grant.entity';

export function grantLoaders({ session }: { session: Session }) {
  /** What is granted to somebody of the tenant; nothing for who is not of it. */
  const grantsOf = async (userId: string): Promise<ChangedGrant[]> => {
    const personId = personNumber(userId);
    if (personId === null) return [];
    const { tenantId, manager } = await session.read();
    const grants = await manager.getRepository(GrantEntity).findBy({ tenantId, personId });
    const groups = await manager
      .getRepository(GroupEntity)
      .findBy({ tenantId, id: In(grants.map(({ groupId }) => groupId)) });
    return grants
      .flatMap(({ groupId, grantedAt }) => {
        const group = groups.find(({ id }) => id === groupId);
        return group ? [{ group, grantedAt }] : [];
      })
      .sort((a, b) => compareNames(a.group.name, b.group.name) || a.group.id - b.group.id);
  };
  return { grantsOf };
}
