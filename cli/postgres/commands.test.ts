import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { type EmbeddedPostgres, findEmbeddedPostgres, startEmbeddedPostgres } from '.';
import { canReach } from './account';
import { pathsOf } from './cluster';
import { runningProcess } from './processes';
import { endServer, findServer } from './server';

// Several commands on one data folder, each a process of its own, and what is left when one of them is killed.
const settings = { fsync: 'off' };
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-commands-'));
fs.chmodSync(home, 0o755);
const children: ChildProcess[] = [];
const servers: EmbeddedPostgres[] = [];
const used = new Set<string>();

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, settings });
  servers.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    const [row] = (await client.query<Record<string, unknown>>(sql)).rows;
    return row && Object.values(row)[0];
  } finally {
    await client.end();
  }
}

/** A command as others will write them: it starts, says so, drains on SIGINT and leaves on SIGINT or at a word. */
const COMMAND = `
  const { startEmbeddedPostgres } = require(process.argv[1]);
  const { Client } = require('pg');
  const say = what => process.stdout.write(JSON.stringify(what) + '\\n');
  const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
  (async () => {
    const server = await startEmbeddedPostgres({ dataDir: process.argv[2], settings: ${JSON.stringify(settings)} });
    const leave = async () => { await server.stop(); say({ left: true }); process.exit(0); };
    process.on('SIGINT', async () => {
      await wait(300);
      const client = new Client(server.url);
      await client.connect();
      await client.query('create table drained as select 1');
      await client.end();
      await leave();
    });
    process.stdin.on('data', leave);
    say({ url: server.url, pid: server.pid, started: server.started });
  })().catch(error => { say({ error: error.message }); process.exit(1); });
`;

