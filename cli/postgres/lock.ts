import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { replaceFile, writeOwnFile } from './files';
import { sleep, stillRuns, thisProcess } from './processes';

interface Holder {
  pid: number;
  born: string;
  released: boolean;
}

interface LockOptions {
  /** the lock's path; its files stand there as PATH.1, PATH.2, … */
  file: string;
  /** milliseconds to wait for whoever holds it */
  patience: number;
  log?: (line: string) => void;
}

/**
 * Runs the work while nobody else, in this process or another, does so under the same lock.
 *
 * Node offers no lock of the kernel's. One file that a finder of a dead holder deletes would let two finders win: the
 * second deletes what the first has just made. So each holder makes the next of a row of files, the highest number
 * counts, and a held lock is never taken away: it is followed, once its holder is done or dead.
 */
export async function whileLocked<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const held = await acquire(options);
  try {
    return await work();
  } finally {
    const { pid, born } = thisProcess();
    replaceFile(held, JSON.stringify({ pid, born, released: true } satisfies Holder));
  }
}

async function acquire({ file, patience, log }: LockOptions): Promise<string> {
  const started = performance.now();
  let told = false;
  for (;;) {
    const highest = numbersOf(file).at(-1) ?? 0;
    const holder = highest > 0 ? readHolder(`${file}.${highest}`) : null;
    const free = highest === 0 || (holder !== null && (holder.released || !stillRuns(holder)));
    if (free && follow(file, highest)) return `${file}.${highest + 1}`;
    const waited = performance.now() - started;
    if (holder && waited > patience) {
      const seconds = Math.round(waited / 1000);
      throw new Error(
        `Waited ${seconds} s for process ${holder.pid}, which is starting or stopping the embedded PostgreSQL of ` +
          `${path.dirname(file)}. If it hangs, end it and try again.`,
      );
    }
    if (holder && waited > 3_000 && !told) {
      log?.(`Waiting for process ${holder.pid}, which is starting or stopping the embedded PostgreSQL`);
      told = true;
    }
    if (!free) await sleep(20);
  }
}

/** Makes the file after the highest seen; false when somebody else was first. */
function follow(file: string, seen: number): boolean {
  const { pid, born } = thisProcess();
  const mine = `${file}.${seen + 1}`;
  // Linked into place complete: a holder without a name could not be told from a dead one.
  const aside = `${file}.${randomUUID()}`;
  try {
    writeOwnFile(aside, JSON.stringify({ pid, born, released: false } satisfies Holder));
    fs.linkSync(aside, mine);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(aside, { force: true });
  }
  // Whoever looked long ago may have made a number that was used and tidied away meanwhile: a higher one stands.
  const numbers = numbersOf(file);
  if (numbers.at(-1) !== seen + 1) {
    fs.rmSync(mine, { force: true });
    return false;
  }
  for (const number of numbers.slice(0, -1)) fs.rmSync(`${file}.${number}`, { force: true });
  return true;
}

function numbersOf(file: string): number[] {
  const prefix = `${path.basename(file)}.`;
  return fs
    .readdirSync(path.dirname(file))
    .filter(name => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map(name => Number(name.slice(prefix.length)))
    .sort((one, other) => one - other);
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Holder;
  } catch (error) {
    // Tidied away by a later holder since we looked.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    // Put in place complete, so it was lost with the power, and its holder too.
    if (error instanceof SyntaxError) return { pid: 0, born: '', released: true };
    throw error;
  }
}
