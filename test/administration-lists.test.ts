import { startGuardedTenants, type GuardedTenants } from './guarded-tenants';

// What an administrator looks for before changing anything: groups, people, and what is granted to whom.
let world: GuardedTenants;
beforeAll(async () => {
  world = await startGuardedTenants();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

const read = (query: string, variables?: object) => world.gateway.read(world.as('admin'), query, variables);

test('groups are found by a part of their name, of the own tenant alone', async () => {
  const { groups } = await read('{ groups { totalCount nodes { id name } } }');
  const { acme } = world;
  const ids = [...acme.groups.values()].length;
  expect(groups.totalCount).toBe(ids);
  const [one] = groups.nodes;
  const found = await read('query ($search: String) { groups(search: $search) { nodes { id } } }', {
    search: one.name.toUpperCase(),
  });
  expect(found.groups.nodes).toContainEqual({ id: one.id });
  expect((await read('{ groups(search: "%") { totalCount } }')).groups.totalCount).toBe(0);
});

test('with a hierarchy, groups that stand in it and those that could are told apart', async () => {
  const count = async (args: string): Promise<number> => (await read(`{ groups(${args}) { totalCount } }`)).groups.totalCount;
  const all = await count('hierarchyId: "india"');
  const placed = await count('hierarchyId: "india", placed: true');
  expect(placed).toBeGreaterThan(0);
  expect(placed + (await count('hierarchyId: "india", placed: false'))).toBe(all);
  expect(await world.gateway.codes(world.as('admin'), '{ groups(hierarchyId: "none") { totalCount } }')).toEqual(['NOT_FOUND']);
});

test.each(['groups', 'people'])('%s come page by page, none twice and none left out', async list => {
  const all = (await read(`{ ${list}(first: 1000) { totalCount nodes { id } } }`))[list];
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const page: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } = (
      await read(`query ($after: String) { ${list}(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`, { after })
    )[list];
    seen.push(...page.nodes.map(({ id }) => id));
    ({ endCursor: after, hasNextPage: more } = page.pageInfo);
  }
  expect(seen).toEqual(all.nodes.map(({ id }: { id: string }) => id));
  expect(new Set(seen).size).toBe(all.totalCount);
});

test('people are found by login or role, without who was deleted', async () => {
  const { people } = await read('{ people { nodes { login roles } } }');
  const logins = people.nodes.map(({ login }: { login: string }) => login);
  expect(logins).toContain('northerner');
  expect(logins).not.toContain('gone');
  const teachers = (await read('{ people(roles: [TEACHER]) { nodes { roles } } }')).people.nodes;
  expect(teachers.length).toBeGreaterThan(0);
  for (const { roles } of teachers) expect(roles).toContain('TEACHER');
  expect((await read('{ people(search: "_") { totalCount } }')).people.totalCount).toBe(0);
});

test("grants are those of the person, and another tenant's person has none here", async () => {
  const grants = async (userId: string) =>
    (await read('query ($userId: ID!) { grants(userId: $userId) { group { id } } }', { userId })).grants;
  expect(await grants(world.acme.personId('partner'))).toContainEqual({ group: { id: world.acme.nodeId('b') } });
  expect(await grants(world.rival.personId('partner'))).toEqual([]);
  expect(await grants('nonsense')).toEqual([]);
});

test.each(['northerner', 'partner', 'teacher', 'stranger', 'learner'])('%s finds none of them', async person => {
  for (const query of ['{ groups { totalCount } }', '{ people { totalCount } }', `{ grants(userId: "${world.acme.personId(person)}") { userId } }`]) {
    expect(await world.gateway.codes(world.as(person), query)).toEqual(['FORBIDDEN']);
  }
});
