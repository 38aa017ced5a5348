import fc from 'fast-check';
import { selectHierarchiesByKey } from '../subgraphs/hierarchy/hierarchies/hierarchy.queries';
import { parentKey } from '../subgraphs/hierarchy/nodes/children';
import { locate } from '../subgraphs/hierarchy/nodes/locate';
import { selectChildren, type Node } from '../subgraphs/hierarchy/nodes/node.queries';
import { selectView } from '../subgraphs/hierarchy/nodes/view.queries';
import { place } from '../subgraphs/hierarchy/placements/place';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { buildEverything, buildHierarchy } from '../subgraphs/reporting/rollup/build';
import { bucketsOf, coverOf } from '../subgraphs/reporting/rollup/cover';
import { foldSome } from '../subgraphs/reporting/rollup/fold';
import { selectLearners } from '../subgraphs/reporting/rollup/learners.queries';
import { planNode, type Source } from '../subgraphs/reporting/rollup/plan';
import { selectStoredState } from '../subgraphs/reporting/rollup/stored-state.queries';
import { noSums, type Sums } from '../subgraphs/reporting/rollup/sums';
import { selectSums } from '../subgraphs/reporting/rollup/sums.queries';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { Problem } from '../subgraphs/shared/errors';
import { publicId } from '../subgraphs/shared/identifiers';
import { createTestDatabase, type TestDatabase } from './database';
import { groupTypes, hierarchyTypes, ModelTenant, type ModelEvent } from './model-tenant';

const now = new Date('2026-03-20T12:00:00Z');
const runs = Number(process.env.STRATA_PROPERTY_RUNS ?? 60);

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

type Step =
  | { do: 'fold' }
  | { do: 'build'; what: 'everything' | 'india' | 'us' }
  | { do: 'place'; hierarchy: string; child: number; parent: number; klass: boolean; out: boolean; sound: boolean }
  | { do: 'record'; event: Omit<ModelEvent, 'eventId'> & { id: number } };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ do: 'fold' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('build' as const),
      what: fc.constantFrom('everything' as const, 'india' as const, 'us' as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({
    do: fc.constant('place' as const),
    hierarchy: fc.constantFrom('india', 'us'),
    child: fc.nat(30),
    parent: fc.nat(30),
    klass: fc.boolean(),
    out: fc.integer({ min: 0, max: 5 }).map(number => number === 0),
    sound: fc.integer({ min: 0, max: 4 }).map(number => number > 0),
  }) },
  { weight: 3, arbitrary: fc.record({
    do: fc.constant('record' as const),
    event: fc.record({
      id: fc.nat(25),
      klass: fc.nat(30),
      person: fc.nat(30),
      day: fc.constantFrom('2026-01-31', '2026-02-01', '2026-02-28', '2026-03-01', '2026-03-15'),
      score: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
      seconds: fc.option(fc.integer({ min: 0, max: 4_000 })),
      kind: fc.constantFrom('ASSESSMENT' as const, 'COLLECTION' as const),
      subject: fc.option(fc.constantFrom('Math', 'Science')),
    }),
  }) },
);

/** Half of the tenants begin with a tree, activity and stored sums, so that moves have something to take along. */
const tenants = fc.record({
  groups: fc
    .array(fc.constantFrom(...groupTypes), { minLength: 0, maxLength: 7 })
    .map(more => [...groupTypes, 'state' as const, 'district' as const, ...more]),
  classes: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
  people: fc.integer({ min: 1, max: 4 }),
  grown: fc.boolean(),
  parents: fc.array(fc.nat(30), { minLength: 20, maxLength: 20 }),
  steps: fc.array(step, { minLength: 3, maxLength: 25 }),
});

