import request from 'supertest';
import { decodeJwt } from 'jose';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { platformTenant } from '../migrations/row-level-security';
import { mostAttempts, mostTold } from '../subgraphs/roster/people/attempts';
import { setPassword } from '../subgraphs/roster/people/set-password';
import type { OAuthClient } from '../subgraphs/shared/access/oauth-clients';
import type { Database } from '../subgraphs/shared/database/database';
import { defaultLimits } from '../subgraphs/shared/limits/limits';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import { insertRows } from './fixture.queries';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';
import { strata } from './strata-command';
import { twoHierarchies } from './two-hierarchies';

const oauth: OAuthClient[] = [
  { id: 'sis', secret: 'a secret of acme’s + more', tenant: 'acme', permissions: { ORG_ADMIN: ['GROUP_WRITE'] } },
  { id: 'rivals', secret: "a secret of the rival's", tenant: 'rival', permissions: {} },
];
const password = 'correct horse battery';
const now = new Date('2026-03-20T12:00:00Z');
/** Beside one that costs what all do, passwords that cost this test little: it tries many. */
const cheap = { ln: 4, r: 8, p: 1 };

let gateway: GatewayForTest;
let acme: KnownTenant;
beforeAll(async () => {
  const fill = async (owner: Database) => {
    acme = await createTenant(owner, { ...twoHierarchies('acme'), people: { ...twoHierarchies('acme').people, gone: ['ORG_ADMIN'], plain: [] } });
    const rival = await createTenant(owner, twoHierarchies('rival'));
    const give = (tenant: KnownTenant, login: string, secret: string) =>
      owner.transaction(tenant.number, 'write', tx => setPassword(tx, { login, password: secret, now, cost: cheap }));
    for (const login of ['admin', 'teacher', 'gone', 'northerner']) await give(acme, login, password);
    await owner.transaction(acme.number, 'write', tx => setPassword(tx, { login: 'plain', password, now }));
    await give(rival, 'admin', `${password} of the rival`);
    await owner.transaction(platformTenant, 'write', async tx => {
      await insertRows(tx, 'people', [{ external_id: 'root', login: 'root', roles: ['SUPER_ADMIN'] }]);
      await setPassword(tx, { login: 'root', password, now });
    });
    await owner.transaction(acme.number, 'write', tx => tx.query("update people set deleted_at = now() where external_id = 'gone'"));
  };
  gateway = await startGateway({ fill, now, oauth });
});
afterAll(async () => {
  await gateway.close();
  expect(gateway.bugs).toEqual([]);
});

type Form = Record<string, string | undefined>;
const grant = (more: Form = {}): Form => ({
  ...{ grant_type: 'password', username: 'admin', password, client_id: 'sis', client_secret: oauth[0]!.secret, ...more },
});
const post = (form: Form | string, headers: Record<string, string> = {}) =>
  request(gateway.app)
    .post('/oauth/token')
    .set({ 'content-type': 'application/x-www-form-urlencoded', ...headers })
    .send(typeof form === 'string' ? form : new URLSearchParams(form as Record<string, string>).toString());

/** A form without what is undefined. */
const sent = (more: Form = {}, headers: Record<string, string> = {}) =>
  post(Object.fromEntries(Object.entries(grant(more)).filter(([, value]) => value !== undefined)), headers);

const invalidClient = { error: 'invalid_client', error_description: 'Client authentication failed' };
const invalidGrant = { error: 'invalid_grant', error_description: 'The provided access grant is invalid, expired, or revoked.' };

test('a login and its password give a token that the graph accepts, with the roles of the person', async () => {
  const { status, body, headers } = await sent();
  expect(status).toBe(200);
  expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600, scope: 'GROUP_WRITE' });
  expect([headers['cache-control'], headers.pragma]).toEqual(['no-store', 'no-cache']);
  const claims = decodeJwt(body.access_token);
  expect(claims).toMatchObject({ sub: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'], permissions: ['GROUP_WRITE'] });
  expect(claims.exp! - claims.iat!).toBe(3600);
  const asked = await request(gateway.app)
    .post('/graphql')
    .set('authorization', `Bearer ${body.access_token}`)
    .send({ query: '{ viewer { login roles } }' });
  expect(asked.body).toEqual({ data: { viewer: { login: 'admin', roles: ['ORG_ADMIN'] } } });
});

test('a login may be capitalised otherwise, and a scope that is asked for changes nothing', async () => {
  const { status, body } = await sent({ username: 'ADMIN', scope: 'openid profile' });
  expect([status, body.scope]).toEqual([200, 'GROUP_WRITE']);
});

test('permissions go by the roles that a client was given them for', async () => {
  const { body } = await sent({ username: 'teacher' });
  expect(body.scope).toBeUndefined();
  expect(decodeJwt(body.access_token)).not.toHaveProperty('permissions');
});

