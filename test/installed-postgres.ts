import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { handOver, makingAccount } from '../cli/postgres/account';

/** A PostgreSQL with all its tools, of which the embedded one has but the server. */
export interface InstalledPostgres {
  version: number;
  /** A superuser's way to a database of it. */
  url(database: string, login?: string): string;
  /** Runs one of its tools, as the superuser. */
  run(tool: string, ...words: string[]): string;
  folder: string;
  stop(): Promise<void>;
}

const shelves = '/usr/lib/postgresql';

/** Where the newest PostgreSQL of 15 or later is that is installed as Debian does; undefined where there is none. */
export function findInstalled(): { version: number; bin: string } | undefined {
  const versions = existsSync(shelves) ? readdirSync(shelves).map(Number).filter(version => version >= 15) : [];
  const [version] = versions.sort((a, b) => b - a);
  const bin = path.join(shelves, String(version), 'bin');
  const whole = version !== undefined && ['initdb', 'postgres', 'pg_dump', 'pg_restore'].every(tool => existsSync(path.join(bin, tool)));
  return whole ? { version, bin } : undefined;
}

/** Starts a server of its own on a fresh cluster. */
export async function startInstalled({ version, bin }: { version: number; bin: string }): Promise<InstalledPostgres> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'strata-installed-'));
  chmodSync(folder, 0o755);
  const account = makingAccount();
  handOver(folder, account);
  const data = path.join(folder, 'data');
  execFileSync(path.join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C', '-N'], {
    ...account,
    cwd: folder,
    stdio: 'pipe',
  });
  const socket = createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  socket.close();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'jit=off'];
  const words = ['-D', data, '-p', String(port), ...settings.flatMap(setting => ['-c', setting])];
  const server = spawn(path.join(bin, 'postgres'), words, { ...account, cwd: folder, stdio: 'ignore' });
  const ended = once(server, 'exit');
  const url = (database: string, login = 'postgres') => `postgresql://${login}@127.0.0.1:${port}/${database}`;
  await answers(url('postgres'));
  return {
    ...{ version, url, folder },
    run: (tool, ...more) =>
      execFileSync(path.join(bin, tool), ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', ...more], { encoding: 'utf8', cwd: folder }),
    stop: async () => {
      server.kill('SIGINT'); // a fast shutdown
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<void> {
  for (let wait = 0; ; wait++) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (wait >= 200) throw error;
      await sleep(100);
    }
  }
}
