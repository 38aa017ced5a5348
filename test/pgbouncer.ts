import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { handOver, makingAccount } from '../cli/postgres/account';
import { choosePort } from '../cli/postgres/port';
import { stayFor } from '../cli/postgres/processes';

const programs = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'].map(folder => path.join(folder, 'pgbouncer'));

/** Where PgBouncer is on this machine; undefined where it is not. */
export const findPgBouncer = (): string | undefined => programs.find(program => fs.existsSync(program));

export interface RunningPgBouncer {
  port: number;
  stop(): Promise<void>;
}

/**
 * PgBouncer in transaction mode before a server. A connection is handed on with each transaction, prepared statements are
 * not kept, and few connections are shared by many, so that whatever is left behind in a session meets somebody else.
 */
export async function startPgBouncer({ program, server, logins }: {
  program: string;
  server: string;
  /** Who may come through, with their passwords. */
  logins: Record<string, string>;
}): Promise<RunningPgBouncer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-pgbouncer-'));
  const port = await choosePort(path.join(folder, 'port'));
  const { hostname, port: serverPort } = new URL(server);
  const users = Object.entries(logins).map(([name, password]) => `"${name}" "${password}"\n`);
  fs.writeFileSync(path.join(folder, 'users.txt'), users.join(''));
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: path.join(folder, 'users.txt'),
    pool_mode: 'transaction',
    default_pool_size: 12,
    max_client_conn: 2_000,
    server_idle_timeout: 5,
    ignore_startup_parameters: 'extra_float_digits',
    log_connections: 0,
    log_disconnections: 0,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  const file = path.join(folder, 'pgbouncer.ini');
  fs.writeFileSync(file, `[databases]\n* = host=${hostname} port=${serverPort || 5432}\n[pgbouncer]\n${lines.join('')}`);
  const account = makingAccount(); // it runs as root as little as PostgreSQL does
  handOver(folder, account);
  // It ends with its standard input, and so with whoever started it, however they went.
  const watched = '"$0" "$1" & running=$!; cat > /dev/null; kill "$running"; wait "$running"';
  const log = fs.openSync(path.join(folder, 'log'), 'w');
  const child = spawn('sh', ['-c', watched, program, file], { ...account, cwd: '/', detached: true, stdio: ['pipe', log, log] });
  fs.closeSync(log);
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.stdin!.end();
    await stayFor(ended);
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const [[user, password]] = Object.entries(logins) as [[string, string]];
  try {
    for (let tries = 1; !(await answers({ host: '127.0.0.1', port, user, password, database: 'postgres' })); tries++) {
      if (tries > 100) throw new Error(`PgBouncer does not answer: ${fs.readFileSync(path.join(folder, 'log'), 'utf8')}`);
      await sleep(50);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

async function answers(connection: ConstructorParameters<typeof Client>[0]): Promise<boolean> {
  const client = new Client(connection);
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
