import { makeExport } from '../subgraphs/reporting/exports/make';
import { exportNumber } from '../subgraphs/shared/identifiers';
import { subgraphNames } from '../subgraphs/shared/environment';
import { buildMissing } from '../subgraphs/reporting/rollup/build';
import { createTenant, type KnownTenant, type TenantFixture } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const officer: Asker = { subject: 'officer', tenant: 'acme', roles: ['OFFICER'] };
const now = new Date('2026-03-20T12:00:00Z');
/** So many that a statement for each, or for every hundred, would show. */
const many = Number(process.env.STRATA_CHILDREN ?? 250);

const numbered = (name: string): string[] => Array.from({ length: many }, (_, n) => `${name}-${n}`);

/** One school with a class, one with many, and a district with as many schools of a class each. */
function wideAndNarrow(): TenantFixture {
  const schools = numbered('school');
  const classes = ['lonely', ...numbered('crowd'), ...numbered('pupil')];
  return {
    key: 'acme',
    groups: {
      ...{ land: 'country', narrow: 'district', wide: 'district', alone: 'school', crowded: 'school' },
      ...Object.fromEntries(schools.map(school => [school, 'school'])),
    },
    classes: Object.fromEntries(classes.map(klass => [klass, { grade: '5', subject: 'Maths' }])),
    placements: {
      india: {
        ...{ land: null, narrow: 'land', wide: 'land', alone: 'narrow', crowded: 'narrow', lonely: 'alone' },
        ...Object.fromEntries(schools.map(school => [school, 'wide'])),
        ...Object.fromEntries(numbered('crowd').map(klass => [klass, 'crowded'])),
        ...Object.fromEntries(numbered('pupil').map((klass, n) => [klass, schools[n]!])),
      },
    },
    people: { admin: ['ORG_ADMIN'], officer: ['OFFICER'], ann: ['LEARNER'] },
    grants: { officer: ['narrow', 'wide'] },
    competencies: [{ code: 'M1', grade: '5', subject: 'Maths' }],
    enrolments: classes.map(klass => ({ class: klass, person: 'ann' })),
    statuses: [{ person: 'ann', competency: 'M1', day: '2026-03-01', status: 3 }],
  };
}

const figures = `performance(period: $period) { averageScore attempts learners provenance { source } }
  timeSpent(period: $period) { totalSeconds learners }`;
const nodeFields = `id name type classCount studentCount competencyCounts { completed notStarted }
  filterValues(period: $period) { subjects } competencyFilterValues { subjects }`;
const row = `{
  node { ${nodeFields} } performance { averageScore attempts learners provenance { source } } timeSpent { totalSeconds learners }
}`;

const report = `query ($id: ID!, $period: PeriodInput!) {
  nodeReport(nodeId: $id, period: $period, first: 1000) {
    node ${row} children { totalCount nodes ${row} } reconciliation { attempts scoreSum totalSeconds }
  }
}`;
const drillDown = `query ($id: ID!, $period: PeriodInput!) {
  hierarchyNode(id: $id) {
    ${nodeFields} ${figures} ancestors { name }
    children(first: 1000) { totalCount nodes { ${nodeFields} ${figures} parent { name } } }
  }
}`;

let gateway: GatewayForTest;
let tenant: KnownTenant;
let statements: string[] = [];

beforeAll(async () => {
  const fill = async (owner: Parameters<typeof createTenant>[0]) => {
    tenant = await createTenant(owner, wideAndNarrow());
  };
  // What goes on in the background would be counted too: here it is done by hand, before.
  gateway = await startGateway({ fill, background: false, now });
  for (const name of subgraphNames) {
    gateway.service.subgraph(name).database.onStatement = sql => statements.push(`${name}: ${sql}`);
  }
  const event = (klass: string) => ({
    ...{ eventId: `of ${klass}`, classId: klass, userId: 'ann', occurredAt: '2026-03-02T10:00:00Z' },
    ...{ score: 50, secondsSpent: 60 },
  });
  const sent = await gateway.send(admin, ['lonely', ...numbered('crowd'), ...numbered('pupil')].map(event));
  expect(sent.body).toMatchObject({ accepted: 2 * many + 1 });
  const { database } = gateway.service.subgraph('reporting');
  await database.transaction(tenant.number, 'write', buildMissing);
});
afterAll(() => gateway.close());

interface Listed {
  totalCount: number;
  nodes: object[];
}

interface Count {
  statements: number;
  children: number;
  subgraphs: string[];
}

