import type { Express } from 'express';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
} from 'graphql';
import request from 'supertest';
import { subgraphs } from '../subgraphs';
import { subgraphServer } from '../subgraphs/shared/subgraph/serve';
import { startGuardedTenants, type GuardedTenants } from './guarded-tenants';

let world: GuardedTenants;
let authorization: string;
beforeAll(async () => {
  world = await startGuardedTenants();
  authorization = `Bearer ${await world.gateway.service.token(world.as('admin'))}`;
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

/** What an answer never holds, whatever was asked. */
const inside = /INTERNAL_SERVER_ERROR|node_modules|\bselect .* from\b|relation "|violates|syntax at|Did you mean|\n {4}at /i;

const texts = [
  ...['', "' or 1=1 --", '\u0001', 'a\ud800b', 'x'.repeat(20_000), '__proto__', 'g1', 'c1', 'p1', 'g99999999999999999999', 'g-1', 'g1e3'],
  ...['2026-02-30', '275760-09-13', '2026-03-01T10:00:00+99:00', 'india', 'land', '{}'],
];
const ofScalar: Record<string, unknown[]> = {
  Int: [0, -1, 1, 2_147_483_647, -2_147_483_648, 1_000],
  SafeInt: [0, -1, Number.MAX_SAFE_INTEGER, 1e10],
  Float: [0, -1, 1e308, 0.5],
  Boolean: [true, false],
  Date: ['2026-03-01', '0001-01-01', '9999-12-31', '2026-12-31'],
  DateTime: ['2026-03-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'],
  JSON: [{ a: 1 }, null, [[]]],
};

/** The n-th odd value of a type: of its kind, and nothing that anybody would send. */
function odd(type: GraphQLInputType, n: number, depth = 0): unknown {
  if (isNonNullType(type)) return odd(type.ofType, n, depth);
  if (isListType(type)) return Array.from({ length: n % 4 }, (_, index) => odd(type.ofType, n + index, depth));
  if (isEnumType(type)) return type.getValues()[n % type.getValues().length]!.name;
  if (isInputObjectType(type)) {
    if (depth > 3) return null;
    const fields = Object.values(type.getFields()).filter(field => isNonNullType(field.type) || n % 4 !== 3);
    return Object.fromEntries(fields.map((field, index) => [field.name, odd(field.type, n + index, depth + 1)]));
  }
  const values = ofScalar[type.name] ?? texts;
  return values[n % values.length];
}

/** All that can be asked of a type without arguments, two levels deep. */
function selection(type: GraphQLNamedType, depth = 0): string {
  if (isLeafType(type)) return '';
  if (!isObjectType(type)) return '{ __typename }';
  const fields = Object.values(type.getFields()).filter(({ args }) => args.every(arg => !isNonNullType(arg.type)));
  const own = fields.filter(field => isLeafType(getNamedType(field.type))).map(({ name }) => name);
  const further = depth > 0 ? [] : fields.filter(field => !isLeafType(getNamedType(field.type))).slice(0, 3);
  return `{ ${['__typename', ...own, ...further.map(field => `${field.name} ${selection(getNamedType(field.type), 1)}`)].join(' ')} }`;
}

function question(kind: string, { name, type, args }: GraphQLField<unknown, unknown>, n: number) {
  const given = args.map((arg, index) => ({ arg, value: odd(arg.type, n + index) })).filter(({ value }) => value !== null);
  const list = (items: string[]): string => (items.length > 0 ? `(${items.join(', ')})` : '');
  const declared = list(given.map(({ arg }) => `$${arg.name}: ${String(arg.type)}`));
  const passed = list(given.map(({ arg }) => `${arg.name}: $${arg.name}`));
  return {
    query: `${kind.toLowerCase()} ${declared} { ${name}${passed} ${selection(getNamedType(type))} }`,
    variables: Object.fromEntries(given.map(({ arg, value }) => [arg.name, value])),
  };
}

const fields = subgraphs.flatMap(({ schema }) =>
  ['Query', 'Mutation'].flatMap(kind => {
    const type = schema.getType(kind);
    return isObjectType(type) ? Object.values(type.getFields()).filter(({ name }) => !name.startsWith('_')).map(field => ({ kind, field })) : [];
  }),
);

test('every field and mutation, asked with odd values of each kind, says in words what is wrong and nothing of its inside', async () => {
  expect(fields.length).toBeGreaterThan(30);
  for (const { kind, field } of fields) {
    for (let n = 0; n < (field.args.length === 0 ? 1 : texts.length); n++) {
      const { query, variables } = question(kind, field, n);
      const { status, text } = await world.gateway.ask(world.as('admin'), query, variables);
      if (status >= 500 || inside.test(text)) throw new Error(`${query} ${JSON.stringify(variables)}\n${status} ${text}`);
    }
  }
});

test('every route, asked for odd things, says so as a problem, with what browsers are told', async () => {
  const values = ['%00', '%2e%2e', 'x'.repeat(5_000), '9999999999999', "'", '%0d%0aset-cookie:a=b', '%ff', '%5c'];
  const reads = subgraphs.flatMap(({ routes }) => routes).filter(({ method }) => method === 'GET').map(({ path }) => path);
  const queries = ['/hierarchy/levels?hierarchy=', '/groups/imports?status=', '/groups/imports?first=', '/groups/export?schoolYear=', '/'];
  for (const value of values) {
    const paths = [...reads.map(path => path.replace(/:\w+/, value)), ...queries.map(path => `${path}${value}`)];
    for (const path of paths) {
      const { status, text, headers } = await request(world.gateway.app).get(path).set({ authorization });
      expect([path, status < 500, inside.test(text), headers['set-cookie']]).toEqual([path, true, false, undefined]);
      expect(headers).toMatchObject({ 'content-security-policy': expect.stringContaining("default-src 'none'"), 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    }
  }
});

test('every route that takes something refuses what is none of it', async () => {
  const writes = subgraphs.flatMap(({ routes }) => routes).filter(({ method }) => method === 'POST').map(({ path }) => path);
  expect(writes.length).toBeGreaterThan(3);
  const types = ['text/csv', 'application/zip', 'application/json', 'multipart/form-data', `multipart/form-data; boundary=${'x'.repeat(100)}`];
  const headers: Record<string, string>[] = [...types.map(type => ({ 'content-type': type })), { 'content-encoding': 'gzip' }];
  for (const path of writes) {
    for (const more of headers) {
      for (const body of ['', 'PK\x03\x04', '[', '\0', '--xxx\r\n\r\n']) {
        const sending = request(world.gateway.app).post(path).set({ authorization, ...more });
        const { status, text } = await sending.serialize(sent => sent as never).send(body);
        if (status >= 500 || inside.test(text)) throw new Error(`${path} ${JSON.stringify([more, body])}\n${status} ${text}`);
      }
    }
  }
});

describe.each(subgraphs.map(({ name }) => name))("%s's own port", name => {
  let port: Express;
  beforeAll(() => {
    const running = world.gateway.service.subgraph(name);
    const { verifyToken } = world.gateway.service;
    port = subgraphServer({ running, verifyToken, checks: [], onBug: error => world.gateway.bugs.push(error), introspection: false });
  });
  const ask = (body: object | string) => request(port).post('/graphql').set({ authorization, 'content-type': 'application/json' }).send(body);

  test.each([{ __typename: 'Nothing' }, { __typename: '__proto__' }, { __typename: 'Query' }, { __typename: 5 }, {}, 1, 'x'])(
    'refuses what is no entity: %j',
    async representation => {
      const query = 'query ($all: [_Any!]!) { _entities(representations: $all) { __typename } }';
      const { body, text } = await ask({ query, variables: { all: [representation] } });
      expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
      expect(text).not.toMatch(inside);
    },
  );

  test.each<[string, object | string]>([
    ['in what names an entity', { query: 'query ($all: [_Any!]!) { _entities(representations: $all) { __typename } }', variables: { all: [{ __typename: 'HierarchyNode', id: 'g000001', hierarchyId: 'in\0dia' }] } }],
    ['in the text, as an escape', { query: 'query ($all: [_Any!]! = [{ __typename: "x\\u0000" }]) { _entities(representations: $all) { __typename } }' }],
    ['in the text, as an escape that JSON wrote otherwise', '{"query":"query ($all: [_Any!]! = [{ __typename: \\"\\u005cu{0}\\" }]) { _entities(representations: $all) { __typename } }"}'],
    ['in the name of an operation', { query: 'query a { __typename }', operationName: 'a\0' }],
  ])('refuses a NUL, %s', async (_, asked) => {
    const { status, body } = await ask(asked);
    expect([status, body.errors[0].message]).toEqual([400, 'A request must not contain a NUL character.']);
  });

  test('refuses thousands of levels in variables', async () => {
    const deep = `{"query":"{ __typename }","variables":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`;
    const { status, body } = await ask(deep);
    expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
  });
});

test('a name in variables that is nearly one is not put right on a port that does not tell its schema', async () => {
  const running = world.gateway.service.subgraph('reporting');
  const { verifyToken } = world.gateway.service;
  const query = `query ($order: ReportOrder) { nodeReport(period: { from: "2026-03-01", through: "2026-03-31" }, orderBy: $order) { children { nodes { node { id } } } } }`;
  const hints = async (introspection: boolean): Promise<boolean> => {
    const port = subgraphServer({ running, verifyToken, checks: [], onBug: () => undefined, introspection });
    const answered = await request(port).post('/graphql').set({ authorization }).send({ query, variables: { order: { by: 'LEARNER' } } });
    expect(answered.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    return answered.text.includes('Did you mean');
  };
  expect([await hints(true), await hints(false)]).toEqual([true, false]);
});
