import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type Account, placement } from './account';
import { OWNER, type Paths } from './cluster';
import { openOwnFile } from './files';
import { type RunningProcess, runningProcess, sleep, stillRuns, worksIn } from './processes';
import { createDatabase, ping } from './server.queries';
import { commandLine } from './settings';

/** A server process in our data folder, whoever started it; it may still be recovering, or already on its way out. */
export interface Server {
  readonly pid: number;
  readonly born: string;
  readonly port: number;
}

type Log = (line: string) => void;

const DATABASE = 'strata';
/** Long enough to redo max_wal_size on a slow disk. */
const PATIENCE_TO_RECOVER = 10 * 60_000;
const PATIENCE_TO_SHUT_DOWN = 20_000;
const PATIENCE_TO_QUIT = 10_000;

export const urlOf = (server: { port: number }, password: string): string =>
  `postgresql://${OWNER}:${password}@127.0.0.1:${server.port}/${DATABASE}`;

/** The server that runs in the data folder, by the file it keeps there. */
export function findServer(paths: Paths): Server | null {
  const lines = readPidFile(paths);
  const running = serverProcess(Number(lines[0]), paths);
  const port = Number(lines[3]);
  return running && port > 0 ? { pid: running.pid, born: running.born, port } : null;
}

/** A number left by a crash may be another program's by now, another cluster's server included. */
function serverProcess(pid: number, paths: Paths): RunningProcess | null {
  const running = runningProcess(pid);
  return running?.program === 'postgres' && worksIn(pid, paths.cluster) ? running : null;
}

/**
 * PostgreSQL refuses to start over a file that names a running process, whatever that process is. A file whose process
 * is gone stays: PostgreSQL also learns from it whether a session of the dead server still works on the files.
 */
export function removeStalePidFile(paths: Paths, log: Log): void {
  const pid = Number(readPidFile(paths)[0]);
  if (!processExists(pid) || serverProcess(pid, paths)) return;
  log(`Removing the stale postmaster.pid of a crash: process ${pid} is no server of ${paths.cluster}`);
  fs.rmSync(path.join(paths.cluster, 'postmaster.pid'), { force: true });
}

/** Starts the server process. `ended` settles when it ends, with how. */
export function spawnServer(options: {
  paths: Paths;
  binaries: string;
  account: Account;
  port: number;
  settings: Record<string, string>;
}): { server: Server | null; ended: Promise<string> } {
  const { paths, binaries, account, port, settings } = options;
  const { folder, spawn: where } = placement(paths.cluster, account);
  if (fs.existsSync(paths.log)) fs.renameSync(paths.log, `${paths.log}.1`);
  const log = openOwnFile(paths.log);
  try {
    const child = spawn(path.join(binaries, 'bin', 'postgres'), commandLine({ folder, port, settings }), {
      ...where,
      // A session of its own: Ctrl-C in our terminal reaches us alone, and we end the server once we are done with it.
      detached: true,
      stdio: ['ignore', log, log],
    });
    const ended = new Promise<string>(resolve => {
      child.on('error', error => resolve(error.message));
      child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    child.unref();
    const running = child.pid === undefined ? null : runningProcess(child.pid);
    return { server: running && { pid: running.pid, born: running.born, port }, ended };
  } finally {
    fs.closeSync(log);
  }
}

/** Waits until the server answers and has its database; false when it ended instead. */
export async function isReady(server: Server, password: string, log: Log): Promise<boolean> {
  const connection = { host: '127.0.0.1', port: server.port, user: OWNER, password };
  const started = performance.now();
  let told = started;
  while (stillRuns(server)) {
    try {
      await ping({ ...connection, database: DATABASE });
      return true;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code === '3D000') {
        await createDatabase({ ...connection, database: 'postgres' }, DATABASE);
        continue;
      }
      // Full, but it answers.
      if (code === '53300') return true;
      // The class 28 is PostgreSQL's for a refused login.
      if (code?.startsWith('28')) {
        // Or another's server was quicker to take the port, and ours is about to end for that.
        await sleep(200);
        if (!stillRuns(server)) return false;
        throw new Error(`The embedded PostgreSQL on port ${server.port} refuses the password kept for it: ${message}`);
      }
    }
    const now = performance.now();
    if (now - started > PATIENCE_TO_RECOVER) {
      throw new Error(`The embedded PostgreSQL (process ${server.pid}) runs, but does not answer on ${server.port}`);
    }
    if (now - told > 5_000) {
      log(`Waiting for the embedded PostgreSQL (process ${server.pid}), which is still recovering or shutting down`);
      told = now;
    }
    await sleep(15);
  }
  return false;
}

/** Ends the server so that every acknowledged write is kept, and waits until it is gone. */
export async function endServer(server: Server, log: Log): Promise<void> {
  // SIGINT: sessions are ended, then a checkpoint. SIGQUIT: at once; the next start redoes what the log holds.
  if (await endsAfter(server, 'SIGINT', PATIENCE_TO_SHUT_DOWN)) return;
  log(`The embedded PostgreSQL (process ${server.pid}) takes too long to shut down; ending it at once`);
  if (await endsAfter(server, 'SIGQUIT', PATIENCE_TO_QUIT)) return;
  throw new Error(`The embedded PostgreSQL (process ${server.pid}) ends neither by SIGINT nor by SIGQUIT`);
}

async function endsAfter(server: Server, signal: 'SIGINT' | 'SIGQUIT', patience: number): Promise<boolean> {
  const until = performance.now() + patience;
  // Looked up again right before: a number must not be signalled that has become another's.
  if (stillRuns(server)) sendSignal(server.pid, signal);
  while (stillRuns(server)) {
    if (performance.now() > until) return false;
    await sleep(15);
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Ended since.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Process, data folder, start time, port, …, one a line; empty when there is no such file. */
function readPidFile(paths: Paths): string[] {
  try {
    return fs.readFileSync(path.join(paths.cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** As PostgreSQL itself looks: an ended process that nobody has collected exists. */
function processExists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
