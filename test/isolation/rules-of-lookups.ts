import { roleNames } from '../../subgraphs/shared/access/roles';
import { itself, refuse, tenantAdmin, type Judging, type Rule } from './judging';
import { pageOf, pageSize, placeOf, text, type Connection } from './pages';
import { standing } from './worlds-of-callers';
import { hierarchies, type WorldGroup, type WorldPerson } from './world';

interface AskedGroups {
  search?: string | null;
  hierarchyId?: string | null;
  placed?: boolean | null;
  first?: number | null;
  after?: string | null;
}

const holds = (search: string | null, ...words: (string | null)[]): boolean =>
  search === null || words.some(word => word?.toLowerCase().includes(search.toLowerCase()));

function groups({ first, after, ...asked }: AskedGroups, judging: Judging): Connection<WorldGroup> {
  tenantAdmin(judging);
  const { caller, cursors } = judging;
  const { tenant } = caller;
  const search = asked.search?.trim() || null;
  const hierarchyId = asked.hierarchyId ?? null;
  const placed = asked.placed ?? null;
  const question = JSON.stringify(['groups', search, hierarchyId, placed]);
  pageSize(first);
  placeOf(cursors, { after, question });
  if (hierarchyId !== null && !hierarchies[hierarchyId]) refuse('NOT_FOUND');
  const ofLevels = (group: WorldGroup) => hierarchyId === null || hierarchies[hierarchyId]!.levels.some(([, type]) => type === group.type);
  const stands = new Set(hierarchyId !== null && hierarchyId in tenant.parents ? standing(tenant, hierarchyId) : []);
  const asPlaced = (group: WorldGroup) => hierarchyId === null || placed === null || stands.has(group) === placed;
  const list = tenant.groups.filter(
    group => holds(search, group.name, group.code, group.externalId) && ofLevels(group) && asPlaced(group),
  );
  const compare = (a: WorldGroup, b: WorldGroup) => text(a.name, b.name) || a.number - b.number;
  return pageOf({ list, first, after, question, cursors, compare, told: ({ name, number }) => [name, number] });
}

interface AskedPeople {
  search?: string | null;
  roles?: string[] | null;
  first?: number | null;
  after?: string | null;
}

function people({ first, after, ...asked }: AskedPeople, judging: Judging): Connection<WorldPerson> {
  tenantAdmin(judging);
  const { caller, cursors } = judging;
  const search = asked.search?.trim() || null;
  const roles = asked.roles ?? null;
  const question = JSON.stringify(['people', search, roles]);
  pageSize(first);
  placeOf(cursors, { after, question });
  const list = caller.tenant.people.filter(
    person =>
      !person.deleted &&
      holds(search, person.login, `${person.givenName} ${person.familyName}`) &&
      (roles === null || person.roles.some(role => roles.includes(role))),
  );
  const login = (person: WorldPerson) => person.login.toLowerCase();
  const compare = (a: WorldPerson, b: WorldPerson) => text(login(a), login(b)) || a.number - b.number;
  return pageOf({ list, first, after, question, cursors, compare, told: person => [login(person), person.number] });
}

/** What administrators look up: groups, people, and what is granted to whom. */
export const rulesOfLookups: Record<string, Rule> = {
  'Query.groups': (_, asked, judging) => groups(asked, judging),
  'GroupConnection.nodes': ({ page }: Connection<WorldGroup>) => page,
  'GroupConnection.pageInfo': itself,
  'GroupConnection.totalCount': ({ totalCount }: Connection<WorldGroup>) => totalCount,
  'Query.people': (_, asked, judging) => people(asked, judging),
  'PersonConnection.nodes': ({ page }: Connection<WorldPerson>) => page,
  'PersonConnection.pageInfo': itself,
  'PersonConnection.totalCount': ({ totalCount }: Connection<WorldPerson>) => totalCount,
  'Person.id': ({ id }: WorldPerson) => id,
  'Person.login': ({ login }: WorldPerson) => login,
  'Person.givenName': ({ givenName }: WorldPerson) => givenName,
  'Person.familyName': ({ familyName }: WorldPerson) => familyName,
  'Person.roles': ({ roles }: WorldPerson) => roleNames.filter(name => roles.includes(name)),
  'Query.grants': (_, { userId }: { userId: string }, judging) => {
    tenantAdmin(judging);
    const person = judging.caller.tenant.people.find(({ id }) => id === userId);
    const granted = [...(person?.grants ?? [])].sort((a, b) => text(a.name, b.name) || a.number - b.number);
    return granted.map(group => ({ userId, group }));
  },
};
