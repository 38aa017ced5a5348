import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../cli/postgres';
import { migrate } from '../subgraphs/shared/database/migrate';
import { isUnavailable } from '../subgraphs/shared/errors';
import { createTenant } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';
import { twoHierarchies } from './two-hierarchies';

const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const period = { from: '2026-03-01', through: '2026-03-31' };
const report = `query ($period: PeriodInput!) {
  nodeReport(period: $period) { node { node { name studentCount competencyCounts { completed } } performance { attempts } } }
}`;
const event = (eventId: string) =>
  ({ eventId, classId: 'a1', userId: 'ann', occurredAt: '2026-03-02T10:00:00Z', score: 50 });

const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-away-'));
const server = () => startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
let postgres: EmbeddedPostgres;
let watch: ChildProcess;
let gateway: GatewayForTest;

beforeAll(async () => {
  fs.chmodSync(dataDir, 0o755); // as root the server runs as another, who must be able to pass
  // When jest is killed, nobody else ends the server.
  const script = path.join(__dirname, 'outlive-jest.js');
  watch = spawn(process.execPath, [script, dataDir], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  postgres = await server();
  const { url } = postgres;
  await migrate(url);
  gateway = await startGateway({
    database: { url, directUrl: url, adminUrl: url, settings: { DATABASE_URL: url }, drop: async () => undefined },
    fill: owner => createTenant(owner, twoHierarchies('acme')),
    now: new Date('2026-03-20T12:00:00Z'),
  });
});
afterAll(async () => {
  await gateway.close();
  await postgres.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
  watch.kill();
});

const get = (route: string) => request(gateway.app).get(route);

test('a database that goes away leaves the service alive but not ready; when it is back, all goes on by itself', async () => {
  const { port } = postgres;
  expect((await gateway.send(admin, [event('before')])).body.accepted).toBe(1);
  expect((await gateway.read(admin, report, { period })).nodeReport.node.performance.attempts).toBe(1);
  expect((await get('/readyz')).status).toBe(200);

  await postgres.stop();
  // The same question as before, whose answer might still be known, and others.
  const write = 'mutation { createGroup(input: { type: school, name: "x" }) { id } }';
  for (const query of [report, '{ viewer { login } }', '{ hierarchy { id } }', write]) {
    const { status, errors, text } = await gateway.ask(admin, query, { period });
    expect([query, status, errors.map(({ extensions }) => extensions?.code)]).toEqual([query, 200, ['UNAVAILABLE']]);
    expect(errors[0]!.message).toMatch(/cannot be reached just now.*try again/);
    expect(text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|postgres/);
  }
  const sent = await gateway.send(admin, [event('while away')]);
  expect([sent.status, sent.body.code]).toEqual([503, 'UNAVAILABLE']);
  const ready = await get('/readyz');
  expect([ready.status, ready.body.code]).toEqual([503, 'UNAVAILABLE']);
  expect(ready.body.failing.map((check: { name: string }) => check.name)).toEqual(
    expect.arrayContaining(['database', 'hierarchy', 'roster', 'competency', 'reporting']),
  );
  expect((await get('/healthz')).status).toBe(200);

  postgres = await server();
  expect(postgres.port).toBe(port);
  const back = Date.now();
  while ((await get('/readyz')).status !== 200) {
    if (Date.now() - back > 10_000) throw new Error('ten seconds after the database is back, the service is not ready');
    await sleep(50);
  }
  expect((await gateway.send(admin, [event('before'), event('while away'), event('after')])).body)
    .toEqual({ accepted: 2, duplicates: 1, rejected: [] });
  const { nodeReport } = await gateway.read(admin, report, { period });
  expect(nodeReport.node).toMatchObject({ node: { name: 'Acme' }, performance: { attempts: 3 } });
  // What goes on in the background, too, met nothing worse than a database that was away.
  expect(gateway.bugs.filter(error => !isUnavailable(error))).toEqual([]);
});

test('a database that restarts while many ask: good answers within five seconds, UNAVAILABLE before, and nothing worse', async () => {
  let going = true;
  const outcomes: { begun: number; code: string }[] = [];
  const ask = async (caller: number): Promise<void> => {
    for (let n = 0; going; n++) {
      const begun = Date.now();
      const query = report.replace('query', `query q${caller}_${n}`); // each is another question: none is answered from memory
      const { errors, status } = await gateway.ask(admin, query, { period });
      outcomes.push({ begun, code: status === 200 ? String(errors[0]?.extensions?.code ?? 'good') : String(status) });
    }
  };
  const asking = [0, 1, 2, 3, 4, 5].map(ask);
  const goodSince = (moment: number) => outcomes.filter(({ begun, code }) => begun >= moment && code === 'good').length;
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await sleep(10);
  };
  const before = Date.now();
  await until(() => goodSince(before) >= 12);
  await postgres.stop();
  const away = Date.now();
  await until(() => outcomes.some(({ begun, code }) => begun >= away && code === 'UNAVAILABLE'));
  postgres = await server();
  const back = Date.now();
  await until(() => goodSince(back) >= 12);
  expect(Date.now() - back).toBeLessThan(5_000);
  const settled = Date.now();
  await until(() => goodSince(settled) >= 30);
  going = false;
  await Promise.all(asking);
  expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set(['good', 'UNAVAILABLE']));
  expect(outcomes.filter(({ begun, code }) => begun >= settled && code !== 'good')).toEqual([]);
  expect(gateway.bugs.filter(error => !isUnavailable(error))).toEqual([]);
});
