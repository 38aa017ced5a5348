import { mostFilterValues } from '../subgraphs/reporting/rollup/filter-values';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import { buildMissing } from '../subgraphs/reporting/rollup/build';
import type { Database } from '../subgraphs/shared/database/database';
import { createTenant, type KnownTenant, type TenantFixture } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const officer: Asker = { subject: 'officer', tenant: 'acme', roles: ['OFFICER'] };
const teacher: Asker = { subject: 'teacher', tenant: 'acme', roles: ['TEACHER'] };
const learner: Asker = { subject: 'ann', tenant: 'acme', roles: ['LEARNER'] };
const wideAdmin: Asker = { subject: 'admin', tenant: 'wide', roles: ['ORG_ADMIN'] };

const land: TenantFixture = {
  key: 'acme',
  groups: { land: 'country', north: 'state', south: 'state', s1: 'school', s2: 'school', s3: 'school' },
  classes: Object.fromEntries(['a', 'b', 'c', 'loose'].map(name => [name, { grade: '5' }])),
  placements: { india: { land: null, north: 'land', south: 'land', s1: 'north', s2: 'north', s3: 'south', a: 's1', b: 's2', c: 's3' } },
  people: { admin: ['ORG_ADMIN'], officer: ['OFFICER'], teacher: ['TEACHER'], ann: ['LEARNER'] },
  grants: { officer: ['s1', 's3'] },
  competencies: [
    { code: 'M1', grade: '5', subject: 'Maths' },
    { code: 'A1', grade: '5', subject: 'Arts', framework: 'extra' },
    { code: 'P1', grade: '6', subject: 'Physics' },
    { code: 'N1', grade: '5' },
  ],
  enrolments: [
    { class: 'a', person: 'ann', enrolledAt: '2026-02-10T00:00:00Z' },
    { class: 'c', person: 'teacher', type: 'TEACHER' },
  ],
};

const event = (eventId: string, classId: string, day: string, more: object) => ({
  ...{ eventId, classId, userId: 'ann', occurredAt: `${day}T10:00:00Z`, score: 50, ...more },
});
const events = [
  event('1', 'a', '2026-01-05', { subject: 'Maths', contentSource: 'Books' }),
  event('2', 'a', '2026-03-02', { subject: 'maths', score: 0 }),
  event('3', 'b', '2026-03-03', { subject: 'Ärzte', framework: 'core', score: null, secondsSpent: 9 }),
  event('4', 'c', '2026-03-03', { contentSource: 'Films' }),
  event('5', 'c', '2026-03-04', { subject: 'Nothing', score: null, secondsSpent: 0 }),
  event('6', 'loose', '2026-03-05', { subject: 'Zoology' }),
];

/** Classes of one school, each of whose activity is of so many subjects: in all more than are told apart at once. */
const crowd = Array.from({ length: 51 }, (_, n) => `k${n}`);
const subjectsOfEach = 2_000;
/** Groups with stored sums of their own, and so with a bucket of each subject as far as anybody knows. */
const districts = Array.from({ length: 25 }, (_, n) => `d${n}`);
const wide: TenantFixture = {
  key: 'wide',
  groups: { land: 'country', big: 'school', ...Object.fromEntries(districts.map(name => [name, 'district'])) },
  classes: Object.fromEntries(crowd.map(name => [name, {}])),
  placements: {
    india: { land: null, big: 'land', ...Object.fromEntries([...districts.map(name => [name, 'land']), ...crowd.map(name => [name, 'big'])]) },
  },
  people: { admin: ['ORG_ADMIN'] },
};

async function fillWide(owner: Database): Promise<KnownTenant> {
  const tenant = await createTenant(owner, wide);
  await owner.transaction(tenant.number, 'write', tx =>
    tx.query(
      `with context as (
         insert into activity_contexts (tenant_id, subject, content_source)
         select $1, 'S' || n, 'the same' from generate_series(1, $2) n returning id
       )
       insert into class_days (tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds, assessment_seconds)
       select $1, classes.id, '2026-03-02', context.id, 0, 1, 0, 0
       from classes cross join context where classes.tenant_id = $1`,
      [tenant.number, subjectsOfEach],
    ),
  );
  return tenant;
}

