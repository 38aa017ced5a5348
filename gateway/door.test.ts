import { get, request as begin } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Express } from 'express';
import { Client } from 'pg';
import request from 'supertest';
import type { OpenServer } from '../subgraphs/shared/subgraph/listen';
import { openDoor, type OpenDoor } from '../test/door';

let door: OpenDoor;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

describe('what a request may be', () => {
  let app: Express;
  beforeAll(async () => (app = await door.gatewayWith({ limits: { requests: 0 } })));

  const deep = (levels: number): string => (levels === 0 ? 'kind' : `ofType { ${deep(levels - 1)} }`);
  test.each<[string, string, number, string]>([
    ['a text of too many words', `{ ${'total '.repeat(2_001)} }`, 400, 'BAD_USER_INPUT'],
    ['a text of many words in many fragments', `{ total } ${Array.from({ length: 300 }, (_, n) => `fragment f${n} on Query { total }`).join(' ')}`, 400, 'BAD_USER_INPUT'],
    ['directives by the hundred', `{ total ${'@skip(if: false) '.repeat(400)} }`, 400, 'BAD_USER_INPUT'],
    ['the same field a thousand times', `{ books { ${'title '.repeat(1_500)} } }`, 400, 'BAD_USER_INPUT'],
    ['31 aliases', `{ books { ${Array.from({ length: 31 }, (_, n) => `t${n}: title`).join(' ')} } }`, 400, 'BAD_USER_INPUT'],
    ['aliases of one field', `{ ${Array.from({ length: 21 }, (_, n) => `t${n}: total`).join(' ')} }`, 400, 'BAD_USER_INPUT'],
    ['a fragment bomb', `{ ...f0 } ${Array.from({ length: 40 }, (_, n) => `fragment f${n} on Query { a${n}: books { id } ...f${n + 1} ...f${n + 1} }`).join(' ')} fragment f40 on Query { total }`, 400, 'BAD_USER_INPUT'],
    ['fragments in a ring', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }', 400, 'BAD_USER_INPUT'],
    ['introspection', '{ __schema { types { name } } }', 400, 'FORBIDDEN'],
    ['introspection of a type, deep', `{ __type(name: "Query") { ${deep(9)} } }`, 400, 'FORBIDDEN'],
    ['introspection in a fragment', '{ ...f } fragment f on Query { __schema { queryType { name } } }', 400, 'FORBIDDEN'],
    ['the schema of a subgraph', '{ _service { sdl } }', 400, 'BAD_USER_INPUT'],
    ['entities past the planner', '{ _entities(representations: []) { __typename } }', 400, 'BAD_USER_INPUT'],
    ['a subscription', 'subscription { total }', 400, 'BAD_USER_INPUT'],
    ['a mutation that there is not', 'mutation { total }', 400, 'BAD_USER_INPUT'],
    ['two operations and no name', 'query a { total } query b { total }', 400, 'BAD_USER_INPUT'],
    ['a NUL', '{ book(id: "\\u0000") { title } }', 400, 'BAD_USER_INPUT'],
    ['a type system', 'type Query { total: Int }', 400, 'BAD_USER_INPUT'],
    ['defer', '{ books { ... @defer { title } } }', 400, 'BAD_USER_INPUT'],
  ])('%s', async (_, query, status, code) => {
    const answered = await door.ask(app, query);
    expect([answered.status, answered.body.errors?.[0].extensions.code ?? '']).toEqual([status, code]);
    expect(answered.text).not.toMatch(/node_modules|stack|Did you mean/);
  });

  test.each<[string, object | string | Buffer, Record<string, string>, number]>([
    ['a batch', '[{"query":"{ total }"},{"query":"{ total }"}]', {}, 400],
    ['variables that are a list', { query: '{ total }', variables: [1] }, {}, 400],
    ['a query that is an object', { query: { a: 1 } }, {}, 400],
    ['JSON a hundred levels deep', `{"query":"{ total }","variables":{"a":${'['.repeat(98)}${']'.repeat(98)}}}`, {}, 200],
    ['JSON of more levels', `{"query":"{ total }","variables":{"a":${'['.repeat(100)}${']'.repeat(100)}}}`, {}, 400],
    ['JSON of a hundred thousand levels', `{"query":"{ total }","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, {}, 400],
    ['as much in what is not asked for', `{"query":"{ total }","extensions":{"a":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}}`, {}, 400],
    ['a key twice', '{"query":"{ nothing }","query":"{ total }"}', {}, 200],
    ['a prototype for everybody', '{"query":"{ total }","variables":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}', {}, 200],
    ['a small body that unpacks to a large one', gzipSync(`{"query":"${' '.repeat(5_000_000)}"}`), { 'content-encoding': 'gzip' }, 413],
    ['a body that unpacks to nothing sound', Buffer.from('no gzip'), { 'content-encoding': 'gzip' }, 400],
    ['an unknown encoding', 'x', { 'content-encoding': 'x' }, 400],
    ['an unknown character set', '{}', { 'content-type': 'application/json; charset=x' }, 400],
    ['a form', 'query={total}', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
    ['plain text, which any page may send', '{"query":"{ total }"}', { 'content-type': 'text/plain' }, 400],
    ['a file upload', '--x--', { 'content-type': 'multipart/form-data; boundary=x' }, 400],
  ])('%s', async (_, body, headers, status) => {
    const sending = request(app).post('/graphql').set({ ...door.headersOf(door.ann), ...headers });
    const answered = Buffer.isBuffer(body) ? await sending.serialize(sent => sent as never).send(body) : await sending.send(body);
    expect(answered.status).toBe(status);
    expect(answered.text).not.toMatch(/node_modules|    at /);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('a query by GET is answered for who says that it is no page, and for nobody else', async () => {
    const query = new URLSearchParams({ query: '{ total }' });
    const plain = await request(app).get(`/graphql?${query}`).set('authorization', `Bearer ${door.ann}`);
    expect(plain.status).toBe(400);
    const meant = await request(app).get(`/graphql?${query}`).set({ ...door.headersOf(door.ann) });
    expect(meant.body).toEqual({ data: { total: 60 } });
  });

  test('a query by GET is measured before it is compared with the schema', async () => {
    const query = encodeURIComponent(`{ books { ${Array.from({ length: 31 }, (_, n) => `t${n}: nothing`).join(' ')} } }`);
    const { status, body } = await request(app).get(`/graphql?query=${query}`).set(door.headersOf(door.ann));
    expect([status, body.errors.map(({ message }: { message: string }) => message)]).toEqual([400, [expect.stringContaining('31 aliases')]]);
  });

  test('nobody without a token has anything read, however large or broken', async () => {
    for (const body of ['{', `{"query":"${'x'.repeat(400_000)}"}`, '[]']) {
      const answered = await request(app).post('/graphql').type('json').send(body);
      expect([answered.status, answered.body.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  test.each(['x'.repeat(20_000), 'a b', 'é'])('an odd token is refused, and ends nothing (%#)', async token => {
    const answered = await request(app).post('/graphql').set('authorization', `Bearer ${Buffer.from(token).toString('latin1')}`).send({}).catch(error => error);
    expect([401, 431]).toContain(answered.status);
    expect((await door.ask(app, '{ total }')).status).toBe(200);
  });

  test('a hint is given away neither in the text nor in variables', async () => {
    const query = 'query ($code: ProblemCode) { refuse(code: $code) totall weekday(dai: 1) }';
    expect((await door.ask(app, query)).text).not.toMatch(/Did you mean|"total"/);
  });
});

describe('how much a query may read', () => {
  test('is refused before anything is read, with what it would be and what it may be', async () => {
    const app = await door.gatewayWith({ limits: { rows: 100 } });
    const lists = Array.from({ length: 11 }, (_, n) => `b${n}: books { id }`);
    const { status, body } = await door.ask(app, `{ ${lists.join(' ')} }`);
    expect([status, body]).toEqual([400, { errors: [expect.objectContaining({ extensions: { code: 'TOO_LARGE' } })] }]);
    expect(body.errors[0].message).toMatch(/110 rows in all; 100 at most/);
    expect((await door.ask(app, `{ ${lists.slice(1).join(' ')} }`)).status).toBe(200);
  });
});

describe('how often a caller may ask', () => {
  test('ends with 429 and when to come back, for that caller alone, on the graph and the routes alike', async () => {
    const app = await door.gatewayWith({ limits: { requests: 5 } });
    for (let n = 0; n < 5; n++) expect((await door.ask(app, '{ total }')).status).toBe(200);
    const { status, body, headers } = await door.ask(app, '{ total }');
    expect([status, body.errors[0].extensions]).toEqual([429, { code: 'RATE_LIMITED' }]);
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    const route = await request(app).post('/count/x').set('authorization', `Bearer ${door.ann}`).send('1');
    expect([route.status, route.body.code, route.headers['retry-after']]).toEqual([429, 'RATE_LIMITED', expect.any(String)]);
    expect((await door.ask(app, '{ total }', door.bob)).status).toBe(200);
    expect((await request(app).get('/healthz')).status).toBe(200);
  });

  test('goes by the address for who has no token, and by what a trusted proxy says of it', async () => {
    const app = await door.gatewayWith({ limits: { requests: 2 }, trustedProxies: ['loopback'] });
    const from = (address: string) => request(app).post('/count/x').set('x-forwarded-for', address).send('1');
    const statuses = [await from('203.0.113.1'), await from('203.0.113.1'), await from('203.0.113.1'), await from('203.0.113.2')];
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 429, 401]);
    const distrusting = await door.gatewayWith({ limits: { requests: 2 } });
    const spoofed = [];
    for (let n = 0; n < 3; n++) spoofed.push(await request(distrusting).post('/count/x').set('x-forwarded-for', `203.0.113.${n}`).send('1'));
    expect(spoofed.map(({ status }) => status)).toEqual([401, 401, 429]);
  });
});

describe('how often somebody without a token may ask', () => {
  const statusesOf = async (app: Express, times: number, headers: (n: number) => Record<string, string>): Promise<number[]> => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n++) statuses.push((await request(app).post('/graphql').set(headers(n)).send({ query: '{ total }' })).status);
    return statuses;
  };

  test('ends on the graph too, whatever tokens are tried; who has one goes on from the same address', async () => {
    const app = await door.gatewayWith({ limits: { requests: 3 } });
    expect(await statusesOf(app, 2, () => ({}))).toEqual([401, 401]);
    expect(await statusesOf(app, 3, n => ({ authorization: `Bearer a.guess.${n}` }))).toEqual([401, 429, 429]);
    const route = await request(app).post('/count/x').send('1');
    expect([route.status, route.headers['retry-after']]).toEqual([429, expect.any(String)]);
    expect((await door.ask(app, '{ total }')).status).toBe(200);
  });

  test('goes by the network where there are as many addresses as anybody likes', async () => {
    const app = await door.gatewayWith({ limits: { requests: 2 }, trustedProxies: ['loopback'] });
    expect(await statusesOf(app, 3, n => ({ 'x-forwarded-for': `2001:db8:1:2::${n}` }))).toEqual([401, 401, 429]);
    expect(await statusesOf(app, 1, () => ({ 'x-forwarded-for': '2001:db8:1:3::1' }))).toEqual([401]);
  });
});

describe('how much of a caller goes on at once beside the graph', () => {
  test('is limited; the rest waits, what has gone meanwhile takes no place, and others are not kept', async () => {
    const server = await door.serve(await door.gatewayWith({ limits: { atOnce: 2 } }));
    const order: string[] = [];
    const sendTo = (word: string, token: string) => {
      const headers = { authorization: `Bearer ${token}`, 'transfer-encoding': 'chunked' };
      const sending = begin({ host: '127.0.0.1', port: server.port, method: 'POST', path: `/count/${word}`, headers });
      const ended = new Promise<void>(resolve => {
        sending.on('response', response => response.resume().on('end', () => (order.push(word), resolve())));
        sending.on('error', () => resolve());
      });
      sending.write('a part');
      return { sending, ended };
    };
    const settle = () => new Promise(resolve => setTimeout(resolve, 100));
    const slow = sendTo('slow', door.ann);
    await settle();
    const gone = sendTo('gone', door.ann);
    await settle();
    gone.sending.destroy();
    const second = sendTo('second', door.ann);
    second.sending.end();
    const other = sendTo('other', door.bob);
    other.sending.end();
    await other.ended;
    await settle();
    expect(order).toEqual(['other']);
    slow.sending.end();
    await second.ended;
    expect(order).toEqual(['other', 'slow', 'second']);
  });
});

describe('how many connections a caller can hold', () => {
  /** Requests whose bodies never end; each with the status that it is answered with, or none for now. */
  const open = (port: number, { token, path, times }: { token: string; path: string; times: number }) =>
    Array.from({ length: times }, () => {
      const headers = { ...door.headersOf(token), 'transfer-encoding': 'chunked' };
      const sending = begin({ host: '127.0.0.1', port, method: 'POST', path, headers });
      const one: { sending: typeof sending; status?: number } = { sending };
      sending.on('response', response => (one.status = response.resume().statusCode)).on('error', () => undefined);
      sending.write('{"query":');
      return one;
    });

  test.each(['/graphql', '/count/slow'])('by bodies that never end is limited (%s), and others are not kept', async path => {
    const app = await door.gatewayWith({ limits: { atOnce: 2, waiting: 5 } });
    const { port } = await door.serve(app);
    const held = open(port, { token: door.ann, path, times: 30 });
    const most = path === '/graphql' ? 7 : 6;
    for (let tries = 0; tries < 100 && held.filter(({ status }) => status).length < 30 - most; tries++) {
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    const statuses = held.map(({ status }) => status).filter(status => status !== undefined);
    expect(statuses).toEqual(Array(30 - most).fill(429));
    expect((await door.ask(app, '{ total }', door.bob)).status).toBe(200);
    for (const { sending } of held) sending.destroy();
    let again = 0;
    for (let tries = 0; tries < 100 && again !== 200; tries++) again = (await door.ask(app, '{ total }')).status;
    expect(again).toBe(200);
  });
});

describe.each([
  ['in one process', async () => undefined],
  ['as services', () => door.asServices({ seconds: 20 })],
])('how long a request may take, %s', (_, connectionsOf) => {
  let app: Express;
  /** On the same connections, with the usual time. */
  let patient: Express;
  let server: OpenServer;
  let watcher: Client;
  beforeAll(async () => {
    const connections = await connectionsOf();
    app = await door.gatewayWith({ limits: { seconds: 1 }, ...(connections ? { connections } : {}) });
    patient = await door.gatewayWith(connections ? { connections } : {});
    server = await door.serve(app);
    watcher = new Client({ connectionString: door.database.adminUrl });
    await watcher.connect();
  });
  afterAll(() => watcher.end());

  const sleeping = async (): Promise<number> => {
    const { rows } = await watcher.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and state = 'active' and query like 'select pg_sleep%'`,
    );
    return rows[0]!.n;
  };
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 20));
  };

  test('what takes too long is answered with UNAVAILABLE, the rest stands, and the database gives it up', async () => {
    const { status, body } = await door.ask(app, '{ slow(seconds: 50) __typename }');
    expect([status, body.data]).toEqual([200, { slow: null, __typename: 'Query' }]);
    expect(body.errors).toEqual([expect.objectContaining({ path: ['slow'], extensions: { code: 'UNAVAILABLE' } })]);
    await until(async () => (await sleeping()) === 0);
  });

  test('what never answers is not waited for', async () => {
    const { body } = await door.ask(app, '{ hang }');
    expect([body.data.hang, body.errors[0].extensions]).toEqual([null, { code: 'UNAVAILABLE' }]);
  });

  test('what nobody waits for any more the database gives up too', async () => {
    const going = get({
      ...{ host: '127.0.0.1', port: server.port, path: `/graphql?query=${encodeURIComponent('{ slow(seconds: 51) }')}` },
      headers: door.headersOf(door.ann),
    });
    going.on('error', () => undefined);
    await until(async () => (await sleeping()) > 0);
    going.destroy();
    await until(async () => (await sleeping()) === 0);
  });

  test('a connection whose statement was given up serves the next caller well', async () => {
    await Promise.all(Array.from({ length: 6 }, () => door.ask(app, '{ slow(seconds: 52) }')));
    const answers = await Promise.all(Array.from({ length: 12 }, () => door.ask(patient, '{ slow(seconds: 0) whoAmI }')));
    for (const { body } of answers) expect(body).toEqual({ data: { slow: 0, whoAmI: 'ann in acme' } });
  });
});
