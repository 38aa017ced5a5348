import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../cli/postgres';
import { handOver, serverAccount } from '../cli/postgres/account';
import { shippedBinaries, usableBinaries } from '../cli/postgres/binaries';
import { pathsOf, type Paths } from '../cli/postgres/cluster';
import { choosePort } from '../cli/postgres/port';
import { spawnServer } from '../cli/postgres/server';
import { isBusy } from '../subgraphs/shared/errors';

const patience = 60_000;

/** A primary of its own, and streaming replicas of it. */
export class ReplicaScene {
  private readonly room = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-replica-'));
  private readonly watches: ChildProcess[] = [];
  private readonly standbys: Standby[] = [];
  private server!: EmbeddedPostgres;

  async open(): Promise<void> {
    // As root the servers run as another, who must be able to pass.
    fs.chmodSync(this.room, 0o755);
    this.server = await startEmbeddedPostgres({
      dataDir: this.folder('primary'),
      settings: { wal_level: 'replica', max_wal_senders: '4', wal_keep_size: '512MB', fsync: 'off', full_page_writes: 'off' },
    });
  }

  get primary(): EmbeddedPostgres {
    return this.server;
  }

  /** A copy of the primary's files, as pg_basebackup makes one, that follows it. */
  async addStandby(name: string): Promise<Standby> {
    const paths = pathsOf(this.folder(name));
    fs.mkdirSync(paths.dataDir, { recursive: true });
    const client = new Client(this.server.url);
    await client.connect();
    try {
      await client.query(`select pg_backup_start('${name}', true)`);
      const from = pathsOf(this.folder('primary')).cluster;
      fs.cpSync(from, paths.cluster, { recursive: true, filter: file => path.basename(file) !== 'postmaster.pid' });
      const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
      fs.writeFileSync(path.join(paths.cluster, 'backup_label'), rows[0]!.labelfile);
    } finally {
      await client.end();
    }
    fs.writeFileSync(path.join(paths.cluster, 'standby.signal'), '');
    handOver(paths.cluster, serverAccount(pathsOf(this.folder('primary'))));
    fs.chmodSync(paths.cluster, 0o700);
    const standby = new Standby(paths, this.server.url);
    this.standbys.push(standby);
    await standby.start();
    return standby;
  }

  async close(): Promise<void> {
    for (const standby of this.standbys) await standby.kill();
    await this.server?.stop();
    for (const watch of this.watches) watch.kill();
    fs.rmSync(this.room, { recursive: true, force: true });
  }

  /** When jest is killed, nobody calls `close`: whoever watches ends the server in this folder. */
  private folder(name: string): string {
    const folder = path.join(this.room, name);
    if (!fs.existsSync(folder)) {
      fs.mkdirSync(folder);
      fs.chmodSync(folder, 0o755);
      const script = path.join(__dirname, 'outlive-jest.js');
      this.watches.push(spawn(process.execPath, [script, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true }));
    }
    return folder;
  }
}

/** A streaming replica, and what can happen to it. */
export class Standby {
  private pid = 0;
  private ended: Promise<string> = Promise.resolve('');
  private port = 0;

  constructor(
    private readonly paths: Paths,
    private readonly primaryUrl: string,
  ) {}

  get url(): string {
    const url = new URL(this.primaryUrl);
    url.port = String(this.port);
    return url.href;
  }

  async start(): Promise<void> {
    this.port ||= await choosePort(this.paths.port);
    const { hostname, port, username, password } = new URL(this.primaryUrl);
    const account = serverAccount(this.paths);
    const binaries = usableBinaries({ shipped: shippedBinaries(), parents: ['/var/cache', os.tmpdir()], account });
    const settings = {
      primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password}`,
      ...{ hot_standby: 'on', max_standby_streaming_delay: '0', wal_retrieve_retry_interval: '100ms' },
      ...{ wal_level: 'replica', max_wal_senders: '4', fsync: 'off' },
    };
    const { server, ended } = spawnServer({ paths: this.paths, binaries, account, port: this.port, settings });
    this.pid = server?.pid ?? 0;
    this.ended = ended;
    for (let waited = 0; !(await this.run('select 1').catch(() => undefined)); waited += 50) {
      if (waited > patience) throw new Error(`the replica does not answer: ${fs.readFileSync(this.paths.log, 'utf8')}`);
      await sleep(50);
    }
  }

  /** It ends between two instructions. */
  async kill(): Promise<void> {
    if (this.pid === 0) return;
    process.kill(this.pid, 'SIGKILL');
    this.pid = 0;
    await this.ended;
  }

  /** It goes on answering, and shows nothing new. */
  pause(): Promise<unknown> {
    return this.insist('select pg_wal_replay_pause()');
  }

  resume(): Promise<unknown> {
    return this.insist('select pg_wal_replay_resume()');
  }

  /** It follows nobody any more. */
  promote(): Promise<unknown> {
    return this.run('select pg_promote()');
  }

  /** What it applies at that moment comes first, and ends a question that is in its way: that is asked again. */
  private async insist(sql: string): Promise<void> {
    for (;;) {
      try {
        return void (await this.run(sql));
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
    }
  }

  async run(sql: string): Promise<Record<string, unknown>[]> {
    const client = new Client(this.url);
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
