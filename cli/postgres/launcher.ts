import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import { serverAccount } from './account';
import { shippedBinaries, usableBinaries } from './binaries';
import { assertOurs, ensureCluster, type Paths, pathsOf, readPassword } from './cluster';
import { whileLocked } from './lock';
import { choosePort } from './port';
import { sleep, stayFor, thisProcess } from './processes';
import { endServer, findServer, isReady, removeStalePidFile, type Server, spawnServer, urlOf } from './server';
import { assertFree } from './settings';
import { readUsers, type User, writeUsers } from './users';

export interface EmbeddedPostgres {
  /** postgresql://strata:…@127.0.0.1:PORT/strata, the owner's */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** true when this call started the server or took over one whose commands are all dead; false when it shares one */
  readonly started: boolean;
  /**
   * Call it always, when done. A fast shutdown, and waits until the server is gone; when another command still uses the
   * server it stays, and the last one to leave stops it. A second call does nothing.
   */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** the folder for everything the service keeps; the cluster goes to its postgres/ */
  dataDir: string;
  /** PostgreSQL settings of this start, over the launcher's own; a server that runs already keeps its */
  settings?: Record<string, string>;
  log?: (line: string) => void;
}

/** Somebody else's start may include a recovery. */
const PATIENCE_FOR_OTHERS = 11 * 60_000;
/** Ten seconds, with the pause between two. */
const ATTEMPTS = 50;
/** The port was taken since we looked; sessions of a killed server still end; its orphan started at this moment. */
const PASSING = /Address already in use|is still in use|lock file "postmaster.pid" already exists/;

export async function startEmbeddedPostgres(options: StartOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') {
    throw new Error('The embedded PostgreSQL runs on Linux and macOS. On Windows set DATABASE_URL to a server.');
  }
  const { settings = {}, log = () => undefined } = options;
  const paths = pathsOf(options.dataDir);
  assertFree(settings);
  assertOurs(paths);
  fs.mkdirSync(paths.dataDir, { recursive: true });
  return whileLocked({ file: paths.lock, patience: PATIENCE_FOR_OTHERS, log }, async () => {
    const { server, password, ended } = await findOrStart({ paths, settings, log });
    const others = readUsers(paths.users);
    const self: User = { id: randomUUID(), pid: process.pid, born: thisProcess().born };
    writeUsers(paths.users, [...others, self]);
    const started = ended !== undefined || others.length === 0;
    if (!ended) log(`${started ? 'Took over' : 'Sharing'} the embedded PostgreSQL that runs (process ${server.pid})`);
    let leaving: Promise<void> | undefined;
    void ended?.then(how => leaving ?? log(`The embedded PostgreSQL ended although it is in use (${how})`));
    return {
      url: urlOf(server, password),
      port: server.port,
      pid: server.pid,
      started,
      stop: () => (leaving ??= leave({ paths, server, ended, self, started, log })),
    };
  });
}

/** The server that runs in a data folder, if one does; neither started nor kept by this. */
export async function findEmbeddedPostgres(dataDir: string): Promise<{ url: string } | null> {
  const paths = pathsOf(dataDir);
  assertOurs(paths);
  const server = findServer(paths);
  const password = server && readPassword(paths);
  if (!server || !password || !(await isReady(server, password, () => undefined))) return null;
  return { url: urlOf(server, password) };
}

interface Found {
  server: Server;
  password: string;
  /** settles when the server ends; only of a server that this call started */
  ended?: Promise<string>;
}

async function findOrStart(context: {
  paths: Paths;
  settings: Record<string, string>;
  log: (line: string) => void;
}): Promise<Found> {
  const { paths, settings, log } = context;
  const account = serverAccount(paths);
  for (let attempt = 1; ; attempt += 1) {
    const running = findServer(paths);
    const kept = running && readPassword(paths);
    if (running && kept && (await isReady(running, kept, log))) return { server: running, password: kept };

    const parents = [paths.dataDir, '/var/cache', os.tmpdir()];
    const binaries = usableBinaries({ shipped: shippedBinaries(), parents, account });
    const password = await ensureCluster({ paths, binaries, account, durable: settings.fsync !== 'off' });
    removeStalePidFile(paths, log);
    const port = await choosePort(paths.port);
    const { server, ended } = spawnServer({ paths, binaries, account, port, settings });
    if (server && (await isReadyOrEnded(server, password, log))) return { server, password, ended };
    const how = await stayFor(ended);
    const said = lastLines(paths.log);
    if (attempt === ATTEMPTS || !PASSING.test(said)) {
      throw new Error(`The embedded PostgreSQL does not start (${how}). The end of ${paths.log}:\n${said}`);
    }
    await sleep(200);
  }
}

/** A server of ours that turns out to be of no use is not left behind. */
async function isReadyOrEnded(server: Server, password: string, log: (line: string) => void): Promise<boolean> {
  try {
    return await isReady(server, password, log);
  } catch (error) {
    await endServer(server, log);
    throw error;
  }
}

async function leave(options: {
  paths: Paths;
  server: Server;
  ended?: Promise<string>;
  self: User;
  started: boolean;
  log: (line: string) => void;
}): Promise<void> {
  const { paths, server, self, started, log } = options;
  const end = async () => {
    // Another command may have started the server anew after a crash of the one we knew.
    await endServer(findServer(paths) ?? server, log);
    // The system counts our own child until we have heard of its end.
    if (options.ended) await stayFor(options.ended);
  };
  // Somebody has deleted the folder under the server: nobody else can find it there.
  if (!fs.existsSync(paths.dataDir)) return end();
  await whileLocked({ file: paths.lock, patience: PATIENCE_FOR_OTHERS, log }, async () => {
    const others = readUsers(paths.users).filter(user => user.id !== self.id);
    writeUsers(paths.users, others);
    // Of this process's own calls the one that started the server decides.
    const staying = started ? others.filter(user => user.pid !== process.pid) : others;
    if (staying.length === 0) return end();
    log(`Leaving the embedded PostgreSQL to process ${staying.map(user => user.pid).join(', ')}, which still uses it`);
  });
}

function lastLines(file: string): string {
  const { size } = fs.statSync(file);
  const tail = Buffer.alloc(Math.min(size, 4_000));
  const handle = fs.openSync(file, 'r');
  try {
    fs.readSync(handle, tail, 0, tail.length, size - tail.length);
  } finally {
    fs.closeSync(handle);
  }
  return tail.toString('utf8').trim().split('\n').slice(-15).join('\n');
}
