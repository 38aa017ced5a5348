import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import express, { type Express } from 'express';
import request from 'supertest';
import { explorerPages, type DemoPerson } from './explorer';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'strata-pages-'));
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), '<title>the explorer</title>');
  writeFileSync(path.join(folder, 'graphiql.html'), '<title>graphiql</title>');
  writeFileSync(path.join(folder, 'theme.js'), '1');
  writeFileSync(path.join(folder, 'assets', 'index-abc.js'), '2');
  writeFileSync(path.join(folder, '.stamp'), 'of nobody’s concern');
});
afterAll(() => rmSync(folder, { recursive: true }));

const person: DemoPerson = {
  ...{ tenant: { id: 't000002', name: 'Demo' }, login: 'ann@demo', name: 'Ann' },
  ...{ roles: ['OFFICER'], grants: [{ type: 'state', name: 'North' }], classes: 0, token: 'a.b.c' },
};

function appOf({ demo = false, at = folder } = {}): Express {
  const app = express();
  const routes = ['POST /events'];
  const people = demo ? { demoPeople: async () => [person] } : {};
  app.use(explorerPages({ routes, passwordSignIn: false, folder: at, ...people }));
  app.use((_request, response) => void response.status(404).json({ passed: 'on' }));
  return app;
}

test.each(['/', '/analytics', '/administration', '/administration/tree', '/data', '/sign-in'])('%s is the explorer', async at => {
  const { status, text, headers } = await request(appOf()).get(at).set('accept', 'text/html');
  expect([status, text]).toEqual([200, '<title>the explorer</title>']);
  expect(headers['cache-control']).toBe('no-cache');
});

test('a page runs nothing that stands in it or comes from elsewhere', async () => {
  const { headers } = await request(appOf()).get('/');
  const policy = headers['content-security-policy']!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('files named after their contents are kept for good, others are asked for again', async () => {
  const app = appOf();
  expect((await request(app).get('/assets/index-abc.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect((await request(app).get('/theme.js')).headers['cache-control']).toBe('public, max-age=3600');
});

test.each(['/assets/../.stamp', '/.stamp', '/assets/none.js', '/index.html/../.stamp', '/assets/', '/administration/a/b'])(
  '%s gives no file away',
  async at => {
    expect((await request(appOf()).get(at)).body).toEqual({ passed: 'on' });
  },
);

test('/graphql is GraphiQL for a browser, and the graph for everybody and everything else', async () => {
  const app = appOf();
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  expect((await request(app).get('/graphql').set('accept', browser)).text).toBe('<title>graphiql</title>');
  const passedOn = [
    request(app).get('/graphql'),
    request(app).get('/graphql').set('accept', 'application/json'),
    request(app).get('/graphql?query={viewer{id}}').set('accept', browser),
    request(app).post('/graphql').set('accept', browser),
  ];
  for (const asked of passedOn) expect((await asked).body).toEqual({ passed: 'on' });
});

test('in the demo a visitor may choose whom to be; elsewhere nobody is told a token', async () => {
  const demo = appOf({ demo: true });
  const { body, headers } = await request(demo).get('/demo/people');
  expect([body, headers['cache-control']]).toEqual([[person], 'no-store']);
  expect((await request(demo).get('/explorer/settings.json')).body).toMatchObject({ demo: true });
  const real = appOf();
  expect((await request(real).get('/demo/people')).body).toEqual({ passed: 'on' });
  expect((await request(real).get('/explorer/settings.json')).body).toEqual({
    demo: false,
    passwordSignIn: false,
    routes: ['POST /events'],
  });
});

test('pages that were not built say what is missing', async () => {
  const { status, body } = await request(appOf({ at: path.join(folder, 'nowhere') })).get('/');
  expect([status, body.code]).toEqual([503, 'UNAVAILABLE']);
  expect(body.detail).toContain('npm run build');
});
