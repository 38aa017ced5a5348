import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Express } from 'express';
import pino from 'pino';
import request from 'supertest';
import { createGateway, type GatewayParts } from '../gateway/app';
import { composedFiles } from '../gateway/compose';
import { inProcess, type SubgraphConnection } from '../gateway/connection';
import { overHttp } from '../gateway/remote-connection';
import { signDevelopmentToken, verificationKeys } from '../subgraphs/shared/access/keys';
import { tokenVerifier } from '../subgraphs/shared/access/token';
import { defaultLimits, type Limits } from '../subgraphs/shared/limits/limits';
import { listen, type OpenServer } from '../subgraphs/shared/subgraph/listen';
import { subgraphServer } from '../subgraphs/shared/subgraph/serve';
import { createTestDatabase } from './database';
import { connectOwner, createTenant } from './fixture';
import { tinySubgraphs } from './tiny-subgraphs';

export type Settings = Omit<Partial<GatewayParts>, 'limits'> & { limits?: Partial<Limits> };

/** The two small subgraphs with a tenant of two administrators, and gateways before them with settings as a test wants. */
export async function openDoor() {
  const database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  await createTenant(owner, { key: 'acme', people: { ann: ['ORG_ADMIN'], bob: ['ORG_ADMIN'] } });
  await owner.close();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'strata-door-'));
  const rules = { dataDir, issuer: 'test', audience: 'strata' };
  const verifyToken = tokenVerifier({ key: await verificationKeys(rules), ...rules });
  const sign = (subject: string) =>
    signDevelopmentToken({ ...rules, now: new Date() }, { subject, tenant: 'acme', roles: ['ORG_ADMIN'] });
  const [ann, bob] = [await sign('ann'), await sign('bob')];
  const runtime = { databaseUrl: database.url, stepDown: true, verifyToken, poolSize: 3 };
  const running = await Promise.all(tinySubgraphs.map(subgraph => subgraph.start(runtime)));
  const opened: { close(): Promise<unknown> }[] = [];

  const serve = async (app: Express): Promise<OpenServer> => {
    const server = await listen(app, { port: 0, host: '127.0.0.1' });
    opened.push(server);
    return server;
  };
  const portOf = (index: number, limits: Partial<Limits>): Express =>
    subgraphServer({
      ...{ running: running[index]!, verifyToken, checks: [], onBug: () => undefined, introspection: false },
      limits: { ...defaultLimits, ...limits },
    });
  const headersOf = (token: string) => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });

  return {
    ...{ database, ann, bob, serve, portOf, headersOf },
    gatewayWith: async ({ limits, ...settings }: Settings = {}): Promise<Express> => {
      const gateway = await createGateway({
        connections: running.map(inProcess),
        supergraphSdl: composedFiles(tinySubgraphs).get('supergraph.graphql')!,
        introspection: false,
        verifyToken,
        checks: [],
        log: pino({ level: 'silent' }),
        ...settings,
        limits: { ...defaultLimits, ...limits },
      });
      opened.push({ close: () => gateway.stop() });
      return gateway.app;
    },
    asServices: (limits: Partial<Limits>): Promise<SubgraphConnection[]> =>
      Promise.all(
        tinySubgraphs.map(async (subgraph, index) =>
          overHttp(subgraph, `http://127.0.0.1:${(await serve(portOf(index, limits))).port}/graphql`),
        ),
      ),
    ask: (app: Express, query: string, token = ann) => request(app).post('/graphql').set(headersOf(token)).send({ query }),
    close: async (): Promise<void> => {
      for (const one of opened.reverse()) await one.close();
      await Promise.all(running.map(subgraph => subgraph.close()));
      await database.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}

export type OpenDoor = Awaited<ReturnType<typeof openDoor>>;
