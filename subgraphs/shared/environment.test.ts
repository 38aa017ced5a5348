import { readEnvironment, WrongSettings } from './environment';
import { defaultLimits } from './limits/limits';

const clients = JSON.stringify([{ id: 'sis', secret: 'a secret of some length', tenant: 'acme', permissions: { ORG_ADMIN: ['GROUP_WRITE'] } }]);

test('without a setting the door is as it should be: limits on, no proxy, no other site, no passwords', () => {
  const { limits, trustedProxies, allowedOrigins, hsts, oauthClients } = readEnvironment({});
  expect(limits).toEqual(defaultLimits);
  expect(limits).toMatchObject({ bodyKilobytes: 256, tokens: 2_000, depth: 12, aliases: 30, rootFields: 20 });
  expect({ trustedProxies, allowedOrigins, hsts, oauthClients }).toEqual({ trustedProxies: [], allowedOrigins: [], hsts: false, oauthClients: [] });
});

test('each setting of the door is read', () => {
  const environment = readEnvironment({
    STRATA_LIMIT_DEPTH: '7',
    STRATA_LIMIT_REQUESTS: '0',
    STRATA_TRUSTED_PROXIES: '10.0.0.0/8, loopback,2001:db8::/32',
    STRATA_ALLOWED_ORIGINS: 'https://a.example, http://localhost:3000',
    STRATA_HSTS: '1',
    STRATA_PASSWORD_GRANT: '1',
    STRATA_OAUTH_CLIENTS: clients,
  });
  expect(environment.limits).toEqual({ ...defaultLimits, depth: 7, requests: 0 });
  expect(environment.trustedProxies).toEqual(['10.0.0.0/8', 'loopback', '2001:db8::/32']);
  expect(environment.allowedOrigins).toEqual(['https://a.example', 'http://localhost:3000']);
  expect([environment.hsts, environment.oauthClients]).toEqual([true, JSON.parse(clients)]);
});

test('clients do nothing while the password grant is off', () => {
  expect(readEnvironment({ STRATA_OAUTH_CLIENTS: clients }).oauthClients).toEqual([]);
});

test.each<[string, Record<string, string>, RegExp]>([
  ['a limit that is no number', { STRATA_LIMIT_DEPTH: 'deep' }, /STRATA_LIMIT_DEPTH must be a whole number from 3 to 100, not 'deep'/],
  ['a limit below what works', { STRATA_LIMIT_AT_ONCE: '0' }, /STRATA_LIMIT_AT_ONCE/],
  ['a limit with a sign', { STRATA_LIMIT_ROWS: '-1' }, /STRATA_LIMIT_ROWS/],
  ['a proxy that is no address', { STRATA_TRUSTED_PROXIES: '10.0.0.0/8,everybody' }, /STRATA_TRUSTED_PROXIES.*'everybody'/],
  ['a range that is none', { STRATA_TRUSTED_PROXIES: '10.0.0.0/33' }, /STRATA_TRUSTED_PROXIES/],
  ['every origin', { STRATA_ALLOWED_ORIGINS: '*' }, /STRATA_ALLOWED_ORIGINS/],
  ['an origin with a path', { STRATA_ALLOWED_ORIGINS: 'https://a.example/x' }, /STRATA_ALLOWED_ORIGINS/],
  ['passwords without clients', { STRATA_PASSWORD_GRANT: '1' }, /STRATA_OAUTH_CLIENTS must be set/],
  ['clients that are no JSON', { STRATA_PASSWORD_GRANT: '1', STRATA_OAUTH_CLIENTS: 'sis:x' }, /not valid JSON/],
  ['a short secret', { STRATA_PASSWORD_GRANT: '1', STRATA_OAUTH_CLIENTS: '[{"id":"a","secret":"hush","tenant":"b"}]' }, /secret/],
  ['permissions of no role', { STRATA_PASSWORD_GRANT: '1', STRATA_OAUTH_CLIENTS: clients.replace('ORG_ADMIN', 'GOD') }, /permissions/],
  ['a client twice', { STRATA_PASSWORD_GRANT: '1', STRATA_OAUTH_CLIENTS: `[${clients.slice(1, -1)},${clients.slice(1, -1)}]` }, /twice/],
  [
    'passwords beside an issuer',
    { STRATA_PASSWORD_GRANT: '1', STRATA_OAUTH_CLIENTS: clients, STRATA_JWKS_URL: 'https://a.example/keys', STRATA_ISSUER: 'a' },
    /STRATA_PASSWORD_GRANT goes without STRATA_JWKS_URL/,
  ],
])('%s ends the start with its name, and no secret', (_, variables, message) => {
  const read = () => readEnvironment(variables);
  expect(read).toThrow(WrongSettings);
  expect(read).toThrow(message);
  expect(read).not.toThrow(/hush|a secret of some length/);
});