function command(dataDir: string, account: { uid?: number; gid?: number } = {}) {
  used.add(dataDir);
  const words = ['-r', 'esbuild-register', '-e', COMMAND, __dirname, dataDir];
  // A group of its own, as a shell gives each command line.
  const child = spawn(process.execPath, words, {
    ...account,
    cwd: path.join(__dirname, '../..'),
    env: { ...process.env, HOME: '/' },
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  let said = '';
  child.stdout.on('data', chunk => (said += chunk));
  const ended = new Promise<void>(resolve => child.on('close', () => resolve()));
  const line = async (number: number) => {
    while (said.split('\n').length <= number + 1 && child.exitCode === null && child.signalCode === null) await pause();
    return JSON.parse(said.split('\n')[number] || '{}') as Partial<EmbeddedPostgres> & { left?: true; error?: string };
  };
  const begun = async () => {
    const first = await line(0);
    if (first.error !== undefined || !first.url) throw new Error(first.error ?? 'the command ended without a word');
    return first as EmbeddedPostgres;
  };
  const leave = async () => {
    child.stdin.write('leave\n');
    expect(await line(1)).toEqual({ left: true });
    await ended;
  };
  return { child, begun, leave, ended, line };
}

const pause = () => new Promise(resolve => setTimeout(resolve, 10));

async function expectGone(server: { pid: number; url: string }): Promise<void> {
  expect(runningProcess(server.pid)).toBeNull();
  await expect(ask(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
}

async function killed(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  while (runningProcess(pid)) await pause();
}

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const server of servers) await server.stop();
  // What a failed test has left.
  for (const dataDir of used) {
    const left = findServer(pathsOf(dataDir));
    if (left) await endServer(left, () => undefined);
  }
  fs.rmSync(home, { recursive: true });
});

test('who waits for what keeps no process alive goes on once it has come', () => {
  const script = (wait: string) => `
    const { stayFor } = require(process.argv[1]);
    ${wait}(new Promise(resolve => setTimeout(resolve, 20).unref())).then(() => (process.exitCode = 3));
  `;
  const codeOf = (wait: string) =>
    spawnSync(process.execPath, ['-r', 'esbuild-register', '-e', script(wait), path.join(__dirname, 'processes')], {
      cwd: path.join(__dirname, '../..'),
    }).status;
  expect([codeOf('stayFor'), codeOf('Promise.resolve.bind(Promise)')]).toEqual([3, 0]);
});

describe('sharing', () => {
  test('of two commands started at once on a new folder one starts the server, the other shares it', async () => {
    const dataDir = path.join(home, 'shared');
    const both = [command(dataDir), command(dataDir)];
    const told = await Promise.all(both.map(each => each.begun()));
    expect(told.map(each => each.started).sort()).toEqual([false, true]);
    expect(told[0]!.pid).toBe(told[1]!.pid);

    // The one that started it leaves first, and the other's work goes on.
    const starter = told[0]!.started ? 0 : 1;
    await both[starter]!.leave();
    expect(await ask(told[0]!.url, 'select 1')).toBe(1);
    await both[1 - starter]!.leave();
    await expectGone(told[0]!);
  });

  test('Ctrl-C reaches the command, which can still write, and not the server', async () => {
    const dataDir = path.join(home, 'interrupted');
    const { child, begun, line, ended } = command(dataDir);
    const server = await begun();
    process.kill(-child.pid!, 'SIGINT');
    expect(await line(1)).toEqual({ left: true });
    await ended;
    await expectGone(server);
    expect(await ask((await start(dataDir)).url, 'select count(*)::int from drained')).toBe(1);
  });
});

describe('killed', () => {
  test('a server started anew after a crash is left to the command that still uses the folder', async () => {
    const dataDir = path.join(home, 'started-anew');
    const { begun, leave } = command(dataDir);
    const first = await begun();
    await killed(first.pid);
    const anew = await start(dataDir);
    expect(anew).toMatchObject({ url: first.url, started: true });
    await anew.stop();
    expect(await ask(first.url, 'select 1')).toBe(1);
    await leave();
    await expectGone(anew);
  });

  test('the server of a killed command goes on, and the next command takes it over and stops it', async () => {
    const dataDir = path.join(home, 'command-killed');
    const { child, begun } = command(dataDir);
    const orphan = await begun();
    await killed(child.pid!);
    expect(await findEmbeddedPostgres(dataDir)).toEqual({ url: orphan.url });
    const next = await start(dataDir);
    expect(next).toMatchObject({ pid: orphan.pid, url: orphan.url, started: true });
    await next.stop();
    await expectGone(orphan);
  });

  test('a command killed while it makes the cluster leaves nothing that a later start trips over', async () => {
    const dataDir = path.join(home, 'first-start-killed');
    const { child } = command(dataDir);
    const unfinished = () => fs.existsSync(dataDir) && fs.readdirSync(dataDir).find(name => name.includes('.new-'));
    while (!unfinished()) await pause();
    await killed(child.pid!);
    expect(fs.existsSync(path.join(dataDir, 'postgres'))).toBe(false);
    expect(await ask((await start(dataDir)).url, 'select 1')).toBe(1);
    expect(unfinished()).toBeUndefined();
  });
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;
// An account every system has, since initdb asks for its name.
const user = { uid: 1, gid: 1 };
const asRootAndUser = canReach(__dirname, user) ? asRoot : test.skip;

describe('as root', () => {
  asRoot('the server runs as nobody, also below a folder that only root may enter', async () => {
    const closed = path.join(home, 'closed');
    fs.mkdirSync(closed, { mode: 0o700 });
    for (const time of ['first', 'second']) {
      const server = await start(path.join(closed, 'data'));
      expect(fs.statSync(`/proc/${server.pid}`).uid).toBe(65534);
      expect(server.started).toBe(true);
      expect(await ask(server.url, `select '${time}'`)).toBe(time);
      expect((await start(path.join(closed, 'data'))).started).toBe(false);
      await server.stop();
    }
  });

  asRoot('a folder restored by root is handed to the account of the server', async () => {
    const dataDir = path.join(home, 'restored');
    await (await start(dataDir)).stop();
    fs.renameSync(dataDir, `${dataDir}-backup`);
    fs.cpSync(`${dataDir}-backup`, dataDir, { recursive: true });
    expect(fs.statSync(path.join(dataDir, 'postgres')).uid).toBe(0);
    expect(await ask((await start(dataDir)).url, 'select 1')).toBe(1);
  });

  asRootAndUser("in an ordinary user's folder root leaves everything usable for the user", async () => {
    const folder = path.join(home, 'user');
    fs.mkdirSync(folder);
    fs.chownSync(folder, user.uid, user.gid);
    const dataDir = path.join(folder, 'data');
    const first = command(dataDir, user);
    expect(fs.statSync(`/proc/${(await first.begun()).pid}`).uid).toBe(user.uid);
    expect((await start(dataDir)).started).toBe(false);
    await first.leave();
    await servers.at(-1)!.stop();

    const roots = await start(dataDir);
    expect(fs.statSync(`/proc/${roots.pid}`).uid).toBe(user.uid);
    await roots.stop();

    const again = command(dataDir, user);
    expect((await again.begun()).started).toBe(true);
    await again.leave();
  });

  asRoot('in a folder of a user without a name here, a mounted one say, the server runs as that user', async () => {
    const dataDir = path.join(home, 'mounted');
    fs.mkdirSync(dataDir);
    fs.chownSync(dataDir, 123_456, 123_456);
    const server = await start(dataDir);
    expect(fs.statSync(`/proc/${server.pid}`).uid).toBe(123_456);
  });

  asRootAndUser("an ordinary user is told that root's folder is not theirs", async () => {
    const dataDir = path.join(home, 'roots');
    await start(dataDir);
    await expect(command(dataDir, user).begun()).rejects.toThrow(/belongs to user 65534, and this is user 1/);
  });
});
