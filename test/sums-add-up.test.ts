import fc from 'fast-check';
import { selectHierarchiesByKey } from '../subgraphs/hierarchy/hierarchies/hierarchy.queries';
import { parentKey } from '../subgraphs/hierarchy/nodes/children';
import { locate } from '../subgraphs/hierarchy/nodes/locate';
import { selectChildren, type Node } from '../subgraphs/hierarchy/nodes/node.queries';
import { selectView, type View } from '../subgraphs/hierarchy/nodes/view.queries';
import { bucketsOf, coverOf } from '../subgraphs/reporting/rollup/cover';
import { readFilterValues } from '../subgraphs/reporting/rollup/filter-values';
import { selectLearners } from '../subgraphs/reporting/rollup/learners.queries';
import type { Asked } from '../subgraphs/reporting/rollup/owners.queries';
import { planNode, type Source } from '../subgraphs/reporting/rollup/plan';
import { selectStoredState } from '../subgraphs/reporting/rollup/stored-state.queries';
import { noSums } from '../subgraphs/reporting/rollup/sums';
import { selectSums } from '../subgraphs/reporting/rollup/sums.queries';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { publicId } from '../subgraphs/shared/identifiers';
import type { Period } from '../subgraphs/shared/period';
import { createTestDatabase, type TestDatabase } from './database';
import { hierarchyTypes, ModelTenant } from './model-tenant';
import { expected, expectedValues, grow, take, tenants } from './random-life';

const runs = Number(process.env.STRATA_PROPERTY_RUNS ?? 1_000);

let testDatabase: TestDatabase;
let owner: Database;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = await Database.connect({ url: testDatabase.url, stepDown: false, entities: [] });
  database = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [] });
});

afterAll(async () => {
  await database.close();
  await owner.close();
  await testDatabase.drop();
});

/** Every way in which a node could be read, whatever the planner would choose. */
function waysToRead(node: Node, state: Awaited<ReturnType<typeof selectStoredState>>): Source[] {
  const { stored, levels } = state;
  const ways: Source[] = [{ read: 'classes' }];
  if (node.kind === 'class') return ways;
  if (node.kind === 'tenant' && stored.cells) ways.push({ read: 'own' });
  if (node.kind === 'other' && stored.cells) ways.push({ read: 'cells' });
  if (node.kind !== 'group') return ways;
  if (stored.cells) ways.push({ read: 'cells' });
  if (stored.levels && node.stored) ways.push({ read: 'own' });
  if (stored.levels) {
    for (const { sequence, type, stored: kept } of levels.slice(0, -1)) {
      if (kept && sequence > node.level) ways.push({ read: 'level', sequence, type });
    }
  }
  return ways;
}

const hierarchies = ['india', 'us'];
const periods = [
  { from: '2026-02-01', through: '2026-02-28' },
  { from: '2026-01-01', through: '2026-03-31' },
  { from: '2026-03-15', through: '2026-03-15' },
];

const questions = periods.flatMap(period => [{}, { subject: 'Math' }].map(filter => ({ period, filter })));
type Question = (typeof questions)[number];
/** What is read in every way at the end of a life, through one of its hierarchies. */
const lastQuestions = hierarchies.flatMap(hierarchyKey => questions.map(question => ({ hierarchyKey, ...question })));

/** Every node of a hierarchy, with the view through which it is read. */
async function nodesOf(tenant: ModelTenant, tx: Transaction, hierarchyKey: string): Promise<{ view: View; nodes: Node[] }> {
  const [hierarchy] = await selectHierarchiesByKey(tx, [hierarchyKey]);
  const caller = tenant.admin;
  const view = await selectView(tx, caller, hierarchy!);
  const ids = [
    publicId('tenant', tenant.tenantId),
    publicId('other', tenant.tenantId),
    ...tenant.groups.map(group => publicId('group', group.id)),
    ...tenant.classes.map(klass => publicId('class', klass.id)),
  ];
  const located = await locate({ tx, caller, view }, ids);
  return { view, nodes: [...located.values()].map(({ node }) => node) };
}

/** The classes that must be at or below a node. */
const classesOf = (tenant: ModelTenant, hierarchyKey: string, node: Node): Set<number> =>
  new Set(
    tenant.classes
      .map(({ id }) => id)
      .filter(id => {
        const above = tenant.above(hierarchyKey, id);
        if (node.kind === 'tenant') return true;
        if (node.kind === 'other') return above.length === 0;
        return node.kind === 'class' ? id === node.number : above.includes(node.number);
      }),
  );

/** The sums of every node, as a report reads them, against a count by hand. */
async function expectSumsExact(tenant: ModelTenant, tx: Transaction, { hierarchyKey, period, filter }: Question & { hierarchyKey: string }) {
  const { view, nodes } = await nodesOf(tenant, tx, hierarchyKey);
  const standing = tenant.groups.filter(({ id }) => tenant.wayUp(hierarchyKey, id) !== null).map(({ id }) => id);
  expect(nodes.filter(node => node.kind === 'group').map(node => node.number).sort()).toEqual(standing.sort());
  const state = await selectStoredState(tx, view.hierarchyId);
  const size = { buckets: bucketsOf(coverOf(period)), days: 31 };
  const asked = nodes.map(node => ({ node, source: planNode({ node, ...state, ...size }).source }));
  const found = await selectSums(tx, { caller: tenant.admin, view, asked, filter, intervals: [period] });
  const read = nodes.map(({ id }) => [hierarchyKey, id, found.get(id)?.get(0) ?? noSums]);
  expect(read).toEqual(
    nodes.map(node => [hierarchyKey, node.id, expected(tenant, classesOf(tenant, hierarchyKey, node), { ...period, ...filter }).sums]),
  );
}