/** Steps that hang every group and class somewhere in both hierarchies, record for every class, and store the sums. */
function growth(tenant: ModelTenant, parents: number[]): Step[] {
  const place = (hierarchy: string, child: number, klass: boolean, parent: number): Step => ({
    do: 'place',
    hierarchy,
    child,
    parent,
    klass,
    out: false,
    sound: true,
  });
  const placed = ['india', 'us'].flatMap(hierarchy => [
    ...tenant.groups.map((_, index) => place(hierarchy, index, false, pick(parents, index))),
    ...tenant.classes.map((_, index) => place(hierarchy, index, true, pick(parents, index + 7))),
  ]);
  const recorded = tenant.classes.map(
    (_, index): Step => ({
      do: 'record',
      event: { id: 100 + index, klass: index, person: index, day: '2026-02-10', score: 250_000, seconds: 60, kind: 'ASSESSMENT', subject: 'Math' },
    }),
  );
  return [...placed, ...recorded, { do: 'build', what: 'everything' }];
}

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length]!;

/** Places something, in the database and in the model; where one refuses, so must the other. */
async function tryToPlace(tenant: ModelTenant, { hierarchy, child, parent, klass, out, sound }: Step & { do: 'place' }): Promise<void> {
  const childId = klass ? pick(tenant.classes, child).id : pick(tenant.groups, child).id;
  const levels = hierarchyTypes[hierarchy]!;
  const level = (group: number) => levels.indexOf(tenant.type(group));
  const possible = tenant.groups.filter(({ id }) => level(id) >= 0 && (klass || level(id) < level(childId)));
  const parentGroup = pick(sound && possible.length > 0 ? possible : tenant.groups, parent);
  const impossible =
    !out &&
    (level(parentGroup.id) < 0 ||
      (!klass &&
        (level(childId) <= level(parentGroup.id) || tenant.hangsBelow(hierarchy, parentGroup.id, childId))));
  const outcome = await tenant.database
    .transaction(tenant.tenantId, 'write', tx =>
      place(tx, {
        hierarchyKey: hierarchy,
        childId: publicId(klass ? 'class' : 'group', childId),
        parentId: out ? null : publicId('group', parentGroup.id),
      }),
    )
    .catch((error: unknown) => error);
  if (impossible) {
    expect(outcome).toBeInstanceOf(Problem);
    return;
  }
  expect(outcome).toBeUndefined();
  const parents = (klass ? tenant.classParents : tenant.groupParents)[hierarchy]!;
  if (out) parents.delete(childId);
  else parents.set(childId, parentGroup.id);
}

async function record(tenant: ModelTenant, { event: { id, ...event } }: Step & { do: 'record' }): Promise<void> {
  const sent: ModelEvent = {
    ...event,
    eventId: `e${id}`,
    klass: pick(tenant.classes, event.klass).id,
    person: pick(tenant.people, event.person),
  };
  const raw = {
    eventId: sent.eventId,
    classId: publicId('class', sent.klass),
    userId: publicId('person', sent.person),
    occurredAt: `${sent.day}T10:00:00Z`,
    score: sent.score === null ? null : sent.score / 10_000,
    secondsSpent: sent.seconds,
    kind: sent.kind,
    subject: sent.subject,
  };
  const receipt = await tenant.database.transaction(tenant.tenantId, 'write', tx => ingest(tx, [raw], { now, ids: 'public' }));
  const known = tenant.events.get(sent.eventId);
  const same = known !== undefined && JSON.stringify(known) === JSON.stringify(sent);
  expect(receipt).toMatchObject({ accepted: known ? 0 : 1, duplicates: same ? 1 : 0 });
  expect(receipt.rejected.map(({ code }) => code)).toEqual(known && !same ? ['CONFLICT'] : []);
  if (!known) tenant.events.set(sent.eventId, sent);
}

/** A step in the life of a tenant, in the database and in the model. */
async function take(tenant: ModelTenant, each: Step): Promise<void> {
  if (each.do === 'place') return tryToPlace(tenant, each);
  if (each.do === 'record') return record(tenant, each);
  await tenant.database.transaction(tenant.tenantId, 'write', async tx => {
    if (each.do === 'fold') await foldSome(tx);
    else if (each.what === 'everything') await buildEverything(tx);
    else {
      const [hierarchy] = await selectHierarchiesByKey(tx, [each.what]);
      await buildHierarchy(tx, hierarchy!.id);
    }
  });
}

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

