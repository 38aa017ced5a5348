import type { Session } from '../../shared/database/session';
import { checkFirst, readPlace, writeCursor, type Page } from '../../shared/paging';
import { selectPeople, type PersonRow } from './find-people.queries';

export interface PeopleQuestion {
  search: string | null;
  roles: readonly string[] | null;
}

export interface PeoplePage {
  people: PersonRow[];
  endCursor: string | null;
  hasNextPage: boolean;
  total: number;
}

/** People of the tenant by login, a page of them. */
export const peopleLoader =
  ({ session }: { session: Session }) =>
  async (question: PeopleQuestion, { first, after }: Page): Promise<PeoplePage> => {
    checkFirst(first);
    const place = readPlace(after, question, { login: 'text', id: 'number' });
    const { rows, total } = await selectPeople(await session.read(), {
      text: question.search,
      roles: question.roles,
      after: place,
      first,
    });
    const people = rows.slice(0, first);
    const last = people.at(-1);
    const endCursor = last ? writeCursor([last.login.toLowerCase(), last.id], question) : null;
    return { people, endCursor, hasNextPage: rows.length > first, total };
  };