test('somebody without any role gets a token that opens nothing of others', async () => {
  const { body } = await sent({ username: 'plain' });
  expect(decodeJwt(body.access_token)).toMatchObject({ roles: [] });
});

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

test('a client may say who it is by HTTP Basic, with its name and secret encoded as forms are', async () => {
  const authorization = basic('sis', new URLSearchParams({ a: oauth[0]!.secret }).toString().slice(2));
  const { status } = await sent({ client_id: undefined, client_secret: undefined }, { authorization });
  expect(status).toBe(200);
});

test.each<[string, Form, Record<string, string>]>([
  ['an unknown client', { client_id: 'other' }, {}],
  ['a wrong secret', { client_secret: 'a secret of nobody' }, {}],
  ["another client's secret", { client_secret: oauth[1]!.secret }, {}],
  ['no client', { client_id: undefined, client_secret: undefined }, {}],
  ['no secret', { client_secret: undefined }, {}],
  ['an empty secret', { client_secret: '' }, {}],
  ['a wrong secret by Basic', { client_id: undefined, client_secret: undefined }, { authorization: basic('sis', 'wrong') }],
  ['something else by Basic', { client_id: undefined, client_secret: undefined }, { authorization: 'Basic ####' }],
  ['a wrong secret and a wrong password', { client_secret: 'wrong', password: 'wrong' }, {}],
])('%s is invalid_client, as the document shows it', async (_, form, headers) => {
  const answered = await sent(form, headers);
  expect([answered.status, answered.body]).toEqual([401, invalidClient]);
  expect(answered.headers['www-authenticate']).toMatch(/^Basic realm=/);
  expect(answered.headers['cache-control']).toBe('no-store');
});

test.each<[string, Form]>([
  ['a wrong password', { password: 'wrong' }],
  ['a password with more behind it', { password: `${password}x` }],
  ['an unknown login', { username: 'nobody' }],
  ['a person without a password', { username: 'partner' }],
  ['a person who was deleted', { username: 'gone' }],
  ["another tenant's password", { password: `${password} of the rival` }],
  ['a tenant in the login', { username: 'admin@rival', password: `${password} of the rival` }],
  ['a password that is far too long', { password: 'x'.repeat(10_000) }],
  ['a login that is SQL', { username: "admin' or '1'='1" }],
])('%s is invalid_grant, as the document shows it', async (_, form) => {
  const answered = await sent(form);
  expect([answered.status, answered.body]).toEqual([400, invalidGrant]);
});

test("a client opens its own tenant alone: the other's people have other passwords, and other tokens", async () => {
  const rivals = { client_id: 'rivals', client_secret: oauth[1]!.secret };
  expect((await sent(rivals)).body).toEqual(invalidGrant);
  const { body } = await sent({ ...rivals, password: `${password} of the rival` });
  expect(decodeJwt(body.access_token)).toMatchObject({ sub: 'admin', tenant: 'rival' });
});

test.each<[string, () => request.Test, string]>([
  ['another grant', () => sent({ grant_type: 'client_credentials' }), 'unsupported_grant_type'],
  ['no grant', () => sent({ grant_type: undefined }), 'invalid_request'],
  ['no login', () => sent({ username: undefined }), 'invalid_request'],
  ['no password', () => sent({ password: undefined }), 'invalid_request'],
  ['a parameter twice', () => post(`${new URLSearchParams(grant() as Record<string, string>)}&username=teacher`), 'invalid_request'],
  ['a NUL', () => sent({ username: 'ad\0min' }), 'invalid_request'],
  ['JSON', () => post(JSON.stringify(grant()), { 'content-type': 'application/json' }), 'invalid_request'],
  ['a secret by both ways', () => sent({}, { authorization: basic('sis', oauth[0]!.secret) }), 'invalid_request'],
])('%s is an error of RFC 6749', async (_, ask, code) => {
  const { status, body } = await ask();
  expect([status, body]).toEqual([400, { error: code, error_description: expect.any(String) }]);
});

test('a body that is too long is not read to its end', async () => {
  const { status, body } = await sent({ scope: 'x'.repeat(20_000) });
  expect([status, body.error]).toEqual([413, 'invalid_request']);
});

test('parameters of the address are no parameters, so that no password is in a log', async () => {
  const address = `/oauth/token?${new URLSearchParams(grant() as Record<string, string>)}`;
  const { status } = await request(gateway.app).post(address).type('form').send('');
  expect(status).toBe(401);
  expect((await request(gateway.app).get(address)).status).toBe(404);
});

