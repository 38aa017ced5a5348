import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import pino from 'pino';
import request from 'supertest';
import { createGateway, type Gateway } from '../gateway/app';
import { composedFiles } from '../gateway/compose';
import { inProcess } from '../gateway/connection';
import { issuerKeys } from '../subgraphs/shared/access/issuer-keys';
import { tokenVerifier } from '../subgraphs/shared/access/token';
import type { RunningSubgraph } from '../subgraphs/shared/subgraph/subgraph';
import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner, createTenant } from './fixture';
import { tinySubgraphs } from './tiny-subgraphs';

interface Key {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: JWK;
}

async function makeKey(kid: string, alg: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** The issuer's server: publishes the keys it is given, or does what a test has it do. */
let published: JWK[];
let answerKeys: (response: ServerResponse) => void;
let fetches = 0;
const publish = (response: ServerResponse) =>
  void response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
const keyServer: Server = createServer((_request, response) => {
  fetches++;
  answerKeys(response);
});

let database: TestDatabase;
let running: RunningSubgraph[];
let gateway: Gateway;
let keys: Record<'RS256' | 'ES256' | 'EdDSA', Key>;
/** Milliseconds that the gateway believes to have passed. */
let passed = 0;
const now = () => Date.now() + passed;

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  await createTenant(owner, { key: 'acme', people: { ann: ['ORG_ADMIN'] } });
  await owner.close();
  keys = {
    RS256: await makeKey('r1', 'RS256'),
    ES256: await makeKey('e1', 'ES256'),
    EdDSA: await makeKey('d1', 'EdDSA'),
  };
  published = Object.values(keys).map(({ jwk }) => jwk);
  answerKeys = publish;
  keyServer.listen(0, '127.0.0.1');
  await once(keyServer, 'listening');
});
afterAll(async () => {
  keyServer.closeAllConnections();
  keyServer.close();
  await database.drop();
});

/** A gateway that has fetched no key yet. */
beforeEach(async () => {
  passed = 0;
  const url = new URL(`http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys`);
  const verifyToken = tokenVerifier({ key: issuerKeys(url, { now, onUnusable: () => undefined }), issuer: 'https://issuer.example', audience: 'strata' });
  const runtime = { databaseUrl: database.url, stepDown: true, verifyToken, poolSize: 2 };
  running = await Promise.all(tinySubgraphs.map(subgraph => subgraph.start(runtime)));
  gateway = await createGateway({
    connections: running.map(inProcess),
    supergraphSdl: composedFiles(tinySubgraphs).get('supergraph.graphql')!,
    introspection: false,
    verifyToken,
    checks: [],
    log: pino({ level: 'silent' }),
  });
});
afterEach(async () => {
  await gateway.stop();
  await Promise.all(running.map(subgraph => subgraph.close()));
  published = Object.values(keys).map(({ jwk }) => jwk);
  answerKeys = publish;
});

const hour = 3_600;
const seconds = () => Math.floor(Date.now() / 1_000);

/** What the issuer's tokens say. */
const usual = (): JWTPayload => ({
  ...{ iss: 'https://issuer.example', aud: 'strata', sub: 'ann', tenant: 'acme', roles: ['ORG_ADMIN'] },
  ...{ iat: seconds(), exp: seconds() + hour },
});

interface Signing {
  key?: Key;
  header?: object;
}

const sign = (claims: object, { key = keys.EdDSA, header = {} }: Signing = {}): Promise<string> =>
  new SignJWT({ ...usual(), ...claims })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);

const ask = (token: string, body: object | string = { query: '{ whoAmI }' }) =>
  request(gateway.app)
    .post('/graphql')
    .set({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })
    .send(body);

async function expectAccepted(token: string): Promise<void> {
  const { status, body } = await ask(token);
  expect([status, body]).toEqual([200, { data: { whoAmI: 'ann in acme' } }]);
}

/** Refused at the door, before a body that is none is looked at, on each route too; the answer says nothing of the token. */
async function expectRefused(token: string, reason: RegExp): Promise<void> {
  const { status, body, headers, text } = await ask(token, '{ no JSON');
  expect([status, body.errors?.[0].extensions, headers['www-authenticate']]).toEqual([401, { code: 'UNAUTHENTICATED' }, 'Bearer']);
  expect(body.errors[0].message).toMatch(reason);
  expect(text).not.toContain(token);
  const route = await request(gateway.app).post('/count/x').set('authorization', `Bearer ${token}`).send('1');
  expect([route.status, route.body.code]).toEqual([401, 'UNAUTHENTICATED']);
}

test.each(['RS256', 'ES256', 'EdDSA'] as const)('a token signed with %s is accepted', async alg => {
  await expectAccepted(await sign({}, { key: keys[alg] }));
});

