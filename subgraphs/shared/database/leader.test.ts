import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { metrics } from '../metrics';
import { projectRoot } from '../project-root';
import { standForLeader, type Leader } from './leader';

let database: TestDatabase;
let admin: Client;
const standing: Leader[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  admin = new Client({ connectionString: database.adminUrl });
  await admin.connect();
});
afterEach(async () => {
  for (const leader of standing.splice(0)) await leader.stop();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

async function stand(options: { beats?: boolean; onTerm?: (term: AbortSignal) => void } = {}): Promise<Leader> {
  const leader = await standForLeader({ url: database.directUrl, every: 20, ...options });
  standing.push(leader);
  return leader;
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 20) {
    if (waited > 10_000) throw new Error(`for ten seconds not: ${what}`);
    await sleep(20);
  }
}

const sessions = async (): Promise<number[]> => {
  const sql = `select pid from pg_stat_activity where application_name = 'strata leader' and datname = current_database()`;
  return (await admin.query<{ pid: number }>(sql)).rows.map(({ pid }) => pid);
};

test('of several that stand one leads, and when it gives up another does', async () => {
  const all = [await stand(), await stand(), await stand()];
  const leads = () => all.filter(({ term }) => term !== undefined);
  expect(leads()).toEqual([all[0]]);
  const { term } = all[0]!;
  await all[0]!.stop();
  expect(term!.aborted).toBe(true);
  await until(() => leads().length === 1, 'another leads');
  expect(leads()).not.toContain(all[0]);
});

test('who loses its session knows that it leads no more, and stands again', async () => {
  const terms: AbortSignal[] = [];
  const [first, second] = [await stand({ onTerm: term => terms.push(term) }), await stand()];
  await admin.query(
    `select pg_terminate_backend(pg_locks.pid) from pg_locks
     where pg_locks.locktype = 'advisory' and pg_locks.granted and pg_locks.database =
       (select oid from pg_database where datname = current_database())`,
  );
  await until(() => terms[0]!.aborted, 'the term has ended');
  await until(() => [first, second].filter(({ term }) => term).length === 1, 'one leads');
  await until(async () => (await sessions()).length === 2, 'both stand');
});

test('a process that is killed while it leads is followed by another, and /metrics says by which', async () => {
  const script = `
    const { standForLeader } = require('./subgraphs/shared/database/leader.ts');
    standForLeader({ url: process.argv[1], every: 20, onTerm: () => console.log('leads') });
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['-r', 'esbuild-register', '-e', script, database.directUrl], {
    cwd: path.resolve(projectRoot),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  const next = await stand();
  expect(next.term).toBeUndefined();
  expect(await metrics.getSingleMetricAsString('strata_leader')).toContain('strata_leader 0');
  child.kill('SIGKILL');
  await until(() => next.term !== undefined, 'the next one leads');
  expect(await metrics.getSingleMetricAsString('strata_leader')).toContain('strata_leader 1');
});

test('the leader alone keeps the time', async () => {
  const beatAt = async () => (await admin.query('select beat_at from heartbeat')).rows[0].beat_at as Date | number;
  expect(await beatAt()).toBe(-Infinity);
  const [first] = [await stand({ beats: true }), await stand({ beats: true })];
  await until(async () => (await beatAt()) instanceof Date, 'it is kept');
  const before = await beatAt();
  await until(async () => (await beatAt()) > before, 'it goes on');
  await first.stop();
  const left = await beatAt();
  await until(async () => (await beatAt()) > left, 'the next leader keeps it');
});

test('a database that is away is tried again, and whoever waits is told', async () => {
  const errors: unknown[] = [];
  const away = new URL(database.directUrl);
  away.port = '1';
  const leader = await standForLeader({ url: away.href, every: 20, onError: error => errors.push(error) });
  standing.push(leader);
  await until(() => errors.length > 2, 'it is told of each try');
  expect(leader.term).toBeUndefined();
});