describe('attempts', () => {
  const statuses = async (times: number, form: Form): Promise<number[]> => {
    const all: number[] = [];
    for (let n = 0; n < times; n++) all.push((await sent(form)).status);
    return all;
  };

  test('at one login end after some, also with the right password, many at once too; others go on', async () => {
    const wrong = await Promise.all(Array.from({ length: mostAttempts.loginFromAddress + 6 }, () => sent({ username: 'northerner', password: 'guess' })));
    expect(wrong.filter(({ status }) => status === 400)).toHaveLength(mostAttempts.loginFromAddress);
    const late = wrong.find(({ status }) => status === 429)!;
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
    expect(late.body).toEqual({ error: 'temporarily_unavailable', error_description: expect.stringContaining('Too many attempts') });
    expect(await statuses(1, { username: 'NORTHERNER' })).toEqual([429]);
    expect(await statuses(1, {})).toEqual([200]);
  });

  test('that are good do not count', async () => {
    expect(new Set(await statuses(mostAttempts.loginFromAddress + 2, { username: 'teacher' }))).toEqual(new Set([200]));
  });

  test('from one address end, whatever the logins; so do those at a client', async () => {
    const other = await startGateway({ now, oauth, database: gateway.database });
    const from = (form: Form) =>
      request(other.app).post('/oauth/token').type('form').send(grant(form) as object);
    const all = await Promise.all(Array.from({ length: mostAttempts.address + 5 }, () => from({ client_secret: 'guess' })));
    expect(all.filter(({ status }) => status === 401)).toHaveLength(mostAttempts.address);
    expect((await from({})).status).toBe(429);
    await other.close();
  });
});

test('sign-ins are in the audit log, good and failed, with no password, and no login that nobody has', async () => {
  const typed = 'my secret typed in the wrong field';
  await sent({}, { 'user-agent': 'sis/2' });
  await sent({ password: 'a wrong one' });
  await sent({ username: typed, password: 'anything at all' });
  const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
  const query = '{ auditLog(actions: ["SIGN_IN", "SIGN_IN_FAILED", "SET_PASSWORD"], first: 1000) { nodes { action login resourceId details address userAgent } } }';
  const { data, text } = await gateway.ask(admin, query);
  const { nodes } = data.auditLog;
  const id = acme.personId('admin');
  expect(nodes).toContainEqual({ action: 'SIGN_IN', login: 'admin', resourceId: id, details: { client: 'sis' }, address: '127.0.0.1', userAgent: 'sis/2' });
  expect(nodes).toContainEqual(
    expect.objectContaining({ action: 'SIGN_IN_FAILED', login: null, resourceId: id, details: { client: 'sis', reason: 'wrong password' } }),
  );
  expect(nodes).toContainEqual(
    expect.objectContaining({ action: 'SIGN_IN_FAILED', resourceId: null, details: { client: 'sis', reason: 'unknown login' } }),
  );
  expect(nodes).toContainEqual(expect.objectContaining({ action: 'SET_PASSWORD', resourceId: id }));
  for (const hidden of [typed, password, 'a wrong one', 'anything at all', 'scrypt']) expect(text).not.toContain(hidden);
});

describe('programs that do not know their secret are in the audit log', () => {
  const failed = '{ auditLog(actions: ["SIGN_IN_FAILED"], first: 1000) { nodes { resourceType login details address } } }';
  type Row = { details: { client?: string; reason: string; last?: boolean } };
  const rows = async (who: Asker, reason: string): Promise<Row[]> =>
    ((await gateway.ask(who, failed)).data.auditLog.nodes as Row[]).filter(({ details }) => details.reason === reason);
  const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
  const rival: Asker = { ...admin, tenant: 'rival' };
  const root: Asker = { subject: 'root', tenant: 'platform', roles: ['SUPER_ADMIN'] };
  let other: Awaited<ReturnType<typeof startGateway>>;
  /** Beside what the other tests have tried. */
  beforeEach(async () => {
    other = await startGateway({ now, oauth, database: gateway.database, limits: { ...defaultLimits, requests: 0 } });
  });
  afterEach(() => other.close());
  const from = (form: Form) => request(other.app).post('/oauth/token').type('form').send(grant(form) as object);

  test("in that of the client's tenant alone, without what they sent", async () => {
    const before = await rows(admin, 'wrong client secret');
    const beforeRival = await rows(rival, 'wrong client secret');
    expect((await from({ client_secret: 'a guess of mine' })).body).toEqual(invalidClient);
    const told = { resourceType: 'Client', login: null, details: { client: 'sis', reason: 'wrong client secret' }, address: '127.0.0.1' };
    // All of one moment here, in no order.
    const inOrder = (some: object[]) => some.map(row => JSON.stringify(row)).sort();
    expect(inOrder(await rows(admin, 'wrong client secret'))).toEqual(inOrder([told, ...before]));
    expect(await rows(rival, 'wrong client secret')).toEqual(beforeRival);
    expect((await gateway.ask(admin, failed)).text).not.toContain('a guess');
  });

  test("in the platform's where there is no such client, without the name they gave", async () => {
    await from({ client_id: 'my password' });
    const [newest] = await rows(root, 'unknown client');
    expect(newest).toMatchObject({ details: { reason: 'unknown client' } });
    expect((await gateway.ask(root, failed)).text).not.toContain('my password');
  });

  test.each<[string, Form, () => Asker]>([
    ['wrong client secret', { client_secret: 'a guess of mine' }, () => admin],
    ['unknown client', { client_id: 'other' }, () => root],
    ['unknown login', { username: 'nobody' }, () => admin],
  ])('so many times and no more, which the last one says, whoever tries however often: %s', async (reason, form, who) => {
    const counted = async () => {
      const all = await rows(who(), reason);
      return { rows: all.length, last: all.filter(({ details }) => details.last).length };
    };
    const before = await counted();
    const tries = Array.from({ length: mostTold + 9 }, (_, n) => from(reason === 'unknown login' ? { username: `nobody ${n}` } : form));
    for (const answered of await Promise.all(tries)) expect([400, 401]).toContain(answered.status);
    expect(await counted()).toEqual({ rows: before.rows + mostTold, last: before.last + 1 });
  });
});