describe('a token is refused', () => {
  test.each<[string, () => object, RegExp]>([
    ['of another issuer', () => ({ iss: 'https://other.example' }), /'iss'/],
    ['without an issuer', () => ({ iss: undefined }), /'iss'/],
    ['for another audience', () => ({ aud: 'other' }), /'aud'/],
    ['for other audiences', () => ({ aud: ['other', 'stratagem'] }), /'aud'/],
    ['without an audience', () => ({ aud: undefined }), /'aud'/],
    ['that has expired', () => ({ iat: seconds() - 2 * hour, exp: seconds() - 60 }), /expired/],
    ['that never expires', () => ({ exp: undefined }), /'exp'/],
    ['that expires at no number', () => ({ exp: 'never' as never }), /'exp'/],
    ['that begins later', () => ({ nbf: seconds() + 120 }), /'nbf'/],
    ['that was issued later', () => ({ iat: seconds() + 120, exp: seconds() + hour }), /'iat'/],
    ['that was issued never', () => ({ iat: undefined }), /'iat'/],
    ['that is valid for more than a day', () => ({ exp: seconds() + 24 * hour + 60 }), /24 hours/],
    ['that was issued long ago and lives on', () => ({ iat: seconds() - 25 * hour, exp: seconds() + hour }), /expired|'iat'|24 hours/],
    ['of nobody', () => ({ sub: undefined }), /'sub'/],
    ['of an empty name', () => ({ sub: ' ' }), /'sub'/],
    ['of no tenant', () => ({ tenant: undefined }), /'tenant'/],
    ['of an empty tenant', () => ({ tenant: '' }), /'tenant'/],
    ['of several tenants', () => ({ tenant: ['acme', 'rival'] }), /'tenant'/],
    ['of a tenant that is an object', () => ({ tenant: { id: 'acme' } }), /'tenant'/],
    ['of a tenant that is a number', () => ({ tenant: 2 }), /'tenant'/],
    ['with a role that there is not', () => ({ roles: ['ORG_ADMIN', 'GOD'] }), /'roles'/],
    ['with a role in small letters', () => ({ roles: ['org_admin'] }), /'roles'/],
    ['with roles that are a text', () => ({ roles: 'ORG_ADMIN' }), /'roles'/],
    ['with roles that are numbers', () => ({ roles: [1] }), /'roles'/],
    ['with permissions that are a text', () => ({ permissions: 'GROUP_WRITE' }), /'permissions'/],
    ['of somebody with a NUL in their name', () => ({ sub: 'ann\0' }), /'sub'/],
    ['of a tenant with one', () => ({ tenant: 'ac\0me' }), /'tenant'/],
    ['with a permission with one', () => ({ permissions: ['GROUP_WRITE\0'] }), /'permissions'/],
    ['with a hierarchy with one', () => ({ hierarchy: 'in\0dia' }), /'hierarchy'/],
    ['with hierarchies', () => ({ hierarchy: ['india', 'sap'] }), /'hierarchy'/],
  ])('%s', async (_, claims, reason) => {
    await expectRefused(await sign(claims()), reason);
  });

  test.each(['secevent+jwt', 'logout+jwt', 'dpop+jwt', 'x'])('of the type %s', async typ => {
    await expectRefused(await sign({}, { header: { typ } }), /'typ'/);
  });

  test('that nobody signed', async () => {
    await expectRefused(new UnsecuredJWT(usual()).encode(), /malformed|not allowed/);
  });

  test('that is signed with the public key as a secret (HS256)', async () => {
    const secret = new TextEncoder().encode(await exportSPKI(keys.RS256.publicKey));
    const token = await new SignJWT(usual()).setProtectedHeader({ alg: 'HS256', kid: 'r1' }).sign(secret);
    await expectRefused(token, /not allowed/);
  });

  test.each(['RS512', 'PS256', 'ES384'])('that is signed with %s', async alg => {
    const key = await makeKey('r1', alg);
    await expectRefused(await sign({}, { key }), /not allowed/);
  });

  test("that is signed with a stranger's key under a name that is known", async () => {
    await expectRefused(await sign({}, { key: await makeKey('d1', 'EdDSA') }), /signature is wrong/);
  });

  test("that brings its own key, or says where it is", async () => {
    const own = await makeKey('mine', 'EdDSA');
    for (const header of [{ jwk: own.jwk }, { jku: 'https://mine.example/keys' }, { x5u: 'https://mine.example/key' }]) {
      await expectRefused(await sign({}, { key: own, header }), /unknown key/);
    }
  });

  test('whose contents were changed', async () => {
    const [header, payload, signature] = (await sign({})).split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...claims, tenant: 'rival' })).toString('base64url');
    await expectRefused(`${header}.${changed}.${signature}`, /signature is wrong/);
  });

  test.each([['', /send a token/], ['a', /malformed/], ['a.b.c', /malformed/], [`${'a'.repeat(7_000)}`, /malformed/]])(
    'that is none (%#)',
    async (token, reason) => {
      const { status, body } = await ask(token, '{ no JSON');
      expect([status, body.errors[0].extensions]).toEqual([401, { code: 'UNAUTHENTICATED' }]);
      expect(body.errors[0].message).toMatch(reason);
    },
  );

  test.each([['tenant', { tenant: 'nowhere' }], ['person', { sub: 'nobody' }]])('whose %s does not exist', async (_, claims) => {
    const { body } = await ask(await sign(claims));
    expect(body.errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED' });
  });
});