/** What one question takes; each about another period, since the same question again is answered from memory. */
async function count(who: Asker, query: string, { name, from }: { name: string; from: string }): Promise<Count> {
  statements = [];
  const data = await gateway.read(who, query, { id: tenant.nodeId(name), period: { from, through: '2026-03-15' } });
  const listed = (data.nodeReport ?? data.hierarchyNode).children as Listed;
  expect(listed.totalCount).toBe(listed.nodes.length);
  const subgraphs = [...new Set(statements.map(statement => statement.split(':')[0]!))].sort();
  return { statements: statements.length, children: listed.nodes.length, subgraphs };
}

const days = ['2026-03-01', '2026-02-28', '2026-02-27', '2026-02-26'];

describe.each([
  ['an administrator', admin],
  ['an officer', officer],
])('for %s', (_, who) => {
  test.each([
    ['a report with three metrics', report],
    ['children with three metrics', drillDown],
  ])(`%s takes as many statements for ${many} schools or classes as for one`, async (_what, query) => {
    // Work in the background may add some of its own to one try.
    const tries: Count[] = [];
    for (const from of days) tries.push(await count(who, query, { name: 'alone', from }));
    const one = tries.reduce((least, each) => (each.statements < least.statements ? each : least));
    expect(one)
      .toMatchObject({ children: 1, subgraphs: expect.arrayContaining(['competency', 'reporting', 'roster']) });
    for (const name of ['wide', 'crowded']) {
      let found: Count | undefined;
      for (const from of days) {
        found = await count(who, query, { name, from });
        if (found.statements <= one.statements) break;
      }
      expect(found).toEqual({ ...one, children: many });
    }
  });
});

/** What making a file of a node takes: how often each statement, and how many rows the file has. */
async function made(node: string, report: string): Promise<{ rows: number; ran: Map<string, number> }> {
  const input = { report, format: 'CSV', nodeId: tenant.nodeId(node), period: { from: '2026-03-01', through: '2026-03-15' } };
  const asked = await gateway.read(admin, 'mutation ($input: ExportInput!) { requestExport(input: $input) { id } }', { input });
  const id = asked.requestExport.id as string;
  const { database } = gateway.service.subgraph('reporting');
  statements = [];
  const done = await makeExport(database, exportNumber(id)!, {
    ...{ tenantId: tenant.number, now: async () => now, mostTries: 1, refuse: () => undefined, onTry: () => undefined },
    signal: new AbortController().signal,
  });
  expect(done).toBe(true);
  const ran = new Map<string, number>();
  for (const sql of statements) ran.set(sql, (ran.get(sql) ?? 0) + 1);
  const shown = await gateway.read(admin, `{ export(id: "${id}") { rows } }`);
  await gateway.read(admin, `mutation { removeExport(id: "${id}") { id } }`);
  return { rows: shown.export.rows as number, ran };
}

/** Rows that are read and written together. */
const rowsOfPage = 1_000;
const sumOf = (ran: Map<string, number>): number => [...ran.values()].reduce((sum, times) => sum + times, 0);

test.each(['LEVELS', 'NODE_REPORT', 'COMPETENCIES'])('a file of %s takes statements by the thousand rows, and none for a row', async report => {
  await made('alone', report); // what is remembered of the tenant's structure is so in all that follow
  const one = await made('alone', report);
  for (const name of ['wide', 'crowded']) {
    const { rows, ran } = await made(name, report);
    expect(rows).toBeGreaterThan(many);
    const pages = Math.ceil(rows / rowsOfPage) + 2; // a level begins a page of its own, as does the node
    for (const [sql, times] of ran) expect([sql, times <= Math.max(one.ran.get(sql) ?? 0, pages)]).toEqual([sql, true]);
    expect(sumOf(ran)).toBeLessThanOrEqual(sumOf(one.ran) * pages);
    expect(ran.size).toBeLessThanOrEqual(one.ran.size + 2);
  }
});

test(`the figures of ${many} children are right`, async () => {
  const variables = { id: tenant.nodeId('wide'), period: { from: '2026-03-01', through: '2026-03-31' } };
  const { nodeReport } = await gateway.read(admin, report, variables);
  expect(nodeReport.node).toMatchObject({
    node: { name: 'wide', classCount: many, studentCount: 1, competencyCounts: { completed: many, notStarted: 0 } },
    performance: { averageScore: 50, attempts: many, learners: 1 },
    timeSpent: { totalSeconds: 60 * many, learners: 1 },
  });
  for (const child of nodeReport.children.nodes) {
    expect(child).toMatchObject({
      node: { type: 'school', classCount: 1, studentCount: 1, competencyCounts: { completed: 1, notStarted: 0 } },
      performance: { averageScore: 50, attempts: 1, learners: 1 },
      timeSpent: { totalSeconds: 60, learners: 1 },
    });
  }
});
