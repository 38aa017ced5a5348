import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { projectRoot } from '../subgraphs/shared/project-root';
import type { Database } from '../subgraphs/shared/database/database';
import type { OpenTransaction } from '../subgraphs/shared/database/open-transaction';
import { registerTypeScript } from './typescript-in-children';
import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import type { Said } from './group-file-worker';
import { largeFile, type ShownImport } from './group-files';

/** A file of 200,000 rows is what is promised; each run of the tests makes do with a tenth. */
const rows = Number(process.env.STRATA_GROUP_FILE_ROWS ?? 20_000);
const mostMegabytes = 300;
/** Where in the file it is killed: held up there by somebody who is about to make one of the file's students. */
const shares = [0.3, 0.6, 0.9];
const schools = ['s1', 's2', 's3', 's4'];

let database: TestDatabase;
let owner: Database;
let tenant: KnownTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  tenant = await createTenant(owner, {
    key: 'acme',
    groups: Object.fromEntries(schools.map(school => [school, 'school'])),
    people: { admin: ['ORG_ADMIN'] },
  });
});
afterAll(async () => {
  await owner.close();
  await database.drop();
});

const atWork = new Set<ChildProcess>();
afterEach(() => {
  for (const worker of atWork) worker.kill('SIGKILL');
});

class Worker {
  private constructor(
    private readonly process: ChildProcess,
    private readonly heard: Said[],
    private readonly port: number,
    private readonly token: string,
  ) {}

