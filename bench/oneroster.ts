import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedPostgres } from '../cli/postgres';
import { migrate } from '../subgraphs/shared/database/migrate';
import { connectOwner, type Made } from './made';
import { writeOneRoster } from './oneroster-files';
import type { Line } from './report';
import { insertTenant } from './tenant.queries';

const size = { classes: 15_000, users: 150_000, enrolments: 450_000 };
const tenant = 'bench-oneroster';
const mostMegabytes = 400;

/**
 * A bulk OneRoster bundle into a database of its own, by the command line: into an empty tenant whose rows nobody has
 * counted, and the same again. Beside each stands what it may take.
 */
export async function measureOneRoster({ dataDir }: Made): Promise<Line[]> {
  const own = path.join(dataDir, 'oneroster');
  rmSync(own, { recursive: true, force: true });
  mkdirSync(path.join(own, 'bundle'), { recursive: true });
  const server = await startEmbeddedPostgres({ dataDir: own, log: line => void process.stderr.write(`${line}\n`) });
  try {
    await migrate(server.url);
    const owner = await connectOwner(server.url);
    await insertTenant(owner, tenant);
    await owner.close();
    await writeOneRoster(path.join(own, 'bundle'), size);
    const lines: Line[] = [];
    for (const [what, mostSeconds] of [['first import', 120], ['the same again', 60]] as const) {
      const { seconds, megabytes } = await importOnce({ url: server.url, dir: own });
      const told = `${what} of ${size.users} users, ${size.enrolments} enrolments`;
      lines.push(lineOf(told, { unit: 's', measured: seconds, floor: mostSeconds }));
      if (megabytes > 0) lines.push(lineOf(`${what}: memory`, { unit: 'MB', measured: megabytes, floor: mostMegabytes }));
    }
    return lines;
  } finally {
    await server.stop();
    rmSync(own, { recursive: true, force: true });
  }
}

const lineOf = (what: string, { unit, measured, floor }: Pick<Line, 'unit' | 'measured' | 'floor'>): Line => ({
  ...{ part: 'oneroster', what, classes: size.classes, unit, measured, floor, ratio: measured / floor, atMost: 1 },
});

async function importOnce({ url, dir }: { url: string; dir: string }): Promise<{ seconds: number; megabytes: number }> {
  const begun = performance.now();
  const words = ['import-oneroster', path.join(dir, 'bundle'), '--tenant', tenant];
  const child = fork(path.join(__dirname, '../cli/strata.js'), words, {
    env: { ...process.env, DATABASE_URL: url, STRATA_DATA_DIR: dir, STRATA_DEMO: '0' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => (said = `${said}${String(chunk)}`.slice(-2_000)));
  let megabytes = 0;
  const look = setInterval(() => (megabytes = Math.max(megabytes, peakOf(child.pid!))), 200);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(look);
  if (code !== 0) throw new Error(`import-oneroster ended with ${code}: ${said}`);
  return { seconds: (performance.now() - begun) / 1000, megabytes };
}

/** The most memory a process has had so far, in megabytes, where the system tells. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // ended since, or another system
  }
}
