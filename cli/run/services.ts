import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { subgraphNames, type Environment } from '../../subgraphs/shared/environment';
import { migrateDatabase, openDatabase, type OpenDatabase } from './database';
import { loadDemo } from './demo';
import { progress } from './log';
import type { Shutdown } from './shutdown';

const command = path.join(__dirname, '..', 'strata.js');

/** What a service tells the process that started it, once it answers. */
export interface ReadyReport {
  port: number;
}

/** The gateway and each subgraph as a process of its own; this one keeps the database and watches over them. */
export async function startServices(environment: Environment, shutdown: Shutdown): Promise<number> {
  const opening = openDatabase(environment, { log: progress });
  shutdown.defer(async () => (await opening.catch(() => undefined))?.close());
  const database = await opening;
  const steps = await migrateDatabase(database);
  if (steps.length > 0) progress(`Migrated the database: ${steps.length} steps`);
  if (environment.demo) await loadDemo(environment, { database, now: new Date() });

  const settings = settingsOf(environment, database);
  const services = subgraphNames.map(name => startService(['subgraph', name], { settings, shutdown }));
  shutdown.defer(() => Promise.all(services.map(endService)));
  await Promise.all(services.map(service => service.ready));
  const gateway = startService(['gateway'], { settings, shutdown });
  shutdown.defer(() => endService(gateway));
  return (await gateway.ready).port;
}

/** What this process was told or found out, so that every service has the same. */
const settingsOf = (environment: Environment, database: OpenDatabase): NodeJS.ProcessEnv => ({
  ...process.env,
  DATABASE_URL: database.ownerUrl,
  PORT: String(environment.port),
  STRATA_DATA_DIR: environment.dataDir,
  STRATA_DEMO: environment.demo ? '1' : '0',
  STRATA_INTROSPECTION: environment.introspection ? '1' : '0',
  STRATA_PREPARED_STATEMENTS: environment.preparedStatements ? '1' : '0',
});

interface Service {
  /** The process that runs now, or ran last. */
  child: ChildProcess;
  /** Of the first one. */
  ready: Promise<ReadyReport>;
  restart?: NodeJS.Timeout;
}

/** Milliseconds before a service that died is started again; longer each time, unless it had run for a while. */
const pauses = { first: 500, longest: 30_000, afterRunning: 60_000 };

/**
 * Starts a service, and starts it again when it dies: meanwhile its own fields are away, and everything else answers. One
 * that does not come up the first time ends the start.
 */
function startService(
  words: string[],
  { settings, shutdown }: { settings: NodeJS.ProcessEnv; shutdown: Shutdown },
): Service {
  const service = {} as Service;
  let pause = pauses.first;
  const begin = (): Promise<ReadyReport> => {
    const begun = performance.now();
    // Detached, so that Ctrl-C reaches this process alone, which ends the gateway before what it needs. A service whose
    // starter is gone ends by itself: the channel between them closes.
    const child = fork(command, words, { env: settings, detached: true, stdio: ['ignore', 2, 2, 'ipc'] });
    service.child = child;
    const ready = new Promise<ReadyReport>((resolve, reject) => {
      child.once('message', report => resolve(report as ReadyReport));
      child.once('error', reject);
      child.once('exit', code => reject(new ServiceEnded(`strata ${words.join(' ')} ended before it was ready (${code})`)));
    });
    ready.then(
      () => (wasReady = true),
      () => undefined,
    );
    child.once('exit', (code, signal) => {
      if (shutdown.stopping || !wasReady) return;
      if (performance.now() - begun > pauses.afterRunning) pause = pauses.first;
      progress(`strata ${words.join(' ')} ended (${signal ?? code}); starting it again`);
      service.restart = setTimeout(() => {
        if (!shutdown.stopping) void begin().catch(() => undefined); // its end has been seen to
      }, pause);
      pause = Math.min(pause * 2, pauses.longest);
    });
    return ready;
  };
  let wasReady = false;
  service.ready = begin();
  return service;
}

export class ServiceEnded extends Error {
  override readonly name = 'ServiceEnded';
}

/** Asks it to end, and waits until it has; what hangs is killed. */
async function endService({ child, restart }: Service): Promise<void> {
  clearTimeout(restart);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), 9_500);
  await ended;
  clearTimeout(deadline);
}
