import { readRoutes, readSupergraph } from '../../gateway/supergraph';
import { subgraphNames, type Environment, type SubgraphName } from '../../subgraphs/shared/environment';
import { listen } from '../../subgraphs/shared/subgraph/listen';
import { openDatabase, waitForDatabase } from './database';
import { demoPeopleOf } from './demo-people';
import { startFigures } from './figures';
import { loadSubgraph } from './load-subgraph';
import { createLog } from './log';
import { startMaintenance } from './maintenance';
import type { Shutdown } from './shutdown';
import { startTracing } from './tracing';
import { databaseChecks, doorOf, startSubgraph, tokenVerifierOf } from './subgraphs';

// Each service loads what it is made of and no more: all of Strata is half as large again, and starts half as fast.

/** One subgraph behind HTTP, on the port of its URL; on a URL of this machine for this machine alone. */
export async function startSubgraphService(
  name: SubgraphName,
  { environment, shutdown }: { environment: Environment; shutdown: Shutdown },
): Promise<number> {
  const subgraph = await loadSubgraph(name);
  const { subgraphServer } = await import('../../subgraphs/shared/subgraph/serve');
  const log = createLog(environment.logLevel);
  await startTracing(environment, { service: `strata-${name}`, shutdown });
  const opening = openDatabase(environment);
  shutdown.defer(async () => (await opening.catch(() => undefined))?.close());
  const database = await opening;
  await waitForDatabase(database);
  if (name === 'reporting') {
    const maintenance = await startMaintenance({ database, log });
    shutdown.defer(() => maintenance.stop());
    const figures = await startFigures({ database, log });
    shutdown.defer(() => figures.stop());
  }
  const verifyToken = await tokenVerifierOf(environment, log);
  const running = await startSubgraph(subgraph, { database, verifyToken, log, environment });
  shutdown.defer(() => running.close());
  const { hostname, port, protocol } = new URL(environment.subgraphUrls[name]);
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  const app = subgraphServer({
    running,
    verifyToken,
    checks: databaseChecks(database, running),
    onBug: (error, { requestId } = {}) => log.error({ err: error, requestId, subgraph: name }, 'a request failed'),
    log,
    limits: environment.limits,
    introspection: environment.introspection,
    trustedProxies: isLocal ? ['loopback', ...environment.trustedProxies] : environment.trustedProxies,
  });
  const door = await listen(app, {
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    limits: environment.limits,
    ...(isLocal ? { host: hostname.replace(/[[\]]/g, '') } : {}),
  });
  shutdown.defer(() => door.close());
  return door.port;
}

/** The gateway alone, over the subgraphs' URLs. It starts without them: /readyz tells which it is waiting for. */
export async function startGatewayService(environment: Environment, shutdown: Shutdown): Promise<number> {
  await startTracing(environment, { service: 'strata-gateway', shutdown });
  // Who is in the demo stands in the database, which a gateway needs for nothing else and may be without.
  const ownerUrl = environment.databaseUrl;
  const [{ createGateway }, { overHttp }] = await Promise.all([
    import('../../gateway/app'),
    import('../../gateway/remote-connection'),
  ]);
  const routes = readRoutes();
  const log = createLog(environment.logLevel);
  const gateway = await createGateway({
    connections: subgraphNames.map(name => overHttp({ name, routes: routes[name] ?? [] }, environment.subgraphUrls[name])),
    supergraphSdl: readSupergraph(),
    ...doorOf(environment),
    verifyToken: await tokenVerifierOf(environment, log),
    checks: [],
    ...(ownerUrl ? demoPeopleOf(environment, { ownerUrl }) : {}),
    log,
  });
  shutdown.defer(() => gateway.stop());
  const door = await listen(gateway.app, { port: environment.port, limits: environment.limits });
  shutdown.defer(() => door.close());
  return door.port;
}
