import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Express } from 'express';
import type { GraphQLFormattedError } from 'graphql';
import pino from 'pino';
import request from 'supertest';
import { databaseChecks } from '../cli/run/subgraphs';
import { createGateway, type GatewayParts } from '../gateway/app';
import { inProcess } from '../gateway/connection';
import { overHttp } from '../gateway/remote-connection';
import { readSupergraph } from '../gateway/supergraph';
import { platformTenant } from '../migrations/row-level-security';
import { subgraphs } from '../subgraphs';
import { defaultLimits, type Limits } from '../subgraphs/shared/limits/limits';
import type { ReplicaSettings } from '../subgraphs/shared/database/replica';
import type { OAuthClient } from '../subgraphs/shared/access/oauth-clients';
import type { TokenContents } from '../subgraphs/shared/access/keys';
import { loadBundle } from '../subgraphs/roster/import/bundle';
import type { Database } from '../subgraphs/shared/database/database';
import { listen, type OpenServer } from '../subgraphs/shared/subgraph/listen';
import { subgraphServer } from '../subgraphs/shared/subgraph/serve';
import { refreshStatistics } from '../subgraphs/shared/database/statistics.queries';
import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner } from './fixture';
import { startForTest, type ServiceForTest } from './start-for-test';

/** Who asks: what their token says, and the headers Strata-Tenant and Strata-Consistency. */
export interface Asker extends TokenContents {
  actingTenant?: string;
  /** The header Strata-Consistency: strong. */
  strong?: boolean;
}

/** An answer as it came over HTTP. Its data are the test's own business. */
export interface Answer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test reads what it asked for
  data: any;
  errors: GraphQLFormattedError[];
  text: string;
}

export interface GatewayForTest {
  app: Express;
  database: TestDatabase;
  /** The subgraphs behind the gateway, for questions that go past it. */
  service: ServiceForTest;
  /** What no caller was told: bugs of the service. */
  bugs: unknown[];
  /** A request over HTTP. */
  ask(who: Asker, query: string, variables?: object): Promise<Answer>;
  /** The data of a request that must go well. */
  read(who: Asker, query: string, variables?: object): Promise<Answer['data']>;
  /** The codes of a request's errors, one by one; empty where it went well. */
  codes(who: Asker, query: string, variables?: object): Promise<string[]>;
  /** POST /events. */
  send(who: Asker, events: object[]): Promise<request.Response>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** Writes a bundle into a folder, to be loaded as `strata load` does. */
  bundle?: (out: string) => Promise<unknown>;
  /** Puts rows into the database past the service. */
  fill?: (owner: Database) => Promise<unknown>;
  /** The moment of the load and of every request; or a clock. */
  now: Date | (() => Date);
  /** A streaming replica for reads. */
  replica?: ReplicaSettings;
  /** Whether folding goes on in the background; true when omitted. */
  background?: boolean;
  /** A database that is there already; else one of the test's own. */
  database?: TestDatabase;
  /** What is otherwise than usual; callers may ask as often as they like when omitted. */
  limits?: Partial<Limits>;
  introspection?: boolean;
  /** What is otherwise than usual at the gateway's door. */
  door?: Pick<GatewayParts, 'trustedProxies' | 'allowedOrigins' | 'hsts'>;
  /** Who gives tokens for passwords. */
  oauth?: OAuthClient[];
  /** Whether the gateway asks each subgraph over HTTP, at a server of its own; else within the process. */
  asServices?: boolean;
}