const periods = [
  { from: '2026-02-01', through: '2026-02-28' },
  { from: '2026-01-01', through: '2026-03-31' },
  { from: '2026-03-15', through: '2026-03-15' },
];

/** What the model says of the events of some classes. */
function expected(tenant: ModelTenant, classes: Set<number>, { from, through, subject }: { from: string; through: string; subject?: string }) {
  const sums: Sums = { ...noSums };
  const scored = new Set<number>();
  const timed = new Set<number>();
  for (const event of tenant.events.values()) {
    if (!classes.has(event.klass) || event.day < from || event.day > through) continue;
    if (subject !== undefined && event.subject !== subject) continue;
    if (event.score !== null) {
      sums.scoreSum += event.score;
      sums.attempts++;
      scored.add(event.person);
    }
    if (event.kind === 'COLLECTION') sums.collectionSeconds += event.seconds ?? 0;
    else sums.assessmentSeconds += event.seconds ?? 0;
    if (event.seconds) timed.add(event.person);
  }
  return { sums, learners: { scored: scored.size, timed: timed.size } };
}

/** Every node of a hierarchy, and the classes that must be at or below it. */
async function expectEveryNodeExact(tenant: ModelTenant, tx: Transaction, hierarchyKey: string): Promise<void> {
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
  const nodes = [...located.values()].map(({ node }) => node);

  const standing = tenant.groups.filter(({ id }) => tenant.wayUp(hierarchyKey, id) !== null);
  const roots = standing.filter(({ type }) => type === hierarchyTypes[hierarchyKey]![0]);
  expect(nodes.filter(node => node.kind === 'group').map(node => node.number).sort()).toEqual(standing.map(({ id }) => id).sort());

  const classesOf = (node: Node): Set<number> =>
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
  const active = new Set(tenant.classes.filter(klass => klass.active).map(({ id }) => id));
  for (const node of nodes) {
    expect([node.id, node.classCount]).toEqual([node.id, [...classesOf(node)].filter(id => active.has(id)).length]);
  }

  for (const period of periods) {
    for (const filter of [{}, { subject: 'Math' }]) {
      const question = { caller, view, nodes, period, filter };
      const sums = new Map<string, Sums>();
      const state = await selectStoredState(tx, view.hierarchyId);
      const size = { buckets: bucketsOf(coverOf(period)), days: 31 };
      const planned = nodes.map(node => ({ node, source: planNode({ node, ...state, ...size }).source }));
      const { caller: asker, filter: asked } = question;
      const read = await selectSums(tx, { caller: asker, view, asked: planned, filter: asked, intervals: [period] });
      for (const [id, found] of read) sums.set(id, found.get(0)!);
      for (const node of nodes) {
        for (const source of waysToRead(node, state)) {
          const way = await selectSums(tx, { caller, view, asked: [{ node, source }], filter, intervals: [period] });
          expect([node.type, source, way.get(node.id)?.get(0) ?? noSums]).toEqual([node.type, source, sums.get(node.id) ?? noSums]);
        }
      }
      const learners = await selectLearners(tx, question);
      for (const node of nodes) {
        const truth = expected(tenant, classesOf(node), { ...period, ...filter });
        expect([node.id, sums.get(node.id) ?? noSums]).toEqual([node.id, truth.sums]);
        expect([node.id, learners.get(node.id) ?? { scored: 0, timed: 0 }]).toEqual([node.id, truth.learners]);
      }
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

test('every node of every hierarchy equals a count by hand, whatever is placed, moved, taken out and recorded', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(tenants, async ({ steps, grown, parents, ...shape }) => {
      const tenant = await ModelTenant.create({ owner, application: database }, { name: `model-${number++}`, ...shape });
      for (const each of [...(grown ? growth(tenant, parents) : []), ...steps]) await take(tenant, each);
      await database.transaction(tenant.tenantId, 'read', async tx => {
        for (const key of ['india', 'us']) await expectEveryNodeExact(tenant, tx, key);
      });
    }),
    { numRuns: runs },
  );
}, 60_000 + runs * 2_000);
