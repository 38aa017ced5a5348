import { In } from 'typeorm';
import type { Session } from '../../shared/database/session';
import { groupNumber } from '../../shared/identifiers';
import { notFound } from '../../shared/errors';
import { Loader } from '../../shared/loader';
import { checkFirst, readPlace, writeCursor, type Page } from '../../shared/paging';
import { selectHierarchiesByKey } from '../hierarchies/hierarchy.queries';
import { selectGroups, type GroupRow } from './find-groups.queries';
import { GroupEntity } from './group.entity';

export interface GroupQuestion {
  search: string | null;
  hierarchyId: string | null;
  placed: boolean | null;
}

export interface GroupPage {
  groups: GroupRow[];
  endCursor: string | null;
  hasNextPage: boolean;
  total: number;
}

export function groupLoaders({ session }: { session: Session }) {
  /** Groups of the tenant by public id. */
  const group = new Loader<string, GroupEntity | null>('groups', async ids => {
    const tx = await session.read();
    const numbers = ids.map(groupNumber);
    const groups = await tx.manager
      .getRepository(GroupEntity)
      .findBy({ tenantId: tx.tenantId, id: In(numbers.filter(number => number !== null)) });
    return numbers.map(number => groups.find(found => found.id === number) ?? null);
  });

  /** Groups of the tenant by name, a page of them. */
  const findGroups = async (question: GroupQuestion, { first, after }: Page): Promise<GroupPage> => {
    checkFirst(first);
    const place = readPlace(after, question, { name: 'text', id: 'number' });
    const tx = await session.read();
    const { search, hierarchyId, placed } = question;
    const [hierarchy] = hierarchyId === null ? [] : await selectHierarchiesByKey(tx, [hierarchyId]);
    if (hierarchyId !== null && !hierarchy) throw notFound(`There is no hierarchy '${hierarchyId}'.`);
    const { rows, total } = await selectGroups(tx, {
      text: search,
      hierarchyId: hierarchy?.id ?? null,
      placed: hierarchy ? placed : null,
      after: place,
      first,
    });
    const groups = rows.slice(0, first);
    const last = groups.at(-1);
    const endCursor = last ? writeCursor([last.name, last.id], question) : null;
    return { groups, endCursor, hasNextPage: rows.length > first, total };
  };
  return { group, findGroups };
}