  static async start(): Promise<Worker> {
    const script = path.join(projectRoot, 'test', 'group-file-worker.ts');
    const child = spawn(process.execPath, ['-r', registerTypeScript, script, database.url], {
      cwd: projectRoot,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    atWork.add(child);
    child.once('close', () => atWork.delete(child));
    const heard: Said[] = [];
    const lines = createInterface(child.stdout!);
    lines.on('line', line => heard.push(JSON.parse(line) as Said));
    for (;;) {
      const ready = heard.find(said => 'ready' in said);
      if (ready) return new Worker(child, heard, ready.ready.port, ready.ready.token);
      if (child.exitCode !== null) throw new Error('the worker ended before it was ready');
      await sleep(10);
    }
  }

  async ask(method: string, at: string, body?: ReadableStream | string): Promise<ShownImport> {
    const response = await fetch(`http://127.0.0.1:${this.port}${at}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'content-type': 'text/csv' }) },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    } as RequestInit);
    return (await response.json()) as ShownImport;
  }

  async export(): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}/groups/export`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    return response.text();
  }

  get bugs(): string[] {
    return this.heard.flatMap(said => ('bug' in said ? [said.bug] : []));
  }

  async kill(): Promise<void> {
    const gone = new Promise(resolve => this.process.once('close', resolve));
    this.process.kill('SIGKILL');
    await gone;
  }

  /** Ends it; the most memory it has held at any time. */
  async stop(): Promise<number> {
    const gone = new Promise(resolve => this.process.once('close', resolve));
    this.process.stdin!.end();
    await gone;
    return this.heard.flatMap(said => ('peakMegabytes' in said ? [said.peakMegabytes] : []))[0]!;
  }
}

const select = async <Row>(sql: string): Promise<Row[]> => owner.transaction(tenant.number, 'read', tx => tx.query<Row>(sql));

async function counts(): Promise<Record<string, number>> {
  const tables = ['student_groups', 'student_group_students', 'student_group_users', 'people'];
  const [row] = await select<Record<string, number>>(
    `select ${tables.map(table => `(select count(*)::int from ${table}) as ${table}`).join(', ')}`,
  );
  return row!;
}

async function doneOf(id: number): Promise<{ status: string; done: number }> {
  const [row] = await select<{ status: string; done: number }>(
    `select status, records_done as done from imports where id = ${id}`,
  );
  return row!;
}

async function until(id: number, reached: (state: { status: string; done: number }) => boolean): Promise<void> {
  for (let waited = 0; !reached(await doneOf(id)); waited += 5) {
    if (waited > 300_000) throw new Error(`import ${id} is stuck at ${JSON.stringify(await doneOf(id))}`);
    await sleep(5);
  }
}

/** Makes a student of the row at this share of the file, and does not commit: who needs the same student waits. */
async function holdUpAt(contents: string, share: number): Promise<OpenTransaction> {
  const lines = contents.split('\n').slice(Math.ceil(share * rows));
  const ssid = lines.map(line => line.split(',')[4]).find(Boolean);
  const tx = await owner.begin(tenant.number, 'write');
  await tx.query(`insert into people (tenant_id, external_id, login, roles) values ($1, $2, 'in the way', '{LEARNER}')`, [
    tenant.number, ssid,
  ]);
  return tx;
}

/** As autovacuum does where much was written and nothing of it committed: the tables seem to be empty from then on. */
async function countRows(): Promise<void> {
  const client = new Client({ connectionString: database.directUrl });
  await client.connect();
  await client.query('analyze people, student_groups, student_group_students, student_group_users');
  await client.end();
}

/** What a file says, by hand. */
function read(contents: string) {
  const groups = new Set<string>();
  const students = new Set<string>();
  const members = { students: new Set<string>(), users: new Set<string>() };
  for (const line of contents.trimEnd().split('\n').slice(1)) {
    const [name, school, year, , ssid, login] = line.split(',') as [string, string, string, string, string, string];
    const group = [school, name, year].join();
    groups.add(group);
    if (ssid) members.students.add(`${group} ${ssid}`);
    if (ssid) students.add(ssid);
    if (login) members.users.add(`${group} ${login}`);
  }
  return {
    student_groups: groups.size,
    student_group_students: members.students.size,
    student_group_users: members.users.size,
    people: students.size + 1, // and the administrator
  };
}

test(`a file of ${rows} rows, killed and begun again in the middle, is applied whole and once, in ${mostMegabytes} MB`, async () => {
  const contents = [...largeFile(rows, schools)].join('');
  let worker = await Worker.start();
  let holdsUp = await holdUpAt(contents, shares[0]!);
  const sent = await worker.ask('POST', '/groups/imports', Readable.toWeb(Readable.from([Buffer.from(contents)])) as never);
  expect(sent).toMatchObject({ status: 'ACCEPTED', digest: createHash('md5').update(contents).digest('hex').toUpperCase() });

  for (const [time, share] of shares.entries()) {
    let progress: number | undefined;
    while (progress === undefined || progress < share - 5_000 / rows) ({ progress } = await worker.ask('GET', `/imports/${sent.id}`));
    expect(progress).toBeLessThanOrEqual(share);
    await worker.kill();
    await holdsUp.rollback();
    await countRows();
    // All or nothing: half a file is in nobody's sight.
    expect(await counts()).toEqual({ student_groups: 0, student_group_students: 0, student_group_users: 0, people: 1 });
    if (time + 1 < shares.length) holdsUp = await holdUpAt(contents, shares[time + 1]!);
    worker = await Worker.start();
  }
  const began = performance.now();
  await until(sent.id, ({ status }) => status !== 'ACCEPTED');
  const applied = performance.now() - began;
  expect(await worker.ask('GET', `/imports/${sent.id}`)).toMatchObject({ status: 'PROCESSED' });
  expect(await counts()).toEqual(read(contents));

  // The same by way of the export: what it lists is what the file listed.
  const exported = await worker.export();
  expect(read(exported)).toEqual(read(contents));
  const again = await worker.ask('POST', '/groups/imports', contents);
  expect(again).toMatchObject({ id: sent.id, status: 'PROCESSED' });
  const fresh = await worker.ask('POST', '/groups/imports', exported);
  await until(fresh.id, ({ status }) => status === 'PROCESSED');
  expect(await counts()).toEqual(read(contents));
  expect(worker.bugs).toEqual([]);
  const peak = await worker.stop();
  if (rows > 20_000) console.log(`${rows} rows: applied in ${(applied / 1000).toFixed(1)} s, ${peak} MB at most`);
  expect(peak).toBeLessThan(mostMegabytes);
}, 600_000);

test('sent fifty times, ten at once and by two processes, a file has one effect', async () => {
  const contents = [...largeFile(500, schools)].join('').replaceAll('Group ', 'Often ');
  const workers = [await Worker.start(), await Worker.start()];
  const before = await counts();
  const answers: ShownImport[] = [];
  for (let round = 0; round < 5; round++) {
    const tens = Array.from({ length: 10 }, (_, n) => workers[n % 2]!.ask('POST', '/groups/imports', contents));
    answers.push(...(await Promise.all(tens)));
  }
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  expect(answers.every(({ status }) => status !== 'BAD_DATA')).toBe(true);
  await until(answers[0]!.id, ({ status }) => status === 'PROCESSED');
  const [imports] = await select<{ count: number }>(
    `select count(*)::int as count from imports where digest = '${answers[0]!.digest}'`,
  );
  expect(imports).toEqual({ count: 1 });
  const said = read(contents);
  const after = await counts();
  expect([after.student_groups! - before.student_groups!, after.student_group_students! - before.student_group_students!]).toEqual([
    said.student_groups, said.student_group_students,
  ]);
  expect(workers.flatMap(worker => worker.bugs)).toEqual([]);
  for (const worker of workers) await worker.stop();
}, 300_000);