/** From before the first activity to after the last. */
const day = fc.constantFrom('2026-01-15', '2026-01-31', '2026-02-01', '2026-02-10', '2026-02-28', '2026-03-01', '2026-03-15', '2026-03-31');
const anyPeriod: fc.Arbitrary<Period> = fc.tuple(day, day).map(days => days.sort()).map(([from, through]) => ({ from: from!, through: through! }));

/** What every node can be filtered by, read as a report reads and in every other way, against a count by hand. */
async function expectValuesExact(tenant: ModelTenant, tx: Transaction, { hierarchyKey, period }: { hierarchyKey: string; period: Period }) {
  const { view, nodes } = await nodesOf(tenant, tx, hierarchyKey);
  const state = await selectStoredState(tx, view.hierarchyId);
  const size = { buckets: bucketsOf(coverOf(period)), days: 31 };
  const valuesOf = async (asked: Asked[]) => {
    const question = { caller: tenant.admin, view, asked, filter: {}, intervals: [period], byContext: true };
    return readFilterValues(tx, await selectSums(tx, question));
  };
  const byHand = new Map(nodes.map(node => [node.id, expectedValues(tenant, classesOf(tenant, hierarchyKey, node), period)]));
  const together = await valuesOf(nodes.map(node => ({ node, source: planNode({ node, ...state, ...size }).source })));
  expect(nodes.map(({ id }) => [id, together(id)])).toEqual(nodes.map(({ id }) => [id, byHand.get(id)]));
  for (const node of nodes) {
    for (const source of waysToRead(node, state)) {
      const alone = await valuesOf([{ node, source }]);
      expect([node.type, source, alone(node.id)]).toEqual([node.type, source, byHand.get(node.id)]);
    }
  }
}

/** Every node's sums, read in every way there is, with learners, counts and children. */
async function expectEveryNodeExact(
  tenant: ModelTenant,
  tx: Transaction,
  { hierarchyKey, period, filter }: Question & { hierarchyKey: string },
): Promise<void> {
  const { view, nodes } = await nodesOf(tenant, tx, hierarchyKey);
  const caller = tenant.admin;

  const standing = tenant.groups.filter(({ id }) => tenant.wayUp(hierarchyKey, id) !== null);
  const roots = standing.filter(({ type }) => type === hierarchyTypes[hierarchyKey]![0]);
  const active = new Set(tenant.classes.filter(klass => klass.active).map(({ id }) => id));
  const activeBelow = (node: Node) => [...classesOf(tenant, hierarchyKey, node)].filter(id => active.has(id)).length;
  expect(nodes.map(node => [node.id, node.classCount])).toEqual(nodes.map(node => [node.id, activeBelow(node)]));

  const state = await selectStoredState(tx, view.hierarchyId);
  const waysToCount = [false, ...(state.learners ? [true] : [])];
  const learners = await Promise.all(
    waysToCount.map(stored => selectLearners(tx, { caller, view, nodes, periods: [period], filter, stored })),
  );
  for (const node of nodes) {
    const truth = expected(tenant, classesOf(tenant, hierarchyKey, node), { ...period, ...filter });
    for (const source of waysToRead(node, state)) {
      const way = await selectSums(tx, { caller, view, asked: [{ node, source }], filter, intervals: [period] });
      expect([node.type, source, way.get(node.id)?.get(0) ?? noSums]).toEqual([node.type, source, truth.sums]);
    }
    for (const [way, found] of learners.entries()) {
      expect([node.id, way, found.get(node.id) ?? { scored: 0, timed: 0 }]).toEqual([node.id, way, truth.learners]);
    }
  }

  const parents = nodes.map(parentKey).filter(key => key !== null);
  const children = await selectChildren(tx, { view, parents, bounds: { first: null, after: null } });
  const childIds = (node: Node) => children.get(parentKey(node)!)!.nodes.map(({ id }) => id).sort();
  for (const node of nodes.filter(({ kind }) => kind !== 'class')) {
    const groups = tenant.groups.filter(({ id }) =>
      node.kind === 'tenant' ? roots.some(root => root.id === id) : node.kind === 'group' && tenant.groupParents[hierarchyKey]!.get(id) === node.number,
    );
    const classes = tenant.classes.filter(({ id }) =>
      node.kind === 'other' ? tenant.above(hierarchyKey, id).length === 0 : node.kind === 'group' && tenant.classParents[hierarchyKey]!.get(id) === node.number,
    );
    expect([node.id, childIds(node)]).toEqual([
      node.id,
      [...groups.map(({ id }) => publicId('group', id)), ...classes.map(({ id }) => publicId('class', id))].sort(),
    ]);
  }
}

test('every node of every hierarchy equals a count by hand after every step, whatever is placed, moved, built and recorded', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(tenants, fc.constantFrom(...lastQuestions), anyPeriod, async ({ steps, grown, parents, ...shape }, last, period) => {
      const tenant = await ModelTenant.create({ owner, application: database }, { name: `model-${number++}`, ...shape });
      if (grown) await grow(tenant, owner, parents);
      for (const [index, each] of steps.entries()) {
        await take(tenant, each);
        await database.transaction(tenant.tenantId, 'read', async tx => {
          for (const hierarchyKey of hierarchies) {
            await expectSumsExact(tenant, tx, { hierarchyKey, ...questions[(number + index) % questions.length]! });
          }
        });
      }
      await database.transaction(tenant.tenantId, 'read', async tx => {
        await expectEveryNodeExact(tenant, tx, last);
        await expectValuesExact(tenant, tx, { hierarchyKey: last.hierarchyKey, period });
      });
    }),
    { numRuns: runs },
  );
}, 60_000 + runs * 2_000);
