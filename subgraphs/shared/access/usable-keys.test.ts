import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { issuerKeys } from './issuer-keys';
import { tokenVerifier, type VerifyToken } from './token';
import type { UnusableKey } from './usable-keys';

let published: JWK[];
const keyServer = createServer((_request, response) => void response.end(JSON.stringify({ keys: published })));
const keys = {} as Record<'RS256' | 'ES256' | 'EdDSA', { privateKey: CryptoKey; jwk: JWK; privateJwk: JWK }>;
beforeAll(async () => {
  for (const alg of ['RS256', 'ES256', 'EdDSA'] as const) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const named = { kid: `good ${alg}`, alg, use: 'sig' };
    keys[alg] = { privateKey, jwk: { ...(await exportJWK(publicKey)), ...named }, privateJwk: { ...(await exportJWK(privateKey)), ...named } };
  }
  keyServer.listen(0, '127.0.0.1');
  await once(keyServer, 'listening');
});
afterAll(() => {
  keyServer.closeAllConnections();
  keyServer.close();
});

let told: UnusableKey[];
/** Milliseconds that are believed to have passed. */
let passed: number;
let verify: VerifyToken;
beforeEach(() => {
  told = [];
  passed = 0;
  const url = new URL(`http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys`);
  const key = issuerKeys(url, { now: () => Date.now() + passed, onUnusable: unusable => told.push(unusable) });
  verify = tokenVerifier({ key, issuer: 'issuer', audience: 'strata' });
});

const seconds = Math.floor(Date.now() / 1_000);
const claims = { iss: 'issuer', aud: 'strata', sub: 'ann', tenant: 'acme', roles: [], iat: seconds, exp: seconds + 3_600 };
const signed = (alg: keyof typeof keys, kid: string) =>
  new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(keys[alg].privateKey);

const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
const weakJwk = { ...(weak.publicKey.export({ format: 'jwk' }) as JWK), kid: 'weak', alg: 'RS256', use: 'sig' };
/** As an issuer signs that thinks nothing of its key's size. */
function signedWeakly(header: object = { kid: 'weak' }): string {
  const text = [{ alg: 'RS256', ...header }, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${signBytes('sha256', Buffer.from(text), weak.privateKey).toString('base64url')}`;
}

const refusedFor = (reason: RegExp) => ({ code: 'UNAUTHENTICATED', message: expect.stringMatching(reason) });

test.each<[string, () => JWK, () => string | Promise<string>, RegExp]>([
  ['an RSA key of 1,024 bits', () => weakJwk, () => signedWeakly(), /1024 bits/],
  ['one without a name', () => ({ ...weakJwk, kid: undefined }) as unknown as JWK, () => signedWeakly({}), /1024 bits/],
  ['a point that is not on its curve', () => ({ ...keys.ES256.jwk, x: keys.ES256.jwk.y!, kid: 'k' }), () => signed('ES256', 'k'), /damaged/],
  ['a key that is cut off', () => ({ ...keys.EdDSA.jwk, x: 'AAAA', kid: 'k' }), () => signed('EdDSA', 'k'), /damaged/],
  ['a key without its number', () => ({ ...keys.RS256.jwk, n: undefined, kid: 'k' }) as unknown as JWK, () => signed('RS256', 'k'), /damaged/],
  ['a private key', () => ({ ...keys.EdDSA.privateJwk, kid: 'k' }), () => signed('EdDSA', 'k'), /no public key/],
])('%s: its tokens are refused, it is told of once, and the others go on', async (_, jwk, token, reason) => {
  published = [jwk(), keys.ES256.jwk];
  for (let n = 0; n < 3; n++) await expect(verify(await token())).rejects.toMatchObject(refusedFor(/signed with a key that cannot be used/));
  expect(told).toEqual([{ kid: jwk().kid, alg: jwk().alg, reason: expect.stringMatching(reason) }]);
  expect(await verify(await signed('ES256', 'good ES256'))).toMatchObject({ subject: 'ann' });
});

test.each([['EC', 'secp256k1'], ['EC', 'P-384'], ['OKP', 'Ed448']])('a key of a curve that is not used here (%s, %s) is as if it were not there', async (kty, crv) => {
  published = [{ ...keys.ES256.jwk, kty, crv, alg: undefined, kid: 'odd' } as unknown as JWK, keys.EdDSA.jwk];
  await expect(verify(await signed('ES256', 'odd'))).rejects.toMatchObject(refusedFor(/unknown key/));
  expect(told).toEqual([]);
});

test('a key that its issuer has mended is good again once keys may be fetched again', async () => {
  published = [weakJwk];
  await expect(verify(signedWeakly())).rejects.toMatchObject(refusedFor(/cannot be used/));
  published = [{ ...keys.RS256.jwk, kid: 'weak' }];
  passed = 31_000;
  expect(await verify(await signed('RS256', 'weak'))).toMatchObject({ subject: 'ann' });
  expect(told).toHaveLength(1);
});
