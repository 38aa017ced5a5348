import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Express } from 'express';
import pino from 'pino';
import request from 'supertest';
import { signDevelopmentToken, verificationKeys } from '../subgraphs/shared/access/keys';
import { tokenVerifier, type VerifyToken } from '../subgraphs/shared/access/token';
import { answeredAt, answeredBehind, answeredWith, headersOfAnswer, versionAnswered, wasBehind } from '../subgraphs/shared/subgraph/answered-at';
import { listen, type OpenServer } from '../subgraphs/shared/subgraph/listen';
import { subgraphServer } from '../subgraphs/shared/subgraph/serve';
import type { RunningSubgraph } from '../subgraphs/shared/subgraph/subgraph';
import { createTestDatabase, type TestDatabase } from '../test/database';
import { connectOwner, createTenant } from '../test/fixture';
import { tinySubgraphs } from '../test/tiny-subgraphs';
import { createGateway, type Gateway } from './app';
import { composedFiles } from './compose';
import { inProcess, type SubgraphConnection } from './connection';
import { overHttp } from './remote-connection';

const supergraphSdl = composedFiles(tinySubgraphs).get('supergraph.graphql')!;
const closedPort = 'http://127.0.0.1:1/graphql';
const onBug = () => undefined;

let database: TestDatabase;
let dataDir: string;
let verifyToken: VerifyToken;
let token: string;
let running: RunningSubgraph[];
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  await createTenant(owner, { key: 'acme', people: { ann: ['ORG_ADMIN'] } });
  await owner.close();
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'strata-gateway-'));
  const rules = { dataDir, issuer: 'test', audience: 'strata' };
  verifyToken = tokenVerifier({ key: await verificationKeys(rules), ...rules });
  const ann = { subject: 'ann', tenant: 'acme', roles: ['ORG_ADMIN'] };
  token = await signDevelopmentToken({ ...rules, now: new Date() }, ann);
  const runtime = { databaseUrl: database.url, stepDown: true, verifyToken, poolSize: 2 };
  running = await Promise.all(tinySubgraphs.map(subgraph => subgraph.start(runtime)));
});

afterAll(async () => {
  for (const one of opened.reverse()) await one.close();
  await Promise.all(running.map(subgraph => subgraph.close()));
  await database.drop();
  rmSync(dataDir, { recursive: true });
});

async function served(subgraph: RunningSubgraph): Promise<OpenServer> {
  const app = subgraphServer({ running: subgraph, verifyToken, checks: [], onBug });
  const server = await listen(app, { port: 0, host: '127.0.0.1' });
  opened.push(server);
  return server;
}

async function gatewayOf(connections: SubgraphConnection[], introspection = true): Promise<Express> {
  const log = pino({ level: 'silent' });
  const parts = { connections, supergraphSdl, introspection, verifyToken, checks: [], log };
  const gateway: Gateway = await createGateway(parts);
  opened.push({ close: () => gateway.stop() });
  return gateway.app;
}

const remote = async (index: number): Promise<SubgraphConnection> =>
  overHttp(tinySubgraphs[index]!, `http://127.0.0.1:${(await served(running[index]!)).port}/graphql`);

const ask = (app: Express, query: string, variables?: object) =>
  request(app).post('/graphql').set('authorization', `Bearer ${token}`).send({ query, variables });

