import DataLoader from 'dataloader';
import { In } from 'typeorm';
import type { Session } from '../../shared/database/session';
import { groupNumber } from '../../shared/identifiers';
import { GroupEntity } from './group.entity';

export function groupLoaders({ session }: { session: Session }) {
  /** Groups of the tenant by public id. */
  const group = new DataLoader<string, GroupEntity | null>(async ids => {
    const tx = await session.read();
    const numbers = ids.map(groupNumber);
    const groups = await tx.manager
      .getRepository(GroupEntity)
      .findBy({ tenantId: tx.tenantId, id: In(numbers.filter(number => number !== null)) });
    return numbers.map(number => groups.find(found => found.id === number) ?? null);
  });
  return { group };
}
