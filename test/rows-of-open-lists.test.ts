import request from 'supertest';
import { defaultLimits } from '../subgraphs/shared/limits/limits';
import { subgraphServer } from '../subgraphs/shared/subgraph/serve';
import { createTenant, type KnownTenant, type TenantFixture } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

/** A tenant with many roots: how many, nobody can tell before they are read. */
const roots = 60;
const limits = { rows: 400 };
const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };

function manyRoots(): TenantFixture {
  const countries = Array.from({ length: roots }, (_, n) => `k${n}`);
  const below = (name: string, parent: (country: string, n: number) => string | null) =>
    Object.fromEntries(countries.map((country, n) => [`${name}${n}`, parent(country, n)]));
  return {
    key: 'acme',
    groups: Object.fromEntries(countries.map(country => [country, 'country' as const])),
    classes: Object.fromEntries(countries.map((_, n) => [`c${n}`, {}])),
    placements: { india: { ...below('k', () => null), ...below('c', country => country) } },
    people: { admin: ['ORG_ADMIN'] },
  };
}

let gateway: GatewayForTest;
let acme: KnownTenant;
beforeAll(async () => {
  const fill = async (owner: Parameters<typeof createTenant>[0]) => void (acme = await createTenant(owner, manyRoots()));
  gateway = await startGateway({ fill, now: new Date('2026-03-20T12:00:00Z'), background: false, limits });
});
afterAll(async () => {
  await gateway.close();
  expect(gateway.bugs).toEqual([]);
});

const march = 'period: { from: "2026-03-01", through: "2026-03-31" }';
const ask = (query: string, variables?: object) => gateway.ask(admin, query, variables);
const codes = async (query: string, variables?: object) => (await ask(query, variables)).errors.map(({ extensions }) => extensions?.code);

describe.each([
  ['hierarchy', (below: string) => `{ hierarchy { roots { name ${below} } } }`],
  ['viewer', (below: string) => `{ viewer { roots { name ${below} } } }`],
])('roots of the %s', (field, query) => {
  test('come all, with a figure each', async () => {
    const { data, errors } = await ask(query(`performance(${march}) { attempts }`));
    expect(errors).toEqual([]);
    expect(data[field].roots).toHaveLength(roots);
    expect((await ask(query('children(first: 5) { nodes { name } }'))).errors).toEqual([]);
  });

  test.each([
    ['points of a trend', `performanceTrend(${march}, interval: DAY) { attempts }`],
    ['points of another', `timeSpentTrend(${march}, interval: DAY) { totalSeconds }`],
    ["points of another subgraph's", `competencyTrend(${march}, interval: DAY) { completed }`],
    ['children', 'children(first: 20) { nodes { name } }'],
    ['children in a fragment', '...f } } } fragment f on HierarchyNode { ... on HierarchyNode { page: children(first: 20) { nodes { name } '],
  ])('with more %s in all than a query may have, are refused, and nothing of these is read', async (_, below) => {
    const { status, errors } = await ask(query(below));
    expect([status, errors.map(({ extensions }) => extensions?.code)]).toEqual([200, ['TOO_LARGE']]);
    expect(errors[0]!.message).toMatch(/may have 1,[0-9]{3} rows in all/);
    // Again, since what comes again is compiled, and goes to its subgraph as it came.
    for (let time = 0; time < 3; time++) expect(await codes(query(below))).toEqual(['TOO_LARGE']);
  });
});

test.each<[string, string, object]>([
  ['within a list beside an empty page', `{ nodeReport(first: 0, nodeId: "ID", ${march}) { node { node { ancestors { children(first: 1000) { nodes { name } } } } } } }`, {}],
  ['by pages whose length is null', '{ hierarchyNode(id: "ID") { children(first: null) { nodes { children(first: null) { nodes { name } } } } } }', {}],
  ['by a null that stands for a default', 'query ($n: Int = 0) { hierarchyNode(id: "ID") { children(first: $n) { nodes { children(first: $n) { nodes { name } } } } } }', { n: null }],
])('rows do not go uncounted %s', async (_, query, variables) => {
  const { status, errors } = await ask(query.replace('ID', acme.nodeId('k0')), variables);
  expect([status, errors.map(({ extensions }) => extensions?.code)]).toEqual([400, ['TOO_LARGE']]);
});

describe("a subgraph's own port", () => {
  const port = async (name: 'hierarchy' | 'reporting', body: object) => {
    const { verifyToken, subgraph, token } = gateway.service;
    const parts = { running: subgraph(name), verifyToken, checks: [], onBug: () => undefined, limits: { ...defaultLimits, ...limits } };
    return request(subgraphServer(parts)).post('/graphql').set('authorization', `Bearer ${await token(admin)}`).send(body);
  };
  const named = (count: number) => ({
    all: Array.from({ length: count }, (_, n) => ({ __typename: 'HierarchyNode', id: acme.nodeId(`k${n % roots}`), hierarchyId: 'india' })),
  });

  test.each<['hierarchy' | 'reporting', string, number]>([
    ['reporting', 'query ($all: [_Any!]!) { _entities(representations: $all) { __typename } }', 801],
    ['reporting', `query ($all: [_Any!]!) { _entities(representations: $all) { ... on HierarchyNode { performanceTrend(${march}, interval: DAY) { attempts } } } }`, 30],
    ['hierarchy', 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on HierarchyNode { children(first: 400) { nodes { name } } } } }', 3],
    ['hierarchy', '{ hierarchyNode(id: "x") { children(first: 30) { nodes { children(first: 30) { nodes { name } } } } } }', 0],
  ])('of %s counts the rows too: %s', async (name, query, count) => {
    const { status, body } = await port(name, { query, variables: named(count) });
    expect([status, body.errors[0].extensions.code]).toEqual([413, 'TOO_LARGE']);
  });

  test('takes what the gateway may send', async () => {
    const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on HierarchyNode { performanceTrend(${march}, interval: DAY) { attempts } } } }`;
    const { status, body } = await port('reporting', { query, variables: named(20) });
    expect([status, body.errors]).toEqual([200, undefined]);
  });
});
