import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import express, { type Express } from 'express';
import request from 'supertest';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant } from '../../../test/fixture';
import { startForTest, type ServiceForTest } from '../../../test/start-for-test';
import type { Database } from '../../shared/database/database';
import { mountRoutes, problemHandler } from '../../shared/subgraph/http';
import { listen } from '../../shared/subgraph/listen';
import { reportingSubgraph } from '../subgraph';
import { mostMegabytes, mostRecords } from './events-body';

let database: TestDatabase;
let owner: Database;
let tenant: number;
let service: ServiceForTest;
let app: Express;
const bugs: unknown[] = [];
let tokens: Record<'admin' | 'partner' | 'teacher', string>;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  const acme = await createTenant(owner, {
    key: 'acme',
    groups: { land: 'country', north: 'state', south: 'state' },
    classes: { n1: {}, s1: {} },
    placements: { india: { land: null, north: 'land', south: 'land', n1: 'north', s1: 'south' } },
    people: { admin: ['ORG_ADMIN'], partner: ['PARTNER'], teacher: ['TEACHER'], lea: ['LEARNER'] },
    grants: { partner: ['north'] },
  });
  tenant = acme.number;
  service = await startForTest({ url: database.url, subgraphs: [reportingSubgraph] });
  const tokenOf = (subject: string) => service.token({ subject, tenant: 'acme', roles: acme.rolesOf(subject) });
  tokens = { admin: await tokenOf('admin'), partner: await tokenOf('partner'), teacher: await tokenOf('teacher') };
  app = express();
  mountRoutes(app, service.subgraph('reporting').routes);
  app.use(problemHandler(bug => bugs.push(bug)));
});

afterEach(() => expect(bugs).toEqual([]));

afterAll(async () => {
  await service.close();
  await owner.close();
  await database.drop();
});

const event = (eventId: string, more: object = {}) => ({
  eventId,
  classId: 'n1',
  userId: 'lea',
  occurredAt: '2026-03-02T10:00:00Z',
  score: 50,
  ...more,
});

const lines = (...records: unknown[]): string => records.map(record => JSON.stringify(record)).join('\n');

interface PostOptions {
  as?: keyof typeof tokens;
  type?: string;
}

const post = (body: string | Buffer, { as = 'admin', type = 'application/x-ndjson' }: PostOptions = {}) =>
  request(app)
    .post('/events')
    .set({ authorization: `Bearer ${tokens[as]}`, 'content-type': type })
    .serialize(bytes => bytes as never)
    .send(body);

const stored = async (prefix: string): Promise<number> => {
  const [row] = await owner.transaction(tenant, 'read', tx =>
    tx.query<{ count: number }>(
      'select count(*)::int as count from activity_events where tenant_id = $1 and event_id like $2',
      [tenant, `${prefix}%`],
    ),
  );
  return row!.count;
};

test('lines are taken in, and sent again they are duplicates', async () => {
  const body = lines(event('a1'), event('a2'));
  const first = await post(body);
  expect([first.status, first.body]).toEqual([202, { accepted: 2, duplicates: 0, rejected: [] }]);
  const second = await post(body);
  expect(second.body).toEqual({ accepted: 0, duplicates: 2, rejected: [] });
  expect(await stored('a')).toBe(2);
});

test('an id is told from every other, whatever its letters, its length and what else came with it', async () => {
  const ids = ['i', 'I', 'ı', 'i ', '🙂', 'ié', 'ie\u0301', 'i'.repeat(512), `${'i'.repeat(511)}j`];
  const first = await post(lines(...ids.map(id => event(id)), event('i'), event('i', { score: 51 })));
  expect(first.body).toMatchObject({ accepted: ids.length, duplicates: 1, rejected: [{ eventId: 'i', code: 'CONFLICT' }] });
  const again = await post(lines(...ids.map(id => event(id)), event('is new'), event('i', { score: 51 })));
  expect(again.body).toMatchObject({ accepted: 1, duplicates: ids.length, rejected: [{ eventId: 'i', code: 'CONFLICT' }] });
});

test('ids that UTF-8 cannot tell apart are one id', async () => {
  const [left, right] = ['"\\ud800"', '"\\udbff"'].map(id => JSON.stringify(event('surrogate')).replace('"surrogate"', id));
  const { body } = await post(`${left}\n${right}\n${right!.replace('"score":50', '"score":51')}`);
  expect(body).toMatchObject({ accepted: 1, duplicates: 1, rejected: [{ code: 'CONFLICT' }] });
});

test('a list in JSON, zipped or not, is the same', async () => {
  const plain = await post(JSON.stringify([event('b1')], null, 2), { type: 'application/json; charset=utf-8' });
  expect(plain.body).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  const zipped = await post(gzipSync(JSON.stringify([event('b1'), event('b2')])), { type: 'application/json' }).set(
    'content-encoding',
    'gzip',
  );
  expect(zipped.body).toEqual({ accepted: 1, duplicates: 1, rejected: [] });
});

