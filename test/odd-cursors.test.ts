import { startGuardedTenants, type GuardedTenants } from './guarded-tenants';

let world: GuardedTenants;
afterEach(() => void world.gateway.bugs.splice(0));
beforeAll(async () => {
  world = await startGuardedTenants();
  const { gateway, as } = world;
  await gateway.read(as('admin'), `mutation { requestExport(input: { format: CSV, period: { from: "2026-03-01", through: "2026-03-31" } }) { id } }`);
  await gateway.read(as('admin'), `mutation { setClassActive(classId: "${world.acme.nodeId('e1')}", active: false) { id } }`);
}, 60_000);
afterAll(async () => {
  await world.gateway.close();
});

/** Each list of the graph that an administrator turns pages of, as far as this world has something in it. */
const lists: [name: string, query: (args: string) => string][] = [
  ['groups', args => `{ list: groups${args} { nodes { id } pageInfo { endCursor } } }`],
  ['people', args => `{ list: people${args} { nodes { id } pageInfo { endCursor } } }`],
  ['auditLog', args => `{ list: auditLog${args} { nodes { id } pageInfo { endCursor } } }`],
  ['activityLog', args => `{ list: activityLog${args} { nodes { id } pageInfo { endCursor } } }`],
  ['exports', args => `{ list: exports${args} { nodes { id } pageInfo { endCursor } } }`],
];

/** The same cursor with other places in it: whoever sends one may have changed it. */
const changed = (cursor: string): string[] => {
  const [question, ...keys] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [string, ...unknown[]];
  const odd: unknown[] = ['abc', 'a\0b', 1.5, -1, 1e300, 9_999_999_999, null, true, [], { a: 1 }, '2026-99-99 12:00:00+00', '2026-02-30 12:00:00+00', '2026-01-01 99:00:00+00'];
  const contents = [...odd.map(value => [question, ...keys.map(() => value)]), [question, 'x'], [question]];
  for (const [place] of keys.entries()) {
    for (const value of odd) contents.push([question, ...keys.map((key, at) => (at === place ? value : key))]);
  }
  return contents.map(content => Buffer.from(JSON.stringify(content)).toString('base64url'));
};

test.each(lists)('%s refuses a cursor that nobody gave, or goes on from it, and takes it for no fault of ours', async (_, query) => {
  const { gateway, as } = world;
  const { list } = await gateway.read(as('admin'), query('(first: 1)'));
  expect(list.nodes).toHaveLength(1);
  const seen = new Set<string>();
  for (const cursor of changed(list.pageInfo.endCursor as string)) {
    for (const code of await gateway.codes(as('admin'), query(`(first: 1, after: "${cursor}")`))) seen.add(code);
  }
  expect([[...seen], gateway.bugs]).toEqual([['BAD_USER_INPUT'], []]);
});
