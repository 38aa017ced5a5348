import type { RequestListener } from 'node:http';
import { createGateway } from '../../gateway/app';
import { inProcess } from '../../gateway/connection';
import { readSupergraph } from '../../gateway/supergraph';
import type { Environment } from '../../subgraphs/shared/environment';
import { listen } from '../../subgraphs/shared/subgraph/listen';
import { migrateDatabase, openDatabase } from './database';
import { loadDemo } from './demo';
import { demoPeopleOf } from './demo-people';
import { startFigures } from './figures';
import { createLog, progress } from './log';
import { startMaintenance } from './maintenance';
import type { Shutdown } from './shutdown';
import { startTracing } from './tracing';
import { databaseChecks, doorOf, startSubgraphs, tokenVerifierOf } from './subgraphs';

/** Everything in this process; returns the port once it answers. */
export async function startOneProcess(environment: Environment, shutdown: Shutdown): Promise<number> {
  // The port first: that it is taken must be known before a long first start, and callers hear that it goes on.
  const door = await listen(notYet, { port: environment.port, limits: environment.limits });
  shutdown.defer(() => door.close());

  await startTracing(environment, { service: 'strata', shutdown });
  const opening = openDatabase(environment, { log: progress });
  shutdown.defer(async () => (await opening.catch(() => undefined))?.close());
  const database = await opening;
  const steps = await migrateDatabase(database);
  if (steps.length > 0) progress(`Migrated the database: ${steps.length} steps`);
  const log = createLog(environment.logLevel);
  const maintenance = await startMaintenance({ database, log });
  shutdown.defer(() => maintenance.stop());
  const figures = await startFigures({ database, log });
  shutdown.defer(() => figures.stop());
  if (environment.demo) await loadDemo(environment, { database, now: new Date() });

  const verifyToken = await tokenVerifierOf(environment, log);
  const running = await startSubgraphs({ database, verifyToken, log, environment });
  shutdown.defer(() => Promise.all(running.map(subgraph => subgraph.close())));
  const gateway = await createGateway({
    connections: running.map(inProcess),
    supergraphSdl: readSupergraph(),
    ...doorOf(environment),
    verifyToken,
    checks: databaseChecks(database, running[0]!),
    ...demoPeopleOf(environment, database),
    log,
  });
  shutdown.defer(() => gateway.stop());
  // Last begun, so first ended: nothing new comes in, and what is under way is answered, while all else still works.
  shutdown.defer(() => door.close());
  door.answerWith(gateway.app);
  return door.port;
}

const notYet: RequestListener = (request, response) => {
  const alive = request.url === '/healthz';
  const body = alive
    ? { status: 'alive' }
    : { status: 503, title: 'Not ready', detail: 'Strata is starting.', code: 'UNAVAILABLE' };
  response.writeHead(alive ? 200 : 503, {
    'content-type': alive ? 'application/json' : 'application/problem+json',
    'retry-after': '2',
  });
  response.end(JSON.stringify(body));
};
