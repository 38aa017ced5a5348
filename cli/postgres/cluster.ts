import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type Account, handOver, makingAccount, placement } from './account';
import { replaceFile } from './files';

/** The paths of one data folder. The cluster is PostgreSQL's own; the files beside it are the launcher's. */
export function pathsOf(dataDir: string) {
  const cluster = path.join(path.resolve(dataDir), 'postgres');
  return {
    dataDir: path.dirname(cluster),
    cluster,
    password: `${cluster}.password`,
    log: `${cluster}.log`,
    lock: `${cluster}.lock`,
    users: `${cluster}.users`,
    port: `${cluster}.port`,
  };
}

export type Paths = ReturnType<typeof pathsOf>;

export const OWNER = 'strata';

/** Whether a data folder holds a database, running or not. */
export const hasEmbeddedPostgres = (dataDir: string): boolean => fs.existsSync(pathsOf(dataDir).cluster);

/** An ordinary user could not use, or even see, a server in a folder that belongs to another. */
export function assertOurs(paths: Paths): void {
  const owner = fs.statSync(paths.cluster, { throwIfNoEntry: false })?.uid;
  const uid = process.getuid?.();
  if (owner === undefined || uid === 0 || uid === owner) return;
  throw new Error(
    `The database in ${paths.cluster} belongs to user ${owner}, and this is user ${uid}. Run as that user or as ` +
      'root, or set STRATA_DATA_DIR to a folder of your own.',
  );
}

/** The owner's password; null before the first start. */
export function readPassword(paths: Paths): string | null {
  if (fs.existsSync(paths.password)) return fs.readFileSync(paths.password, 'utf8').trim();
  if (!fs.existsSync(paths.cluster)) return null;
  throw new Error(
    `${paths.cluster} holds a database, but ${paths.password}, which holds its password, is missing. Restore that ` +
      'file, or move the folder away to begin with an empty database.',
  );
}

/** Makes an empty cluster if there is none, and its password before it. `durable`: survives a loss of power. */
export async function ensureCluster(options: {
  paths: Paths;
  binaries: string;
  account: Account;
  durable: boolean;
}): Promise<string> {
  const { paths, account } = options;
  for (const left of fs.readdirSync(paths.dataDir)) {
    // A first start that was killed; the lock is ours, so none is under way.
    const unfinished = path.join(paths.dataDir, left);
    if (left.startsWith('postgres.new-')) fs.rmSync(unfinished, { recursive: true, force: true, maxRetries: 5 });
  }
  const password = readPassword(paths) ?? randomBytes(24).toString('hex');
  if (fs.existsSync(paths.cluster)) {
    // Copied or restored by root, say: PostgreSQL wants it for itself.
    if (account.uid !== undefined && fs.statSync(paths.cluster).uid !== account.uid) handOver(paths.cluster, account);
    fs.chmodSync(paths.cluster, 0o700);
    return password;
  }
  replaceFile(paths.password, `${password}\n`);
  await initialise(options, password);
  return password;
}

async function initialise(
  { paths, binaries, account, durable }: Parameters<typeof ensureCluster>[0],
  password: string,
): Promise<void> {
  // Beside its place and renamed when complete: a kill in between leaves nothing that a next start takes for a cluster.
  const aside = path.join(paths.dataDir, `postgres.new-${randomUUID()}`);
  const cluster = path.join(aside, 'cluster');
  fs.mkdirSync(cluster, { recursive: true });
  fs.writeFileSync(path.join(aside, 'password'), password, { mode: 0o600 });
  fs.chmodSync(aside, 0o700);
  fs.chmodSync(cluster, 0o700);
  const maker = makingAccount();
  handOver(aside, maker);
  try {
    const { folder, spawn: where } = placement(cluster, maker);
    const login = ['-U', OWNER, '-A', 'scram-sha-256', `--pwfile=${folder}/../password`];
    const words = ['-D', folder, ...login, '--no-locale', '-E', 'UTF8', ...(durable ? [] : ['--no-sync'])];
    await run(path.join(binaries, 'bin', 'initdb'), words, where);
    handOver(cluster, account);
    if (durable) makeLasting(paths.password);
    fs.renameSync(cluster, paths.cluster);
    if (durable) makeLasting(paths.dataDir);
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

async function run(program: string, words: string[], where: ReturnType<typeof placement>['spawn']): Promise<void> {
  const child = spawn(program, words, { ...where, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', chunk => (said += chunk));
  child.stderr.on('data', chunk => (said += chunk));
  const ended = await new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code ?? 'no code'));
  });
  if (ended === 0) return;
  const end = said.trim().split('\n').slice(-15).join('\n');
  if (end.includes('user does not exist')) {
    throw new Error(
      `PostgreSQL asks for the name of the user that makes its cluster, and the system knows none for user ` +
        `${process.getuid?.()}. Add the user to /etc/passwd, run as another, or set DATABASE_URL to a server.`,
    );
  }
  throw new Error(`Making the embedded PostgreSQL's cluster failed (${program}: ${ended}):\n${end}`);
}

/** What stands in a file, and what was renamed into a folder, survives a loss of power once this is done. */
function makeLasting(place: string): void {
  const handle = fs.openSync(place, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