test('switched off, there is nothing there', async () => {
  const off = await startGateway({ now, database: gateway.database });
  const { status, type } = await request(off.app).post('/oauth/token').type('form').send(grant() as object);
  expect([status, type]).toEqual([404, 'application/problem+json']);
  await off.close();
});

test('passwords are kept as hashes of their own, with what they were made with', async () => {
  const owner = await connectOwner(gateway.database.url);
  const rows = await owner.transaction(acme.number, 'read', tx => tx.query<{ hash: string }>('select hash from person_passwords'));
  await owner.close();
  expect(rows.length).toBeGreaterThan(3);
  for (const { hash } of rows) expect(hash).toMatch(/^\$scrypt\$ln=(15,r=8,p=3|4,r=8,p=1)\$[^$]{24}\$[^$]{44}$/);
  expect(rows.filter(({ hash }) => hash.startsWith('$scrypt$ln=15,r=8,p=3$')).length).toBeGreaterThan(0);
  expect(new Set(rows.map(({ hash }) => hash)).size).toBe(rows.length);
});

describe('strata set-password', () => {
  let dir: string;
  let settings: Record<string, string>;
  beforeAll(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'strata-password-'));
    settings = { ...gateway.database.settings, STRATA_DATA_DIR: dir };
  });
  afterAll(() => rmSync(dir, { recursive: true }));
  const run = (words: string[], stdin: string) => strata(['set-password', ...words], settings, stdin);

  test('takes the password from stdin, and the one before stops working', async () => {
    const changed = await run(['Partner', '--tenant', 'acme', '--json'], 'another horse entirely\n');
    expect([changed.exitCode, JSON.parse(changed.stdout)]).toEqual([0, { login: 'partner', tenant: 'acme' }]);
    expect((await sent({ username: 'partner', password: 'another horse entirely' })).status).toBe(200);
    await run(['partner', '--tenant', 'acme'], 'and a third one now\n');
    expect((await sent({ username: 'partner', password: 'another horse entirely' })).body).toEqual(invalidGrant);
    expect((await sent({ username: 'partner', password: 'and a third one now' })).status).toBe(200);
  });

  test.each<[string, string[], string, RegExp]>([
    ['no password', ['partner', '--tenant', 'acme'], '', /expected a password on stdin/],
    ['a short one', ['partner', '--tenant', 'acme'], 'short\n', /12 to 200 characters; this one has 5/],
    ['nobody', ['nobody'], 'long enough to do\n', /no user with the login/],
    ['a login of several tenants', ['admin'], 'long enough to do\n', /Several tenants.*--tenant/],
    ['a password among the words', ['partner', 'long enough to do', '--tenant', 'acme'], '', /too many arguments/],
  ])('with %s changes nothing and ends with 2', async (_, words, stdin, message) => {
    const { exitCode, stderr } = await run(words, stdin);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect((await sent({ username: 'partner', password: 'and a third one now' })).status).toBe(200);
  });
});

test('who may sign in to the platform is a super admin by its client alone', async () => {
  const client: OAuthClient = { id: 'ops', secret: 'a secret of the operators', tenant: 'platform', permissions: {} };
  const other = await startGateway({ now, oauth: [client], database: gateway.database });
  const form = grant({ username: 'root', client_id: 'ops', client_secret: client.secret });
  const { body } = await request(other.app).post('/oauth/token').type('form').send(form as object);
  expect(decodeJwt(body.access_token)).toMatchObject({ tenant: 'platform', roles: ['SUPER_ADMIN'] });
  await other.close();
  expect((await sent({ username: 'root' })).body).toEqual(invalidGrant);
});