test('a line that is no JSON is one rejected record; BOM, CRLF and empty lines are none', async () => {
  const text = `\uFEFF${JSON.stringify(event('c1'))}\r\n\r\n{"eventId": "c2", \n${JSON.stringify(event('c3'))}\n`;
  const { status, body } = await post(text);
  expect(status).toBe(202);
  expect(body).toEqual({
    accepted: 2,
    duplicates: 0,
    rejected: [{ eventId: '', code: 'BAD_USER_INPUT', message: 'line 3: it is not JSON.' }],
  });
});

test('a record without an id is told by where it stands', async () => {
  const rejected = [
    'line 1: eventId is missing.',
    "line 4: there is no field 'event_id'; eventId may be meant.",
    'line 5: an event must be a JSON object, not 7.',
  ].map(message => ({ eventId: '', code: 'BAD_USER_INPUT', message }));
  const { eventId, ...rest } = event('n1');
  const { body } = await post(`${lines({ ...rest }, event('n2'))}\n\n${lines({ ...rest, event_id: eventId }, 7)}`);
  expect(body).toEqual({ accepted: 1, duplicates: 0, rejected });
  const { body: list } = await post(JSON.stringify([event('n2'), { ...rest, eventId: 3 }]), { type: 'application/json' });
  expect(list.rejected).toEqual([{ eventId: '', code: 'BAD_USER_INPUT', message: 'event 2: eventId must be text, not 3.' }]);
});

test.each([
  ['Score', 'score', 80],
  ['seconds_spent', 'secondsSpent', 5],
  ['subjects', 'subject', 'Art'],
  ['contentsource', 'contentSource', 'atlas'],
  ['compentency', 'competency', 'C1'],
])('a field of almost a name is refused, since it would count as none: %s', async (name, meant, value) => {
  const { [meant as 'score']: _, ...rest } = event(`m-${name}`) as Record<string, unknown> & { score: number };
  const { body } = await post(lines({ ...rest, [name]: value }, { ...rest, eventId: `m2-${name}`, [name]: null }));
  const message = `there is no field '${name}'; ${meant} may be meant.`;
  expect(body).toEqual({ accepted: 1, duplicates: 0, rejected: [{ eventId: `m-${name}`, code: 'BAD_USER_INPUT', message }] });
});

