import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../test/database';
import { connectOwner, createTenant } from '../../test/fixture';
import { freeSubgraphUrls } from '../../test/free-port';
import { startStrata, strata, type Ran, type Started } from '../../test/strata-command';

let database: TestDatabase;
let folder: string;
let settings: Record<string, string>;
let token: string;
/** A start without a database, which gives up only after half a minute: it goes on beside the other tests. */
let inVain: Promise<Ran>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'strata-start-'));
  const nowhere = 'postgres://strata:secret@127.0.0.1:1/strata';
  inVain = strata(['start'], { DATABASE_URL: nowhere, PORT: '0', STRATA_DATA_DIR: path.join(folder, 'in-vain') });
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  await createTenant(owner, {
    key: 'acme',
    groups: { land: 'country' },
    classes: { c1: {} },
    placements: { india: { land: null, c1: 'land' } },
    people: { ann: ['ORG_ADMIN'], lea: ['LEARNER'] },
  });
  await owner.close();
  settings = { ...database.settings, STRATA_DATA_DIR: path.join(folder, 'data'), STRATA_DEMO: '0', PORT: '0' };
  token = (await strata(['token', 'ann'], settings)).stdout.trim();
});

afterAll(async () => {
  await inVain;
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** Ports of its own for every service, so that nothing else on the machine is in the way. */
const servicesSettings = async (): Promise<Record<string, string>> => ({ ...settings, ...(await freeSubgraphUrls()) });

async function ask(url: string, query: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

const report = `{
  viewer { login }
  nodeReport(period: { from: "2026-01-01", through: "2026-01-31" }) {
    node { node { name studentCount classCount } performance { attempts } }
  }
}`;

const reported = (attempts: number) => ({
  data: {
    viewer: { login: 'ann' },
    nodeReport: { node: { node: { name: 'Acme', studentCount: 0, classCount: 1 }, performance: { attempts } } },
  },
});

const event = JSON.stringify({
  ...{ eventId: 'e1', classId: 'c1', userId: 'lea' },
  ...{ occurredAt: '2026-01-05T10:00:00Z', score: 70 },
});

/** Sends the first half of a request with an event; the second half when it is told to. */
function postSlowly(url: string): { answered: Promise<IncomingMessage>; finish(): void } {
  const sending = httpRequest(`${url}/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      authorization: `Bearer ${token}`,
      'content-length': event.length,
    },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sending.once('response', resolve).once('error', reject);
  });
  sending.write(event.slice(0, 20));
  return { answered, finish: () => void sending.end(event.slice(20)) };
}

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

async function untilRefused(url: string): Promise<void> {
  while (await fetch(`${url}/healthz`).then(() => true, () => false)) await pause(20);
}

/** The process that another one started with these words. */
function childOf(parent: number, words: string): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const found = lines.map(line => line.trim().split(/\s+/)).find(
    ([, parentPid, ...args]) => Number(parentPid) === parent && args.join(' ').endsWith(words),
  );
  return Number(found![0]);
}

async function stop({ process: child, ended }: Started): Promise<number | null> {
  child.kill('SIGTERM');
  return ended;
}

test('in one process it answers, and ends what it is answering before it stops', async () => {
  const started = await startStrata(['start'], settings);
  expect(await ask(started.url, report)).toEqual(reported(0));
  const { answered, finish } = postSlowly(started.url);
  await ask(started.url, '{ __typename }'); // by now the other request has been heard too
  started.process.kill('SIGINT');
  await untilRefused(started.url);
  finish();
  const response = await answered;
  expect(response.statusCode).toBe(202);
  expect(JSON.parse((await response.toArray()).join(''))).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  expect(await started.ended).toBe(0);
});

test('as services it answers the same, and stops as a whole', async () => {
  const started = await startStrata(['start', '--topology', 'services'], await servicesSettings());
  expect(await ask(started.url, report)).toEqual(reported(1));
  const again = await fetch(`${started.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
    body: event,
  });
  expect(await again.json()).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
  expect(await stop(started)).toBe(0);
});

test('a service that dies costs its own fields alone, and comes back', async () => {
  const started = await startStrata(['start', '--topology', 'services'], await servicesSettings());
  process.kill(childOf(started.process.pid!, 'subgraph roster'), 'SIGKILL');
  const query = '{ viewer { login } hierarchy { name } nodeReport(period: { from: "2026-01-01", through: "2026-01-31" }) { node { node { name studentCount } } } }';
  const away = (await ask(started.url, query)) as { data: object; errors: { extensions: object }[] };
  expect(away.data).toEqual({
    viewer: null,
    hierarchy: { name: expect.any(String) },
    nodeReport: { node: { node: { name: 'Acme', studentCount: null } } },
  });
  expect(away.errors.map(({ extensions }) => extensions)).toEqual([{ code: 'UNAVAILABLE' }, { code: 'UNAVAILABLE' }]);
  for (;;) {
    const { errors } = (await ask(started.url, query)) as { errors?: object[] };
    if (!errors) break;
    await pause(100);
  }
  expect(started.output()).toMatch(/strata subgraph roster ended \(SIGKILL\); starting it again/);
  expect(await stop(started)).toBe(0);
});

test('services end with the process that started them, even when it is killed', async () => {
  const environment = await servicesSettings();
  const started = await startStrata(['start', '--topology', 'services'], environment);
  started.process.kill('SIGKILL');
  await started.ended;
  await untilRefused(started.url);
  await untilRefused(new URL('/', environment.STRATA_SUBGRAPH_REPORTING_URL!).origin);
});

test('a port that is taken ends the start with 2, before anything else', async () => {
  const other = createServer().listen(0);
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { exitCode, stdout, stderr } = await strata(['start'], { ...settings, PORT: String(port) });
  other.close();
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`Port ${port} is taken`);
});

test('a start without a database says which one it waited for, and ends with 2', async () => {
  const { exitCode, stderr, stdout } = await inVain;
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/Waiting for the database at 127\.0\.0\.1:1\/strata/);
  expect(stderr).toMatch(/The database at 127\.0\.0\.1:1\/strata cannot be used: .*ECONNREFUSED/);
  expect(stderr).not.toMatch(/secret|at .*\.js:/);
});