let gateway: GatewayForTest;
let acme: KnownTenant;
let crowded: KnownTenant;
beforeAll(async () => {
  const fill = async (owner: Database) => {
    acme = await createTenant(owner, land);
    crowded = await fillWide(owner);
  };
  gateway = await startGateway({ fill, now: new Date('2026-03-20T12:00:00Z'), background: false });
  const { body } = await gateway.send(admin, events);
  expect(body).toEqual({ accepted: events.length, duplicates: 0, rejected: [] });
});
afterAll(async () => {
  await gateway.close();
  expect(gateway.bugs).toEqual([]);
});

const march = { from: '2026-03-01', through: '2026-03-31' };
const year = { from: '2026-01-01', through: '2026-12-31' };
const fields = '{ subjects contentSources frameworks isComplete }';
const ofNode = `query ($id: ID!, $period: PeriodInput!) { hierarchyNode(id: $id) { filterValues(period: $period) ${fields} } }`;
const valuesOf = async (name: string, period = march, who = admin) =>
  (await gateway.read(who, ofNode, { id: acme.nodeId(name), period })).hierarchyNode.filterValues;
const complete = (subjects: string[], contentSources: string[], frameworks: string[]) =>
  ({ subjects, contentSources, frameworks, isComplete: true });

async function fold(tenant: KnownTenant): Promise<void> {
  const { database } = gateway.service.subgraph('reporting');
  await database.transaction(tenant.number, 'write', buildMissing);
  await foldAll(database, tenant.number);
}

async function expectValuesOfNodes(): Promise<void> {
  expect(await valuesOf('a')).toEqual(complete(['maths'], [], []));
  expect(await valuesOf('s1', year)).toEqual(complete(['Maths', 'maths'], ['Books'], []));
  expect(await valuesOf('north')).toEqual(complete(['maths', 'Ärzte'], [], ['core']));
  expect(await valuesOf('south')).toEqual(complete([], ['Films'], []));
  expect(await valuesOf('land', year)).toEqual(complete(['Maths', 'maths', 'Ärzte'], ['Books', 'Films'], ['core']));
  expect(await valuesOf('land', { from: '2026-02-01', through: '2026-02-28' })).toEqual(complete([], [], []));
}

test('a node has the values that its activity of the period carries, folded or not', async () => {
  await expectValuesOfNodes();
  await fold(acme);
  await expectValuesOfNodes();
});

test('a value is there where a report that is filtered by it shows something, and only there', async () => {
  const all = (await gateway.read(admin, `query ($period: PeriodInput!) { nodeReport(period: $period) { node { node { filterValues(period: $period) { subjects } } } } }`, { period: year }))
    .nodeReport.node.node.filterValues.subjects as string[];
  expect(all).toEqual(['Maths', 'Zoology', 'maths', 'Ärzte']);
  for (const name of ['a', 'b', 'c', 's1', 'north', 'south', 'land']) {
    const there = (await valuesOf(name)).subjects as string[];
    for (const subject of [...all, 'Nothing']) {
      const { performance, timeSpent } = (
        await gateway.read(
          admin,
          `query ($id: ID!, $period: PeriodInput!, $filter: MetricFilter) { hierarchyNode(id: $id) {
             performance(period: $period, filter: $filter) { attempts } timeSpent(period: $period, filter: $filter) { totalSeconds } } }`,
          { id: acme.nodeId(name), period: march, filter: { subject } },
        )
      ).hierarchyNode;
      expect([name, subject, there.includes(subject)]).toEqual([name, subject, performance.attempts + timeSpent.totalSeconds > 0]);
    }
  }
});

test("a report's own node, children and other tell theirs, and a scope what its classes carry", async () => {
  const report = `query ($period: PeriodInput!) { nodeReport(period: $period) {
    node { node { type filterValues(period: $period) { subjects contentSources } } }
    children { nodes { node { name filterValues(period: $period) { subjects } } } }
    other { node { filterValues(period: $period) { subjects } } }
  } }`;
  const { nodeReport: whole } = await gateway.read(admin, report, { period: march });
  expect(whole.children.nodes).toEqual([{ node: { name: 'land', filterValues: { subjects: ['maths', 'Ärzte'] } } }]);
  expect(whole.other.node.filterValues).toEqual({ subjects: ['Zoology'] });
  const { nodeReport: part } = await gateway.read(officer, report, { period: march });
  expect(part.node.node).toEqual({ type: 'scope', filterValues: { subjects: ['maths'], contentSources: ['Films'] } });
  expect(part.children.nodes.map(({ node }: { node: object }) => node)).toEqual([
    { name: 'south', filterValues: { subjects: [] } },
    { name: 's1', filterValues: { subjects: ['maths'] } },
  ]);
  const { nodeReport: own } = await gateway.read(teacher, report, { period: year });
  expect(own.node.node.filterValues).toEqual({ subjects: [], contentSources: ['Films'] });
});

