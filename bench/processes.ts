import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { subgraphNames } from '../subgraphs/shared/environment';
import type { Made } from './made';
import type { Weight } from './weighed-strata';

/** A server in a process of its own. */
export interface Served {
  pid: number;
  url: string;
  stop(): Promise<void>;
}

async function start(file: string, words: string[], env: Record<string, string>): Promise<Served> {
  return (await startChild(file, words, { env })).served;
}

interface Launch {
  env: Record<string, string>;
  /** Options of Node's own. */
  execArgv?: string[];
}

async function startChild(file: string, words: string[], { env, execArgv = process.execArgv }: Launch) {
  const child = fork(path.join(__dirname, '..', file), words, {
    ...{ env: { ...process.env, ...env }, execArgv },
    stdio: ['ignore', 'ignore', 2, 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', message => resolve((message as { port: number }).port));
    child.once('exit', code => reject(new Error(`${file} ${words.join(' ')} ended before it was ready (${code})`)));
  });
  const served: Served = { pid: child.pid!, url: `http://127.0.0.1:${port}`, stop: () => stop(child) };
  return { child, served };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

export type Topology = 'one-process' | 'services';

const settingsOf = ({ server, dataDir }: Made): Record<string, string> => ({
  DATABASE_URL: server.url,
  STRATA_DATA_DIR: dataDir,
  STRATA_DEMO: '0',
  PORT: '0',
  LOG_LEVEL: 'warn',
  STRATA_LIMIT_REQUESTS: '0', // one caller asks for all
});

/** Strata as `strata start` starts it, on the benchmark's database. */
export const startStrata = (made: Made, topology: Topology): Promise<Served> => startStrataOn(settingsOf(made), topology);

/** The same in one process, which can be asked what it weighs. */
export async function startWeighedStrata(made: Made): Promise<Served & { weigh(): Promise<Weight> }> {
  const launch = { env: settingsOf(made), execArgv: [...process.execArgv, '--expose-gc'] };
  const { child, served } = await startChild('bench/weighed-strata.js', ['start'], launch);
  const weigh = async (): Promise<Weight> => {
    const answered = once(child, 'message') as Promise<[{ weight: Weight }]>;
    child.send('weigh');
    return (await answered)[0].weight;
  };
  return { ...served, weigh };
}

/** Strata with these settings, its subgraphs on ports that are free. */
export async function startStrataOn(settings: Record<string, string>, topology: Topology): Promise<Served> {
  const env = { ...settings };
  for (const name of subgraphNames) {
    env[`STRATA_SUBGRAPH_${name.toUpperCase()}_URL`] = `http://127.0.0.1:${await freePort()}/graphql`;
  }
  return start('cli/strata.js', ['start', '--topology', topology], env);
}

export const startBareHandler = ({ server }: Made): Promise<Served> =>
  start('bench/bare-handler.js', [], { DATABASE_URL: server.url });

/** What copies batches from this folder, of a tenant, and does nothing else with them. */
export const startBareIngestion = ({ server }: Made, { room, tenantId }: { room: string; tenantId: number }): Promise<Served> =>
  start('bench/bare-ingestion.js', [], { DATABASE_URL: server.url, BENCH_ROOM: room, BENCH_TENANT: String(tenantId) });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