test.each(['JWT', 'at+jwt', 'application/at+jwt', undefined])('the type %s is that of an access token', async typ => {
  await expectAccepted(await sign({}, { header: { typ } }));
});

test('clocks may differ by half a minute', async () => {
  await expectAccepted(await sign({ iat: seconds() + 20, nbf: seconds() + 20 }));
  await expectAccepted(await sign({ iat: seconds() - hour, exp: seconds() - 20 }));
});

describe('the issuer\'s keys', () => {
  const later = (milliseconds: number) => (passed += milliseconds);

  test('are fetched once for many tokens', async () => {
    const before = fetches;
    for (const alg of ['RS256', 'ES256', 'EdDSA'] as const) await expectAccepted(await sign({}, { key: keys[alg] }));
    expect(fetches - before).toBe(1);
  });

  test('may change: a token of a new key has them fetched again, and one of a withdrawn key ends', async () => {
    await expectAccepted(await sign({}));
    const next = await makeKey('d2', 'EdDSA');
    published = [next.jwk];
    later(31_000);
    await expectAccepted(await sign({ jti: 'next' }, { key: next }));
    await expectRefused(await sign({ jti: 'withdrawn' }), /unknown key/);
  });

  test('that are withdrawn stop working by themselves, within ten minutes', async () => {
    await expectAccepted(await sign({}));
    published = published.filter(({ kid }) => kid !== 'd1');
    later(601_000);
    // The first to come has them fetched beside it.
    await ask(await sign({ jti: 'first' }));
    for (;;) {
      const { status } = await ask(await sign({ jti: `${Math.random()}` }));
      if (status === 401) break;
    }
    await expectAccepted(await sign({}, { key: keys.RS256 }));
  });

  test('that nobody has are looked for at most once in half a minute', async () => {
    await expectAccepted(await sign({}));
    later(31_000);
    const before = fetches;
    for (let n = 0; n < 20; n++) await expectRefused(await sign({}, { header: { kid: `made-up ${n}` } }), /unknown key/);
    expect(fetches - before).toBe(1);
  });

  test('of the same kind, and a token that names none of them: refused', async () => {
    published = [keys.EdDSA.jwk, (await makeKey('d9', 'EdDSA')).jwk];
    await expectRefused(await sign({}, { header: { kid: undefined } }), /does not say which key/);
  });

  test('go on while the server is away, for a day', async () => {
    await expectAccepted(await sign({}));
    answerKeys = response => void response.socket!.destroy();
    later(3_600_000);
    await expectAccepted(await sign({ jti: 'away' }));
    later(23 * 3_600_000);
    const { status, body } = await ask(await sign({ jti: 'long away' }));
    expect([status, body.errors[0].extensions]).toEqual([503, { code: 'UNAVAILABLE' }]);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['breaks off', response => void response.socket!.destroy()],
    ['fails', response => void response.writeHead(500).end('{}')],
    ['sends no JSON', response => void response.end('<html>')],
    ['sends no keys', response => void response.end('{"keys": "none"}')],
    ['sends the client elsewhere', response => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ])('a server that %s is no fault of the token: UNAVAILABLE, and good again when the server is', async (_, misbehave) => {
    answerKeys = misbehave;
    const token = await sign({});
    const { status, body, text } = await ask(token);
    expect([status, body.errors[0].extensions]).toEqual([503, { code: 'UNAVAILABLE' }]);
    expect(text).not.toMatch(/127\.0\.0\.1|keys|JWKS/);
    answerKeys = publish;
    later(5_001);
    await expectAccepted(token);
  });

  test('a server that never answers keeps nobody for more than some seconds, and the next ones not at all', async () => {
    answerKeys = () => undefined;
    const begun = performance.now();
    expect((await ask(await sign({}))).status).toBe(503);
    expect(performance.now() - begun).toBeLessThan(15_000);
    const before = fetches;
    for (let n = 0; n < 20; n++) expect((await ask(await sign({ jti: `${n}` }))).status).toBe(503);
    expect(fetches).toBe(before);
  });
});
