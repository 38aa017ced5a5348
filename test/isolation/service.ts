import { printSchema, buildSchema, type GraphQLSchema } from 'graphql';
import { readSupergraph } from '../../gateway/supergraph';
import { subgraphNames, type SubgraphName } from '../../subgraphs/shared/environment';
import { buildEverything } from '../../subgraphs/reporting/rollup/build';
import { defaultLimits, type Limits } from '../../subgraphs/shared/limits/limits';
import { listen, type OpenServer } from '../../subgraphs/shared/subgraph/listen';
import { subgraphServer } from '../../subgraphs/shared/subgraph/serve';
import { createTestDatabase } from '../database';
import { startGateway, type GatewayForTest, type GatewayOptions } from '../start-gateway';
import { callersOf, type WorldCaller } from './callers';
import { ownersOfIds, type Answered } from './compare';
import { publicSchema } from './oracle';
import type { CursorBook } from './pages';
import { requestExports } from './requested-exports';
import { clientsOf, linkTo, sendFiles } from './sent-files';
import { plantWorld } from './plant-world';
import { asSent } from './rules-of-changes';
import { now, randomWorld, type World, type WorldTenant } from './world';

export type Target = 'gateway' | SubgraphName;
export const targets: Target[] = ['gateway', ...subgraphNames];

/** What is sent to one of the doors. */
export interface Sent {
  path: string;
  method?: 'GET' | 'POST';
  /** JSON, unless `type` says what else; then it is a text. */
  body?: unknown;
  type?: string;
}

export interface AttackedService {
  world: World;
  callers: WorldCaller[];
  gateway: GatewayForTest;
  schemas: Record<Target, GraphQLSchema>;
  owners: Map<string, WorldTenant>;
  cursors: CursorBook;
  /** Where the gateway listens, as its links name it. */
  origin: string;
  /** Over HTTP, to the gateway or past it to a subgraph's own port. */
  send(target: Target, caller: WorldCaller, sent: Sent): Promise<Answered & { status: number; body: string }>;
  close(): Promise<void>;
}

/** What is asked for must not be refused for its cost alone, nor since the machine is busy; how deep it goes is kept. */
const wide: Partial<Limits> = {
  ...{ requests: 0, rows: 1e15, tokens: 100_000, aliases: 1_000, waiting: 10_000, seconds: 600 },
};

/** The service over a random world, with its activity: partly stored, partly waiting to be folded. */
export async function startAttacked(seed: number): Promise<AttackedService> {
  const world = randomWorld(seed);
  return plantedIn(world, {});
}

/** A world that can be attacked many times: each time it is as nobody has attacked it yet. */
export interface PlantedWorld {
  start(): Promise<AttackedService>;
  drop(): Promise<void>;
}

export async function plantAttacked(seed: number): Promise<PlantedWorld> {
  const world = randomWorld(seed);
  const planted = await createTestDatabase();
  const first = await plantedIn(world, { database: planted });
  await first.close();
  let { origin } = first;
  return {
    start: async () => {
      const database = await createTestDatabase({ copied: planted });
      const attacked = await attackable(world, { database });
      linkTo(world, { origin, now: attacked.origin });
      origin = attacked.origin;
      const close = async () => {
        await attacked.close();
        await database.drop();
      };
      return { ...attacked, close };
    },
    drop: () => planted.drop(),
  };
}

/** Its rows are put there past the service, all else comes by the door. */
async function plantedIn(world: World, place: Pick<GatewayOptions, 'database'>): Promise<AttackedService> {
  const service = await attackable(world, { ...place, fill: owner => plantWorld(owner, world) });
  await live(service.gateway, world);
  await sendFiles(service);
  return service;
}

async function attackable(world: World, place: Pick<GatewayOptions, 'database' | 'fill'>): Promise<AttackedService> {
  const gateway = await startGateway({ ...place, now, background: false, limits: wide, oauth: clientsOf(world) });
  const servers = new Map<Target, OpenServer>();
  const schemas: Partial<Record<Target, GraphQLSchema>> = { gateway: publicSchema(readSupergraph()) };
  const onBug = (error: unknown) => gateway.bugs.push(error);
  const { verifyToken } = gateway.service;
  servers.set('gateway', await listen(gateway.app, { port: 0, host: '127.0.0.1' }));
  for (const name of subgraphNames) {
    const running = gateway.service.subgraph(name);
    const app = subgraphServer({ running, verifyToken, checks: [], onBug, limits: { ...defaultLimits, ...wide } });
    servers.set(name, await listen(app, { port: 0, host: '127.0.0.1' }));
    schemas[name] = buildSchema(printSchema(running.schema), { assumeValid: true });
  }
  const callers = callersOf(world);
  const headers = new Map<WorldCaller, Record<string, string>>();
  for (const caller of callers) {
    const { actingTenant, ...claims } = caller.asker;
    headers.set(caller, {
      authorization: `Bearer ${await gateway.service.token(claims)}`,
      ...(actingTenant === undefined ? {} : { 'strata-tenant': actingTenant }),
    });
  }
  return {
    ...{ world, callers, gateway, owners: ownersOfIds(world), cursors: new Map() },
    origin: `http://127.0.0.1:${servers.get('gateway')!.port}`,
    schemas: schemas as Record<Target, GraphQLSchema>,
    send: async (target, caller, { path, method = 'POST', body, type = 'application/json' }) => {
      const response = await fetch(`http://127.0.0.1:${servers.get(target)!.port}${path}`, {
        method,
        headers: { 'content-type': type, ...headers.get(caller)! },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      // With the mark that says which way round bytes are, if it is there: a file is compared letter by letter.
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer());
      const told = [...response.headers].filter(([name]) => !['date', 'content-length', 'connection', 'keep-alive'].includes(name));
      return { status: response.status, ...parsed(text), body: text, text: `${JSON.stringify(told)} ${text}` };
    },
    close: async () => {
      for (const server of servers.values()) await server.close(100);
      await gateway.close();
    },
  };
}

function parsed(text: string): Pick<Answered, 'data' | 'errors'> {
  try {
    const { data, errors } = JSON.parse(text) as Pick<Answered, 'data' | 'errors'>;
    return { ...(data === undefined ? {} : { data }), ...(errors === undefined ? {} : { errors }) };
  } catch {
    return {};
  }
}

/** What happens in the world before anybody attacks it: activity comes in by the door, sums are stored, files are made, a grant is taken back. */
async function live(gateway: GatewayForTest, { tenants }: World): Promise<void> {
  for (const tenant of tenants.slice(1)) {
    const { key, people, events } = tenant;
    const person = (part: string) => people.find(known => known.part === part)!;
    const admin = { subject: person('admin').externalId, tenant: key, roles: ['ORG_ADMIN'] };
    const half = Math.floor(events.length / 2);
    const record = async (some: typeof events) => {
      const sent = some.map(event => asSent(event, { classId: event.klass.externalId, userId: event.person.externalId }));
      const { body } = await gateway.send(admin, sent);
      if (body.accepted !== some.length) throw new Error(`not all activity was accepted: ${JSON.stringify(body)}`);
    };
    await record(events.slice(0, half));
    const { database } = gateway.service.subgraph('reporting');
    if (tenant.stored) await database.transaction(tenant.number, 'write', tx => buildEverything(tx));
    await record(events.slice(half));
    await requestExports(gateway, tenant);
    const revoked = person('revoked');
    for (const { id } of revoked.grants) {
      await gateway.read(admin, `mutation { revokeAccess(userId: "${revoked.id}", groupId: "${id}") { userId } }`);
    }
    revoked.grants = [];
  }
}