describe.each([
  ['in one process', async () => gatewayOf(running.map(inProcess))],
  ['as services', async () => gatewayOf([await remote(0), await remote(1)])],
])('%s', (_, start) => {
  let app: Express;
  beforeAll(async () => (app = await start()));

  test('fields of several subgraphs make one answer, and the caller is known in each', async () => {
    const { body, status } = await ask(app, '{ books { title readers } whoAmI total }');
    expect(status).toBe(200);
    expect(body).toEqual({
      data: {
        books: [
          { title: 'Emma', readers: 10 },
          { title: 'Ulysses', readers: 20 },
          { title: 'Dune', readers: 30 },
        ],
        whoAmI: 'ann in acme',
        total: 60,
      },
    });
  });

  test.each(['FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT', 'CONFLICT', 'TOO_LARGE', 'UNAVAILABLE', 'RATE_LIMITED'])(
    'a refusal with %s arrives with its code, words and place, and nothing else',
    async code => {
      const { body } = await ask(app, 'query ($code: String!) { no: refuse(code: $code) }', { code });
      expect(body).toEqual({
        data: { no: null },
        errors: [{ message: `Refused: ${code}.`, path: ['no'], extensions: { code } }],
      });
    },
  );

  test('an entity that is refused leaves its neighbours', async () => {
    const { body } = await ask(app, '{ books { id secrets } }');
    expect(body.data.books.map((book: { secrets: unknown }) => book.secrets)).toEqual([1, null, 1]);
    expect(body.errors).toEqual([
      { message: 'Not the second one.', path: ['books', 1, 'secrets'], extensions: { code: 'FORBIDDEN' } },
    ]);
  });

  test('a bug says nothing of itself', async () => {
    const { body, text } = await ask(app, '{ book(id: "b1") { title crash } }');
    expect(body.data).toEqual({ book: { title: 'Emma', crash: null } });
    expect(body.errors).toEqual([
      {
        message: 'Something went wrong on our side.',
        path: ['book', 'crash'],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      },
    ]);
    expect(text).not.toMatch(/password|stack|serviceName|reporting/);
  });

  test.each([
    ['as a variable', 'query ($day: Date!) { weekday(day: $day) }', { day: '2026-02-30' }],
    ['in the text', '{ weekday(day: "2026-02-30") }', undefined],
  ])('a value that its type refuses, %s, is bad input', async (_how, query, variables) => {
    const { body } = await ask(app, query, variables);
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' });
    expect(body.errors[0].message).toContain('2026-02-30');
  });

  test('a token whose person does not exist is refused by the subgraph itself', async () => {
    const rules = { dataDir, issuer: 'test', audience: 'strata', now: new Date() };
    const nobody = await signDevelopmentToken(rules, { subject: 'nobody', tenant: 'acme', roles: ['ORG_ADMIN'] });
    const { body } = await request(app)
      .post('/graphql')
      .set('authorization', `Bearer ${nobody}`)
      .send({ query: '{ whoAmI }' });
    expect(body.errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED' });
  });

  test('nobody but a super admin acts in another tenant: the header is checked by the subgraphs', async () => {
    const { body } = await ask(app, '{ whoAmI }').set('strata-tenant', 'other');
    expect(body.errors[0].extensions).toEqual({ code: 'FORBIDDEN' });
  });

  test("a subgraph's route is reached with its parameters, its body and the caller, and no other header", async () => {
    const { body, status } = await request(app)
      .post('/count/h%C3%A9%2Fllo?page=2')
      .set({ authorization: `Bearer ${token}`, 'content-type': 'application/x-test', 'x-other': 'seen?' })
      .send('12345');
    expect(status).toBe(202);
    expect(body).toEqual({ login: 'ann', word: 'hé/llo', page: '2', type: 'application/x-test', bytes: 5 });
  });

  test('a route without a token answers 401 as a problem, and its bugs say nothing', async () => {
    const refused = await request(app).post('/count/x').send('1');
    expect([refused.status, refused.type]).toEqual([401, 'application/problem+json']);
    expect(refused.body).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    const failed = await request(app).post('/count/crash').set('authorization', `Bearer ${token}`).send('1');
    expect([failed.status, failed.type]).toEqual([500, 'application/problem+json']);
    expect(failed.text).not.toContain('password');
  });

  test('it is ready', async () => {
    const { status, body } = await request(app).get('/readyz');
    expect([status, body.checks]).toEqual([200, ['hierarchy', 'reporting']]);
  });
});

describe("a subgraph's own port", () => {
  let port: string;
  beforeAll(async () => (port = `http://127.0.0.1:${(await served(running[0]!)).port}`));

  test('tells the version of the sender\'s tenant, and of no other, to whoever has a token', async () => {
    const versionFor = (headers: Record<string, string>) => request(port).get('/version').set(headers);
    const own = await versionFor({ authorization: `Bearer ${token}` });
    expect([own.status, own.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(own.body).toEqual({ version: await running[0]!.version({ token }) });
    const acting = await versionFor({ authorization: `Bearer ${token}`, 'strata-tenant': 'platform' });
    expect(acting.body).toEqual(own.body);
    for (const headers of [{}, { authorization: 'Bearer x.y.z' }]) {
      const { status, body } = await versionFor(headers as Record<string, string>);
      expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  test('tells with an answer at which version it was read', async () => {
    const post = (query: string) => request(`${port}/graphql`).post('').set('authorization', `Bearer ${token}`).send({ query });
    const { headers } = await post('{ books { title } }');
    expect(headers['strata-version']).toBe(await running[0]!.version({ token }));
    expect(headers['strata-behind']).toBeUndefined();
  });
});

test('what a server says of an answer in its headers is known of it behind them', () => {
  const arrived = (answer: object) => answeredWith({ ...answer }, new Headers(headersOfAnswer(answer)));
  const told = [{ data: {} }, answeredAt({ data: {} }, '7/8'), answeredBehind({ data: {} })].map(arrived);
  expect(told.map(answer => [versionAnswered(answer), wasBehind(answer)])).toEqual([
    [undefined, false],
    ['7/8', false],
    [undefined, true],
  ]);
});

describe('with a subgraph that is down', () => {
  let app: Express;
  beforeAll(async () => (app = await gatewayOf([inProcess(running[0]!), overHttp(tinySubgraphs[1]!, closedPort)])));

  test('its fields are null and everything else stands', async () => {
    const { body, status, text } = await ask(app, '{ book(id: "b1") { title readers } total }');
    expect(status).toBe(200);
    expect(body.data).toEqual({ book: { title: 'Emma', readers: null }, total: null });
    expect(body.errors.map((error: { path: unknown }) => error.path)).toEqual(
      expect.arrayContaining([['book', 'readers'], ['total']]),
    );
    for (const error of body.errors) expect(error.extensions).toEqual({ code: 'UNAVAILABLE' });
    expect(text).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|fetch failed/);
  });

  test('for a list it is told once, at the list', async () => {
    const { body } = await ask(app, '{ books { title readers } }');
    expect(body.data.books[2]).toEqual({ title: 'Dune', readers: null });
    expect(body.errors).toEqual([expect.objectContaining({ path: ['books'], extensions: { code: 'UNAVAILABLE' } })]);
  });

  test('it is alive, and not ready, and says which', async () => {
    expect((await request(app).get('/healthz')).status).toBe(200);
    const { status, body, type } = await request(app).get('/readyz');
    expect([status, type]).toEqual([503, 'application/problem+json']);
    expect(body.failing).toEqual([{ name: 'reporting', reason: 'cannot be reached' }]);
  });

  test('its routes answer 503', async () => {
    const { status, body } = await request(app).post('/count/x').set('authorization', `Bearer ${token}`).send('1');
    expect([status, body.code]).toEqual([503, 'UNAVAILABLE']);
  });
});

describe('the door', () => {
  let app: Express;
  beforeAll(async () => (app = await gatewayOf(running.map(inProcess), false)));

  test.each([
    ['no token', undefined],
    ['a wrong token', 'Bearer a.b.c'],
    ['another scheme', 'Basic YTpi'],
  ])('%s is 401 before anything is read', async (_how, authorization) => {
    const { status, body, headers } = await request(app)
      .post('/graphql')
      .set(authorization ? { authorization } : {})
      .set('content-type', 'application/json')
      .send('{ not even JSON');
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(body.errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED' });
  });

  test.each([
    ['JSON that is none', '{"query":', 400, 'BAD_USER_INPUT'],
    ['an empty body', '', 400, 'BAD_USER_INPUT'],
    ['several operations at once', '[{"query":"{ total }"}]', 400, 'BAD_USER_INPUT'],
    ['a text that does not parse', '{"query":"{ total "}', 400, 'BAD_USER_INPUT'],
    ['more than 256 KB', `{"query":"${' '.repeat(300_000)}"}`, 413, 'TOO_LARGE'],
    ['too deep a query', `{"query":"{ ${'a { '.repeat(13)} b ${'} '.repeat(13)} }"}`, 400, 'BAD_USER_INPUT'],
    ['introspection where it is off', '{"query":"{ __schema { types { name } } }"}', 400, 'FORBIDDEN'],
  ])('%s is refused in JSON', async (_how, text, expected, code) => {
    const { status, body } = await request(app)
      .post('/graphql')
      .set({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })
      .send(text);
    expect([status, body.errors[0].extensions.code]).toEqual([expected, code]);
    expect(JSON.stringify(body)).not.toMatch(/stack|node_modules|Apollo/);
  });

  test('the limit of a body is named', async () => {
    const { body } = await ask(app, ' '.repeat(300_000));
    expect(body.errors[0].message).toBe("A request's body may have 256 KB at most.");
  });

  test('with introspection off no field names are given away', async () => {
    const { body } = await ask(app, '{ totall }');
    expect(body.errors[0].message).toBe('Cannot query field "totall" on type "Query".');
  });

  test('a mistake is told with its place in the text', async () => {
    const { body } = await ask(app, '{ totall }');
    const place = { locations: [{ line: 1, column: 3 }], extensions: { code: 'BAD_USER_INPUT' } };
    expect(body.errors[0]).toMatchObject(place);
  });

  test('other methods and other paths are told so', async () => {
    const deleted = await request(app).delete('/graphql');
    expect([deleted.status, deleted.headers.allow]).toEqual([405, 'GET, POST']);
    const nowhere = await request(app).get('/nowhere');
    expect([nowhere.status, nowhere.type]).toEqual([404, 'application/problem+json']);
  });
});

test('an answer is the request’s own: what the gateway merges into it changes no later one', async () => {
  const app = await gatewayOf(running.map(inProcess));
  const query = '{ books { id title readers secrets } }';
  const [first, second] = [await ask(app, query), await ask(app, query)];
  expect(second.body).toEqual(first.body);
  expect((await ask(app, '{ books { id title } }')).body.data.books[0]).toEqual({ id: 'b1', title: 'Emma' });
});