test.each([
  ['of a node with classes that are not granted', officer, 'north', march, 'FORBIDDEN'],
  ['for a learner', learner, 'a', march, 'FORBIDDEN'],
  ['of a period that ends before it begins', admin, 'a', { from: '2026-03-02', through: '2026-03-01' }, 'BAD_USER_INPUT'],
])('nothing is told %s', async (_, who, name, period, code) => {
  const { data, errors } = await gateway.ask(who, ofNode, { id: acme.nodeId(name), period });
  expect(data?.hierarchyNode?.filterValues ?? null).toBeNull();
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual([code]);
});

test('competencies have the subjects and frameworks of what is expected that day', async () => {
  const ask = async (name: string, asOf: string | null) =>
    (await gateway.read(admin, 'query ($id: ID!, $asOf: Date) { hierarchyNode(id: $id) { competencyFilterValues(asOf: $asOf) { subjects frameworks isComplete } } }', { id: acme.nodeId(name), asOf }))
      .hierarchyNode.competencyFilterValues;
  const values = { subjects: ['Arts', 'Maths'], frameworks: ['core', 'extra'], isComplete: true };
  const none = { subjects: [], frameworks: [], isComplete: true };
  for (const name of ['a', 'north', 'land']) expect([name, await ask(name, null)]).toEqual([name, values]);
  expect(await ask('a', '2026-02-10')).toEqual(values);
  expect(await ask('a', '2026-02-09')).toEqual(none);
  expect(await ask('south', null)).toEqual(none);
});

test('what was accepted a moment ago is among them, where it belongs', async () => {
  await fold(acme);
  const later = event('7', 'b', '2026-03-06', { subject: 'Late' });
  await gateway.send(admin, [later]);
  expect((await valuesOf('north')).subjects).toEqual(['Late', 'maths', 'Ärzte']);
  expect((await valuesOf('south')).subjects).toEqual([]);
});

describe('of many values', () => {
  const list = `query ($id: ID!, $first: Int, $period: PeriodInput!) { nodeReport(nodeId: $id, first: $first, period: $period) {
    node { node { name } } children { nodes { node { filterValues(period: $period) ${fields} } } } } }`;
  const big = () => ({ id: crowded.nodeId('big'), period: march });

  test.each(['read from the facts', 'stored'])('the first are told, and that there are more (%s)', async how => {
    if (how === 'stored') await fold(crowded);
    const { filterValues } = (await gateway.read(wideAdmin, ofNode, big())).hierarchyNode;
    const first = Array.from({ length: subjectsOfEach }, (_, n) => `S${n + 1}`).sort().slice(0, mostFilterValues);
    expect(filterValues).toEqual({ subjects: first, contentSources: ['the same'], frameworks: [], isComplete: false });
  });

  test('of more nodes than are told apart at once they are refused, and the rest of the answer stands', async () => {
    const few = await gateway.read(wideAdmin, list, { ...big(), first: 2 });
    expect(few.nodeReport.children.nodes).toHaveLength(2);
    const { data, errors } = await gateway.ask(wideAdmin, list, { ...big(), first: 51 });
    expect(data.nodeReport.node.node).toEqual({ name: 'big' });
    expect(data.nodeReport.children.nodes).toEqual(crowd.map(() => ({ node: { filterValues: null } })));
    expect([...new Set(errors.map(({ extensions }) => extensions?.code))]).toEqual(['TOO_LARGE']);
  });

  test('whose stored sums would be too many to read are refused, where a report is not', async () => {
    await fold(crowded);
    const report = (below: string) => `query ($id: ID!, $period: PeriodInput!) {
      nodeReport(nodeId: $id, period: $period) { children { totalCount nodes { node { type ${below} } } } } }`;
    const land = { id: crowded.nodeId('land'), period: { from: '2017-01-02', through: '2026-12-30' } };
    const { data } = await gateway.ask(wideAdmin, report('performance(period: $period) { attempts }'), land);
    expect(data.nodeReport.children.totalCount).toBe(districts.length + 1);
    const { errors } = await gateway.ask(wideAdmin, report('filterValues(period: $period) { subjects }'), land);
    expect([...new Set(errors.map(({ extensions }) => extensions?.code))]).toEqual(['TOO_LARGE']);
    expect(errors[0]!.message).toContain('Finding what to filter by would add up some ');
  });
});
