import { isDeepStrictEqual } from 'node:util';
import { selectHierarchiesByKey } from '../subgraphs/hierarchy/hierarchies/hierarchy.queries';
import { signDevelopmentToken } from '../subgraphs/shared/access/keys';
import { Database } from '../subgraphs/shared/database/database';
import { publicId } from '../subgraphs/shared/identifiers';
import type { BareQuestion } from './bare-handler';
import { canReadCpu, cpuMeter } from './cpu';
import type { Made, MadeTenant } from './made';
import { inTurn, median, timed } from './measure';
import { startBareHandler, startStrata, type Served } from './processes';
import { atOnce, closeConnections, post, type Answer } from './requests';
import type { Line } from './report';
import { asked, month } from './tenant.queries';

const figures = `
  performance { averageScore scoreSum attempts }
  timeSpent { totalSeconds collectionSeconds assessmentSeconds }`;
const row = `node { id hierarchyId name type classCount } ${figures}`;
const reportQuery = `
  query Report($nodeId: ID, $period: PeriodInput!) {
    nodeReport(nodeId: $nodeId, period: $period) {
      node { ${row} }
      children { totalCount pageInfo { hasNextPage } nodes { ${row} } }
      reconciliation { attempts scoreSum totalSeconds }
    }
  }`;

export const tokenFor = ({ dataDir }: Made, { externalId }: MadeTenant): Promise<string> =>
  signDevelopmentToken(
    { dataDir, issuer: 'strata-development', audience: 'strata', now: new Date() },
    { subject: 'admin', tenant: externalId, roles: ['ORG_ADMIN'] },
  );

const requests = 600;
const atATime = 4;
const pace = { warmups: 3, rounds: 9 };
/** Of the bare handler's CPU. */
const bounds = { 'one process, anew': 4, 'one process, again': 0.7 };

/** One report of a node with 50 children over a stored level, through HTTP, beside the least that could answer it. */
export async function measureWholeRequests(made: Made): Promise<Line[]> {
  const tenant = made.tenants.at(-1)!;
  const started: Served[] = [];
  const start = async (serving: Promise<Served>): Promise<Served> => {
    const served = await serving;
    started.push(served);
    return served;
  };
  try {
    const token = await tokenFor(made, tenant);
    const bare = await start(startBareHandler(made));
    const oneProcess = await start(startStrata(made, 'one-process'));
    const services = await start(startStrata(made, 'services'));
    const variables = { nodeId: publicId('group', asked.state), period: { from: month, through: '2025-06-30' } };
    // A variable that the query does not use makes a question that was not asked before.
    const graph = (time: number): string => JSON.stringify({ query: reportQuery, variables: { ...variables, time } });
    let asking = 0;
    const asJson = { token, contentType: 'application/json' };
    const bareBody = JSON.stringify(await bareQuestion(made, tenant));
    const ways: Ways = {
      bare: { pid: bare.pid, post: () => post({ url: bare.url, ...asJson, body: bareBody }) },
    };
    for (const [name, { pid, url }] of Object.entries({ 'one process': oneProcess, services })) {
      const ask = (body: string) => () => post({ url: `${url}/graphql`, ...asJson, body });
      ways[`${name}, anew`] = { pid, post: () => ask(graph(asking++))() };
      ways[`${name}, again`] = { pid, post: ask(graph(-1)) };
    }
    await assertSameAnswers(ways);
    return [...(canReadCpu ? await cpuOf(ways, made) : []), ...(await timeOf(ways, tenant))];
  } finally {
    closeConnections();
    await Promise.all(started.map(served => served.stop()));
  }
}

async function bareQuestion({ server }: Made, tenant: MadeTenant): Promise<BareQuestion> {
  const database = await Database.connect({ url: server.url, stepDown: true, entities: [], poolSize: 1 });
  try {
    const [india] = await database.transaction(tenant.id, 'read', tx => selectHierarchiesByKey(tx, ['india']));
    return { tenantId: tenant.id, hierarchyId: india!.id, hierarchyKey: 'india', group: asked.state, month };
  } finally {
    await database.close();
  }
}

interface Way {
  /** The process that answers, with those it started. */
  pid: number;
  post(): Promise<Answer>;
}

type Ways = Record<string, Way> & { bare: Way };

/** All of them give the same JSON, and it is a report of 50 children. */
async function assertSameAnswers(ways: Ways): Promise<void> {
  const answers = new Map<string, unknown>();
  for (const [name, way] of Object.entries(ways)) {
    const { status, text } = await way.post();
    if (status !== 200) throw new Error(`${name} answered ${status}: ${text.slice(0, 500)}`);
    answers.set(name, JSON.parse(text));
  }
  const wanted = answers.get('bare') as { data: { nodeReport: { children: { totalCount: number } } } };
  if (wanted.data.nodeReport.children.totalCount !== 50) throw new Error('the report does not have 50 children');
  for (const [name, answer] of answers) {
    if (!isDeepStrictEqual(answer, wanted)) {
      throw new Error(`${name} answers otherwise than the bare handler: ${JSON.stringify(answer).slice(0, 1000)}`);
    }
  }
}

/** CPU milliseconds of a request: of the serving processes, and of PostgreSQL. */
async function cpuOf(ways: Ways, { server, tenants }: Made): Promise<Line[]> {
  const database = cpuMeter(server.pid);
  const ofDatabase: Record<string, number[]> = {};
  const spend = (name: string, { pid, post: ask }: Way) => {
    const node = cpuMeter(pid);
    const databases: number[] = (ofDatabase[name] = []);
    return async (): Promise<number> => {
      const before = [node(), database()] as const;
      await atOnce(atATime, requests, ask);
      const spent = [node() - before[0], database() - before[1]] as const;
      databases.push(spent[1] / requests);
      return (spent[0] + spent[1]) / requests;
    };
  };
  const spending = Object.entries(ways).map(([name, way]) => [name, spend(name, way)] as const);
  const samples = await inTurn(Object.fromEntries(spending), pace);
  const bare = samples.bare!;
  const inDatabase = (name: string): number => median(ofDatabase[name]!.slice(pace.warmups));
  return Object.keys(ways).filter(name => name !== 'bare').map(name => ({
    ...{ part: 'http', what: `CPU of a report, ${name}`, classes: tenants.at(-1)!.classes, unit: 'ms' },
    ...{ measured: median(samples[name]!), floor: median(bare), ratio: median(samples[name]!) / median(bare) },
    ...(name in bounds ? { atMost: bounds[name as keyof typeof bounds] } : {}),
    more: { ofPostgres: inDatabase(name), ofPostgresBare: inDatabase('bare') },
  }));
}

/** How long one request alone takes. */
async function timeOf(ways: Ways, tenant: MadeTenant): Promise<Line[]> {
  const samples = await inTurn(
    Object.fromEntries(Object.entries(ways).map(([name, way]) => [name, timed(() => way.post())])),
    { warmups: 5, rounds: 60 },
  );
  const bare = samples.bare!;
  return Object.keys(ways).filter(name => name !== 'bare').map(name => ({
    ...{ part: 'http', what: `time of a report, ${name}`, classes: tenant.classes, unit: 'ms' },
    ...{ measured: median(samples[name]!), floor: median(bare), ratio: median(samples[name]!) / median(bare) },
  }));
}
