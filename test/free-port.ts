import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { subgraphNames } from '../subgraphs/shared/environment';

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Settings by which every subgraph listens where nobody else does. */
export async function freeSubgraphUrls(): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const name of subgraphNames) {
    settings[`STRATA_SUBGRAPH_${name.toUpperCase()}_URL`] = `http://127.0.0.1:${await freePort()}/graphql`;
  }
  return settings;
}
