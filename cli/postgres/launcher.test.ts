import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { type EmbeddedPostgres, findEmbeddedPostgres, startEmbeddedPostgres } from '.';

// Every folder on the way is open, as a checkout's usually are; commands.test.ts has the closed ones.
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata launcher ä-'));
fs.chmodSync(home, 0o755);
const servers: EmbeddedPostgres[] = [];
const unsafe = { fsync: 'off' };

async function start(options: Parameters<typeof startEmbeddedPostgres>[0]): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(options);
  servers.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client(url);
  await client.connect();
  try {
    const [row] = (await client.query<Record<string, unknown>>(sql)).rows;
    return row && Object.values(row)[0];
  } finally {
    await client.end();
  }
}

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

afterAll(async () => {
  for (const server of servers) await server.stop();
  fs.rmSync(home, { recursive: true });
});

describe('one command', () => {
  const dataDir = path.join(home, 'one');
  let server: EmbeddedPostgres;

  test('the second start finds what the first one wrote, at the same address', async () => {
    const first = await start({ dataDir });
    await ask(first.url, 'create table kept as select 42 as answer');
    expect(first.started).toBe(true);
    expect(await findEmbeddedPostgres(dataDir)).toEqual({ url: first.url });

    await first.stop();
    expect(runs(first.pid)).toBe(false);
    expect(await findEmbeddedPostgres(dataDir)).toBeNull();
    await first.stop();

    server = await start({ dataDir });
    expect(server.url).toBe(first.url);
    expect(server.started).toBe(true);
    expect(await ask(server.url, 'select answer from kept')).toBe(42);
  });

  test('the server is safe, modest and reachable from this machine alone', async () => {
    const { url } = server;
    const wanted = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      password_encryption: 'scram-sha-256',
      server_encoding: 'UTF8',
      lc_messages: 'C',
      TimeZone: 'UTC',
      jit: 'off',
      wal_level: 'minimal',
      shared_buffers: '64MB',
    };
    for (const [name, value] of Object.entries(wanted)) {
      expect({ [name]: await ask(url, `select current_setting('${name}')`) }).toEqual({ [name]: value });
    }
    expect(await ask(url, `select datcollate from pg_database where datname = 'strata'`)).toBe('C');
    expect(await ask(url, 'select rolsuper from pg_roles where rolname = current_user')).toBe(true);
  });

  test('nobody logs in without the password, which is for the owner of the data folder alone', async () => {
    const { url } = server;
    await expect(ask(url.replace(/:[0-9a-f]+@/, ':guess@'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const rules = 'select count(*)::int from pg_hba_file_rules where auth_method <> $$scram-sha-256$$';
    expect(await ask(url, rules)).toBe(0);
    expect(fs.statSync(path.join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
  });

  test('the extensions the design counts on are there', async () => {
    const { url } = server;
    for (const name of ['ltree', 'pg_trgm', 'btree_gist', 'intarray', 'pgcrypto', 'citext', 'pg_stat_statements']) {
      await ask(url, `create extension ${name}`);
    }
    expect(await ask(url, `select '1.2.3'::ltree <@ '1.2'::ltree`)).toBe(true);
  });

  test('two calls in one process share a server, which the one that started it ends', async () => {
    const folder = path.join(home, 'twice');
    const both = await Promise.all([1, 2].map(() => start({ dataDir: folder, settings: unsafe })));
    const [starter, guest] = both[0]!.started ? both : both.reverse();
    expect([starter!.started, guest!.started]).toEqual([true, false]);
    expect(guest!.url).toBe(starter!.url);

    const late = await start({ dataDir: folder });
    await late.stop();
    expect(await ask(guest!.url, 'select 1')).toBe(1);
    await starter!.stop();
    expect(runs(starter!.pid)).toBe(false);
    await guest!.stop();
  });

  test('when the port is taken the server moves to another and keeps that', async () => {
    await server.stop();
    const squatter = net.createServer().listen(server.port, '127.0.0.1');
    const taken = server.port;
    server = await start({ dataDir });
    expect(server.port).not.toBe(taken);
    await server.stop();
    await new Promise(resolve => squatter.close(resolve));
    const moved = server.port;
    server = await start({ dataDir });
    expect(server.port).toBe(moved);
  });

  test('a copy of the folder of a running server gets a server of its own', async () => {
    await ask(server.url, 'checkpoint');
    const copied = path.join(home, 'copied');
    fs.cpSync(dataDir, copied, { recursive: true });
    expect(await findEmbeddedPostgres(copied)).toBeNull();
    const other = await start({ dataDir: copied });
    expect(other.started).toBe(true);
    expect(other.url).not.toBe(server.url);
    expect(await ask(other.url, 'select answer from kept')).toBe(42);
  });
});

describe('after a crash', () => {
  test('a server that is killed loses nothing acknowledged', async () => {
    const dataDir = path.join(home, 'server-killed');
    const first = await start({ dataDir, settings: unsafe });
    await ask(first.url, 'create table kept (n int)');
    await ask(first.url, 'insert into kept select generate_series(1, 1000)');
    process.kill(first.pid, 'SIGKILL');
    const second = await start({ dataDir, settings: unsafe });
    expect(second.pid).not.toBe(first.pid);
    expect(await ask(second.url, 'select count(*)::int from kept')).toBe(1000);
  });

  test('files that a loss of power emptied do not stand in the way', async () => {
    const dataDir = path.join(home, 'power');
    const before = await start({ dataDir, settings: unsafe });
    await before.stop();
    const emptied = fs.readdirSync(dataDir).filter(name => /\.(users|port|lock\.\d+)$/.test(name));
    expect(emptied).toHaveLength(3);
    for (const name of emptied) fs.writeFileSync(path.join(dataDir, name), '');
    expect((await start({ dataDir, settings: unsafe })).started).toBe(true);
  });

  test("a postmaster.pid whose number is another program's by now is taken for stale", async () => {
    const dataDir = path.join(home, 'stale');
    const server = await start({ dataDir, settings: unsafe });
    const file = path.join(dataDir, 'postgres', 'postmaster.pid');
    const left = fs.readFileSync(file, 'utf8');
    await server.stop();
    const neighbour = await start({ dataDir: path.join(home, 'neighbour'), settings: unsafe });
    // This very process, and a PostgreSQL server of another folder.
    for (const pid of [process.pid, neighbour.pid]) {
      fs.writeFileSync(file, left.replace(/^\d+/, String(pid)), { mode: 0o600 });
      expect(await findEmbeddedPostgres(dataDir)).toBeNull();
      const next = await start({ dataDir, settings: unsafe });
      expect(next.started).toBe(true);
      expect(next.pid).not.toBe(pid);
      await next.stop();
    }
    expect(await ask(neighbour.url, 'select 1')).toBe(1);
  });
});

describe('what goes wrong', () => {
  const dataDir = path.join(home, 'wrong');

  test('a start that fails says why, in the words of the log, and leaves nothing running', async () => {
    await expect(start({ dataDir, settings: { ...unsafe, shared_buffers: 'lots' } })).rejects.toThrow(
      /does not start \(exit code 1\)[^]*postgres\.log:[^]*invalid value for parameter "shared_buffers": "lots"/,
    );
    expect(await findEmbeddedPostgres(dataDir)).toBeNull();
    expect((await start({ dataDir, settings: { ...unsafe, shared_buffers: '8MB' } })).started).toBe(true);
  });

  test('settings that would make the server unreachable or another one are refused', async () => {
    for (const name of ['port', 'listen_addresses', 'data_directory']) {
      await expect(start({ dataDir: path.join(home, 'refused'), settings: { [name]: '1' } })).rejects.toThrow(name);
    }
    await expect(start({ dataDir: path.join(home, 'refused'), settings: { 'a b': '1' } })).rejects.toThrow('"a b"');
  });

  test('a cluster whose password is lost is not replaced by an empty one', async () => {
    const server = servers.at(-1)!;
    await server.stop();
    const file = path.join(dataDir, 'postgres.password');
    const password = fs.readFileSync(file);
    fs.rmSync(file);
    await expect(start({ dataDir })).rejects.toThrow(/postgres\.password, which holds its password, is missing/);
    fs.writeFileSync(file, 'another');
    await expect(start({ dataDir })).rejects.toThrow(/refuses the password kept for it/);
    fs.writeFileSync(file, password);
    expect(await ask((await start({ dataDir, settings: unsafe })).url, 'select 1')).toBe(1);
  });
});