test('fields of other names are passed over, and told', async () => {
  const beside = await post(lines(event('o0', { Score: 3 })));
  expect(beside.body).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  const { body } = await post(lines(event('o1', { device: 'tablet', grade: 5 }), event('o2', { device: 'phone' })));
  expect(body).toEqual({ accepted: 2, duplicates: 0, rejected: [], ignoredFields: ['device', 'grade'] });
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${'x'.repeat(100)}${index}`, 1]));
  const { body: told } = await post(lines(event('o3', many)));
  expect(told).toMatchObject({ accepted: 1, ignoredFields: ['x'.repeat(64)] });
});

test('a word of its own is passed over, though a letter makes it a field', async () => {
  const { score: _, ...rest } = event('w') as Record<string, unknown>;
  const words = { scope: 'lesson', store: 7, core: true, scored: false, mind: 1, kid: 'k', stats: { opened: 3 }, states: [] };
  const { body } = await post(lines({ ...rest, eventId: 'words', ...words }));
  expect(body).toEqual({ accepted: 1, duplicates: 0, rejected: [], ignoredFields: Object.keys(words) });
  const { body: none } = await post(lines(event('t-none', { tenant_id: null })));
  expect(none).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
});

test('an event that is said to be of another tenant is rejected', async () => {
  const { body } = await post(lines(...['acme', 'other', 7].map(tenant_id => event(`t-${tenant_id}`, { tenant_id }))));
  const told = (came: string) => `tenant_id must be 'acme', the tenant of the token, or be left out; ${came} came.`;
  expect(body).toEqual({
    ...{ accepted: 1, duplicates: 0 },
    rejected: [["t-other", told("'other'")], ['t-7', told('something else')]]
      .map(([eventId, message]) => ({ eventId, code: 'BAD_USER_INPUT', message })),
  });
});

test('of thousands of records that are rejected at once each is told, and what comes behind them is taken', async () => {
  const nameless = Array.from({ length: 50_000 }, () => ({}));
  const { body } = await post(lines(...nameless, event('at last')));
  expect([body.accepted, body.rejected.length]).toEqual([1, nameless.length]);
  expect(body.rejected.at(-1).message).toBe(`line ${nameless.length}: eventId is missing.`);
});

test('a line that is not UTF-8 is rejected, never guessed at', async () => {
  const latin = Buffer.from(`${JSON.stringify(event('d1', { subject: 'é' }))}\n`, 'latin1');
  const { body } = await post(Buffer.concat([latin, Buffer.from(JSON.stringify(event('d2')))]));
  expect(body).toMatchObject({ accepted: 1, rejected: [{ message: 'line 1: it is not UTF-8.' }] });
});

test('a list that is no JSON is refused as a whole', async () => {
  const { status, body, type } = await post(`[${JSON.stringify(event('e1'))}, {`, { type: 'application/json' });
  expect([status, type, body.code]).toEqual([400, 'application/problem+json', 'BAD_USER_INPUT']);
  expect(await stored('e')).toBe(0);
});

test('a partner sends for the classes it covers, and only for them', async () => {
  const { body } = await post(lines(event('f1'), event('f2', { classId: 's1' })), { as: 'partner' });
  expect(body).toMatchObject({ accepted: 1, rejected: [{ eventId: 'f2', code: 'FORBIDDEN' }] });
});

test('who is neither an administrator nor a partner is refused', async () => {
  const { status, body } = await post(lines(event('g1')), { as: 'teacher' });
  expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
  const nobody = await request(app).post('/events').set('content-type', 'application/json').send('[]');
  expect([nobody.status, nobody.body.code]).toEqual([401, 'UNAUTHENTICATED']);
});

test.each([
  ['another type', { 'content-type': 'text/csv' }, 'not as text/csv'],
  ['another encoding', { 'content-type': 'application/json', 'content-encoding': 'br' }, 'not br'],
  ['gzip that is none', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'not gzip'],
])('%s is refused in words', async (_, headers, words) => {
  const { status, body } = await post('[]').set(headers);
  expect([status, body.code]).toEqual([400, 'BAD_USER_INPUT']);
  expect(body.detail).toContain(words);
});

test('what is too large is refused by its unzipped size, and nothing of it is stored', async () => {
  const many = `${JSON.stringify(event('h1'))}\n${' '.repeat(mostMegabytes * 1024 * 1024)}`;
  const zipped = await post(gzipSync(many)).set('content-encoding', 'gzip');
  expect([zipped.status, zipped.body.code]).toEqual([413, 'TOO_LARGE']);
  expect(zipped.body.detail).toContain(`${mostMegabytes} MB`);
  const plain = await post(many);
  expect(plain.status).toBe(413);
  expect(await stored('h')).toBe(0);
});

test.each<[string, (times: number) => string]>([
  ['lines that are none', times => '1\n'.repeat(times)],
  ['empty lines', times => '\n'.repeat(times)],
  ['a list of numbers', times => `[${'1,'.repeat(times)}1]`],
  ['a list of empty objects', times => `[${'{},'.repeat(times)}{}]`],
  ['empty objects in a line', times => `{"a":[${'[],'.repeat(times)}[]]}`],
  ['them behind a text that never ends', times => `"\n{"a":[${'{},'.repeat(times)}{}]}`],
])('more records than may come in one request are refused before anything is made of them: %s', async (_, body) => {
  const { status, body: told } = await post(`${body(mostRecords + 5)}`);
  expect([status, told.code]).toEqual([413, 'TOO_LARGE']);
  expect(told.detail).toContain('200,000');
});

test('braces within texts are none, and thousands of levels are one bad value', async () => {
  const text = `a\\"${'{'.repeat(400)}`;
  const many = Array.from({ length: 600 }, (_, index) => ({ ...event(`b${index}`), subject: text, kind: 'NONE' }));
  const { status, body } = await post(JSON.stringify(many));
  expect([status, body.rejected.length]).toEqual([202, 600]);
  const deep = JSON.stringify(event('deep')).replace(/"score":[^,}]+/, `"score":${'['.repeat(20_000)}${']'.repeat(20_000)}`);
  const answered = await post(`[${deep}]`);
  expect([answered.status, answered.body.rejected[0].message]).toEqual([202, expect.stringMatching(/^score must be/)]);
});

test.each([
  ['plain', (body: Buffer) => body, {}],
  ['zipped', (body: Buffer) => gzipSync(body), { 'content-encoding': 'gzip' }],
])('of a %s body that breaks off nothing is stored; sent again in full, all is', async (how, encode, headers) => {
  const records = Array.from({ length: 5_000 }, (_, index) => event(`${how}${index}`));
  const body = encode(Buffer.from(lines(...records)));
  const server = await listen(app, { port: 0, host: '127.0.0.1' });
  const sent = httpRequest({
    ...{ host: '127.0.0.1', port: server.port, method: 'POST', path: '/events' },
    headers: {
      authorization: `Bearer ${tokens.admin}`,
      'content-type': 'application/x-ndjson',
      'content-length': body.length,
      ...headers,
    },
  });
  const broken = new Promise(resolve => sent.once('close', resolve));
  sent.on('error', () => undefined);
  sent.write(body.subarray(0, Math.floor(body.length * 0.9)), () => sent.destroy());
  await broken;
  await server.close(2_000);
  expect(await stored(how)).toBe(0);
  const { body: receipt } = await post(body).set(headers);
  expect(receipt).toEqual({ accepted: records.length, duplicates: 0, rejected: [] });
});