/** The whole service in this process, as `strata start` puts it together, on a database of its own. */
export async function startGateway({ bundle, fill, now: moment, ...options }: GatewayOptions): Promise<GatewayForTest> {
  const database = options.database ?? (await createTestDatabase());
  const now = typeof moment === 'function' ? moment : () => moment;
  const owner = await connectOwner(database.url);
  try {
    if (bundle) await load(database.directUrl, { bundle, now: now() });
    await fill?.(owner);
    // Of tables that have just been filled the database would guess, and plan badly, for a minute.
    await owner.transaction(platformTenant, 'write', refreshStatistics);
  } finally {
    await owner.close();
  }
  const bugs: unknown[] = [];
  const limits = { ...defaultLimits, requests: 0, ...options.limits };
  const service = await startForTest({
    url: database.url,
    subgraphs,
    now,
    ...(options.replica ? { replica: options.replica } : {}),
    limits,
    ...(options.oauth ? { oauth: options.oauth } : {}),
    onBug: error => bugs.push(error),
    ...(options.background === undefined ? {} : { background: options.background }),
  });
  const running = subgraphs.map(({ name }) => service.subgraph(name));
  const open = { ownerUrl: database.directUrl, appUrl: database.url, stepDown: true, embedded: false, close: async () =>
    undefined };
  const servers: OpenServer[] = [];
  const connections = running.map(inProcess);
  if (options.asServices) {
    for (const [index, subgraph] of running.entries()) {
      const parts = { running: subgraph, verifyToken: service.verifyToken, checks: [], limits };
      const server = await listen(subgraphServer({ ...parts, onBug: error => bugs.push(error) }), { port: 0, host: '127.0.0.1' });
      servers.push(server);
      connections[index] = overHttp(subgraphs[index]!, `http://127.0.0.1:${server.port}/graphql`);
    }
  }
  const gateway = await createGateway({
    connections,
    supergraphSdl: readSupergraph(),
    introspection: options.introspection ?? false,
    ...options.door,
    limits,
    verifyToken: service.verifyToken,
    checks: databaseChecks(open, running[0]!),
    log: pino({ level: 'silent' }),
  });

  // One token of each asker, as clients keep theirs: what the service remembers of it is then put to the proof as well.
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (contents: TokenContents): Promise<string> => {
    const key = JSON.stringify(contents);
    const known = tokens.get(key) ?? service.token(contents);
    tokens.set(key, known);
    return known;
  };
  const headers = async ({ actingTenant, strong, ...contents }: Asker) => ({
    authorization: `Bearer ${await tokenOf(contents)}`,
    ...(actingTenant === undefined ? {} : { 'strata-tenant': actingTenant }),
    ...(strong ? { 'strata-consistency': 'strong' } : {}),
  });
  const ask: GatewayForTest['ask'] = async (who, query, variables) => {
    const response = await request(gateway.app).post('/graphql').set(await headers(who)).send({ query, variables });
    const { data, errors = [] } = response.body as { data?: unknown; errors?: GraphQLFormattedError[] };
    return { status: response.status, data, errors, text: response.text };
  };
  return {
    app: gateway.app,
    ...{ database, service, bugs, ask },
    read: async (who, query, variables) => {
      const { data, errors } = await ask(who, query, variables);
      if (errors.length > 0) throw new Error(`${query}\n${JSON.stringify(errors)}`);
      return data;
    },
    codes: async (who, query, variables) =>
      (await ask(who, query, variables)).errors.map(({ extensions }) => String(extensions?.code)),
    send: async (who, events) =>
      request(gateway.app).post('/events').set(await headers(who)).send(events),
    close: async () => {
      await gateway.stop();
      for (const server of servers) await server.close();
      await service.close();
      if (!options.database) await database.drop();
    },
  };
}

async function load(databaseUrl: string, { bundle, now }: Required<Pick<GatewayOptions, 'bundle'>> & { now: Date }): Promise<void> {
  const room = mkdtempSync(path.join(os.tmpdir(), 'strata-bundle-'));
  const dir = path.join(room, 'bundle');
  try {
    await bundle(dir);
    const { problems } = await loadBundle({ databaseUrl, dir, now });
    if (problems.length > 0) throw new Error(`the bundle has bad rows: ${JSON.stringify(problems.slice(0, 3))}`);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}
