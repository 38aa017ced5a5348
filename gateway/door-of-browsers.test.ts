import type { Express } from 'express';
import request from 'supertest';
import { openDoor, type OpenDoor } from '../test/door';

let door: OpenDoor;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

describe("a subgraph's own port", () => {
  let port: Express;
  beforeAll(() => {
    port = door.portOf(0, { tokens: 100, depth: 4, aliases: 2, rootFields: 3 });
  });

  test.each<[string, string, string]>([
    ['too many words', `{ books { ${'title '.repeat(600)} } }`, 'BAD_USER_INPUT'],
    ['too many levels', `{ ${'a { '.repeat(9)} b ${'} '.repeat(9)} }`, 'BAD_USER_INPUT'],
    ['too many aliases', `{ books { ${Array.from({ length: 40 }, (_, n) => `t${n}: title`).join(' ')} } }`, 'BAD_USER_INPUT'],
    ['too many root fields', '{ a: whoAmI b: whoAmI c: whoAmI d: whoAmI }', 'BAD_USER_INPUT'],
    ['introspection', '{ __schema { types { name } } }', 'BAD_USER_INPUT'],
    ['its schema in one piece', '{ _service { sdl } }', 'BAD_USER_INPUT'],
    ['a field that is nearly one', '{ bookz { title } }', 'BAD_USER_INPUT'],
  ])('refuses %s', async (_, query, code) => {
    const { status, body, text } = await door.ask(port, query);
    expect([status, body.errors[0].extensions.code]).toEqual([400, code]);
    expect(text).not.toMatch(/Did you mean|sdl: /);
  });

  test('refuses what has no token before it reads anything, and a body that is too large', async () => {
    const unknown = await request(port).post('/graphql').type('json').send('{');
    expect(unknown.status).toBe(401);
    const large = await request(port).post('/graphql').set(door.headersOf(door.ann)).send(`{"query":"${' '.repeat(17_000_000)}"}`);
    expect([large.status, large.body.errors[0].extensions.code]).toEqual([413, 'TOO_LARGE']);
  });
});

describe('pages of other origins', () => {
  let app: Express;
  beforeAll(async () => (app = await door.gatewayWith({ allowedOrigins: ['https://reports.example.org'] })));
  const withOrigin = (origin: string) => door.ask(app, '{ total }').set({ host: 'strata.example.org', origin });

  test.each(['https://evil.example', 'null', 'https://reports.example.org.evil.example', 'http://reports.example.org'])(
    'are refused: %s',
    async origin => {
      const { status, body, headers } = await withOrigin(origin);
      expect([status, body.errors[0].extensions]).toEqual([403, { code: 'FORBIDDEN' }]);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      const route = await request(app).post('/count/x').set({ authorization: `Bearer ${door.ann}`, origin }).send('1');
      expect([route.status, route.body.code]).toEqual([403, 'FORBIDDEN']);
    },
  );

  test('may ask where they are listed, after asking whether they may', async () => {
    const origin = 'https://reports.example.org';
    const before = await request(app).options('/graphql').set({ origin, 'access-control-request-method': 'POST' });
    expect([before.status, before.headers['access-control-allow-origin']]).toEqual([204, origin]);
    for (const header of ['authorization', 'strata-tenant', 'strata-consistency']) {
      expect(before.headers['access-control-allow-headers']).toContain(header);
    }
    const { body, headers } = await withOrigin(origin);
    expect([body, headers['access-control-allow-origin'], headers.vary]).toEqual([{ data: { total: 60 } }, origin, 'origin']);
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('of the own origin may ask, and what is no page', async () => {
    expect((await withOrigin('https://strata.example.org')).status).toBe(200);
    expect((await door.ask(app, '{ total }')).status).toBe(200);
  });
});

describe('what browsers are told', () => {
  test.each(['/healthz', '/nowhere', '/graphql'])('of %s', async url => {
    const { headers } = await request(await door.gatewayWith()).get(url);
    const policy = headers['content-security-policy']!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  test('to come back by TLS, where it is set so', async () => {
    const { headers } = await request(await door.gatewayWith({ hsts: true })).get('/healthz');
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });
});
