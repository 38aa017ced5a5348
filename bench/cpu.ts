import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Spent {
  parent: number;
  /** Clock ticks of the process itself, and of children that have ended. */
  own: number;
  gone: number;
}

const ticksPerSecond = (): number => Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Whether this system tells the CPU time of other processes the way it is read here. */
export const canReadCpu = process.platform === 'linux';

function readSpent(pid: number): Spent | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may hold spaces and brackets: state, parent, … (proc(5), fields 3 and on).
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    return { parent: field(4), own: field(14) + field(15), gone: field(16) + field(17) };
  } catch {
    return null; // ended since
  }
}

/**
 * A meter of the CPU time, in milliseconds, of processes and all that they started: a service, or a PostgreSQL server
 * by its first process. What ended while it was measured counts too, once its parent has noticed.
 */
export function cpuMeter(...roots: number[]): () => number {
  const perSecond = ticksPerSecond();
  return () => {
    const all = new Map<number, Spent>();
    for (const name of readdirSync('/proc')) {
      const spent = /^\d+$/.test(name) ? readSpent(Number(name)) : null;
      if (spent) all.set(Number(name), spent);
    }
    const isOurs = (pid: number): boolean => {
      for (let at: number | undefined = pid; at; at = all.get(at)?.parent) if (roots.includes(at)) return true;
      return false;
    };
    let ticks = 0;
    for (const [pid, { own, gone }] of all) if (isOurs(pid)) ticks += own + gone;
    return (ticks * 1000) / perSecond;
  };
}
