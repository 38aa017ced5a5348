import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** A process that runs. Its number alone says little, since numbers are given out again: `born` tells two apart. */
export interface RunningProcess {
  readonly pid: number;
  readonly born: string;
  /** the name of its program, without the folder */
  readonly program: string;
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, milliseconds));

/** Waits for what keeps no process alive, such as the end of a child that was let go: this one would end before it hears. */
export async function stayFor<T>(coming: Promise<T>): Promise<T> {
  const alive = setInterval(() => undefined, 60_000);
  try {
    return await coming;
  } finally {
    clearInterval(alive);
  }
}

/** The process of that number; null when there is none, or only one that has ended and nobody has collected. */
export function runningProcess(pid: number): RunningProcess | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

export const thisProcess = (): RunningProcess => {
  const own = runningProcess(process.pid);
  if (!own) throw new Error(`The process table does not show process ${process.pid}, this one: is /proc mounted?`);
  return own;
};

export function stillRuns(known: { pid: number; born: string }): boolean {
  return runningProcess(known.pid)?.born === known.born;
}

/** Whether the process works in that folder: a PostgreSQL server does, in its data folder, all its life. */
export function worksIn(pid: number, folder: string): boolean {
  try {
    const place = process.platform === 'linux' ? `/proc/${pid}/cwd` : workingFolderFromLsof(pid);
    const [theirs, ours] = [fs.statSync(place), fs.statSync(folder)];
    return theirs.dev === ours.dev && theirs.ino === ours.ino;
  } catch {
    // Gone meanwhile, or another account's process: the data folder belongs to the account we run the server as.
    return false;
  }
}

function fromProc(pid: number): RunningProcess | null {
  let stat: string;
  let bootId: string;
  try {
    stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    bootId = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
  // "pid (program) state …": the program's name may itself hold spaces and brackets.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const state = fields[0] ?? '';
  if ('ZXx'.includes(state)) return null;
  return { pid, born: `${bootId} ${fields[19]}`, program: stat.slice(stat.indexOf('(') + 1, end) };
}

function fromPs(pid: number): RunningProcess | null {
  let line: string;
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    const arguments_ = ['-p', String(pid), '-o', 'stat=', '-o', 'lstart=', '-o', 'comm='];
    line = execFileSync('ps', arguments_, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
  const [state = 'Z', ...rest] = line.split(/\s+/);
  if (state.startsWith('Z')) return null;
  return { pid, born: rest.slice(0, 5).join(' '), program: path.basename(rest.slice(5).join(' ')) };
}

function workingFolderFromLsof(pid: number): string {
  const listing = execFileSync('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = listing.split('\n').find(each => each.startsWith('n'));
  if (!line) throw new Error(`lsof does not say where process ${pid} works`);
  return line.slice(1);
}
