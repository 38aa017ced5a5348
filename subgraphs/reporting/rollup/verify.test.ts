import { Random } from '../../../cli/generate/random';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant } from '../../../test/fixture';
import { eventsOf, hierarchies, restlessTenant, RestlessTenant } from '../../../test/restless-tenant';
import { selectPlacements } from '../../../test/restless-tenant.queries';
import { place } from '../../hierarchy/placements/place';
import { Database, type Transaction } from '../../shared/database/database';
import { countDifferences, verify, type Verdict } from './verify';

let testDatabase: TestDatabase;
let owner: Database;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = await connectOwner(testDatabase.url);
  database = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [] });
});

afterAll(async () => {
  await database.close();
  await owner.close();
  await testDatabase.drop();
});

const sound = (verdict: Verdict) => expect([verdict.differences, countDifferences(verdict)]).toEqual([[], 0]);

/** Sends, moves, folds and builds at random. */
async function live(tenant: RestlessTenant, { seed, steps }: { seed: number; steps: number }): Promise<void> {
  const random = new Random(seed);
  for (let step = 0; step < steps; step++) {
    const dice = random.below(12);
    if (dice < 4) await tenant.send(eventsOf(random.below(400), 1 + random.below(20)));
    else if (dice < 9) await tenant.move(tenant.randomMove(random));
    else if (dice < 11) await tenant.fold();
    else await tenant.build((['everything', ...hierarchies] as const)[random.below(3)]!);
  }
}

test.each([1, 2, 3, 4])('a sound tenant has no difference, whatever was sent, moved, folded and built (%d)', async seed => {
  const { number } = await createTenant(owner, restlessTenant(`sound-${seed}`));
  const tenant = await RestlessTenant.open(database, number);
  for (let chapter = 0; chapter < 6; chapter++) {
    await live(tenant, { seed: seed * 100 + chapter, steps: 12 });
    sound(await database.transaction(number, 'read', tx => verify(tx)));
  }
});

test('what is accepted while a class moves is counted once, and where the class hangs then', async () => {
  const { number, nodeId, classes, groups } = await createTenant(owner, restlessTenant('accepted-while-moving'));
  const tenant = await RestlessTenant.open(database, number);
  await tenant.send(eventsOf(0, 200));
  await tenant.build('everything');
  let sent = 200;
  for (let round = 0; round < 4; round++) {
    await database.transaction(number, 'write', async tx => {
      // Another sender is quicker than each statement of the move.
      const between = Object.create(tx) as Transaction;
      between.query = async <Row>(sql: string, parameters?: unknown[]) => {
        await tenant.send(eventsOf((sent += 20), 20));
        return tx.query<Row>(sql, parameters);
      };
      await place(between, { hierarchyKey: 'india', childId: nodeId('class0'), parentId: nodeId(`s${round + 1}`) });
    });
    sound(await database.transaction(number, 'read', tx => verify(tx)));
  }
  const placements = await database.transaction(number, 'read', selectPlacements);
  expect(placements.find(({ hierarchy, kind, child }) => hierarchy === 'india' && kind === 'class' && child === classes.get('class0'))?.parent).toBe(groups.get('s4'));
  await tenant.fold();
  sound(await database.transaction(number, 'read', tx => verify(tx)));
});

describe('every corruption is found', () => {
  let tenantId: number;
  beforeAll(async () => {
    ({ number: tenantId } = await createTenant(owner, restlessTenant('corrupted')));
    const tenant = await RestlessTenant.open(database, tenantId);
    await tenant.send(eventsOf(0, 250));
    await tenant.build('everything');
    await tenant.send(eventsOf(250, 100));
    sound(await database.transaction(tenantId, 'read', tx => verify(tx)));
  });

  /** The verdict on a database in which somebody has run a statement; none of it stays. */
  async function verdictAfter(statement: string): Promise<Verdict> {
    const tx = await owner.begin(tenantId, 'write');
    try {
      const [{ rows }] = (await tx.query(`with done as (${statement} returning 1) select count(*)::int as rows from done`)) as [{ rows: number }];
      expect(rows).toBeGreaterThan(0);
      return await verify(tx);
    } finally {
      await tx.rollback();
    }
  }

  const india = `(select id from hierarchies where key = 'india')`;
  const group = (name: string) => `(select id from groups where external_id = '${name}')`;
  const klass = (name: string) => `(select id from classes where external_id = '${name}')`;
  const stored = (condition: string) =>
    `ctid = (select ctid from aggregates where attempts > 0 and ${condition} order by owner_id, start limit 1)`;

  const facts = 'stored sums of cells against facts';
  const indiaFacts = 'stored sums of india against facts';
  const indiaChildren = 'stored sums of india against children';
  const trees = 'trees against placements';

  test.each<[name: string, statement: string, checks: string[], subject: RegExp]>([
    [
      'a changed day of a district',
      `update aggregates set attempts = attempts + 1 where ${stored(`hierarchy_id = ${india} and owner_id = ${group('d0')} and grain = 1 and context_id <> 0`)}`,
      [indiaFacts, indiaChildren],
      /^india district:d0, day 2026-/,
    ],
    [
      'a changed week of a state',
      `update aggregates set score_sum = score_sum - 1 where ${stored(`hierarchy_id = ${india} and owner_id = ${group('north')} and grain = 7 and context_id <> 0`)}`,
      [indiaFacts, indiaChildren],
      /^india state:north, week of 2026-/,
    ],
    [
      'a changed month of a cell',
      `update aggregates set collection_seconds = collection_seconds + 1 where ${stored('hierarchy_id = 0 and owner_id <> 0 and grain = 30 and context_id <> 0')}`,
      [facts, indiaChildren],
      /^cell \d+ of class:class\d.*, month of 2026-/,
    ],
    [
      'a wrong sum of all contexts',
      `update aggregates set assessment_seconds = assessment_seconds + 1 where ${stored(`hierarchy_id = ${india} and owner_id = ${group('land')} and context_id = 0 and grain = 30`)}`,
      [indiaFacts, indiaChildren],
      /^india country:land, month of 2026-.., all contexts|^india country:land, month of 2026-..-01, all contexts/,
    ],
    [
      'a missing row of the tenant',
      `delete from aggregates where ${stored('hierarchy_id = 0 and owner_id = 0 and grain = 1')}`,
      [facts, indiaChildren],
      /^the tenant, day 2026-/,
    ],
    [
      'a row too many',
      `insert into aggregates values (${'$TENANT'}, ${india}, ${group('d1')}, 1, 0, '2020-02-02', 1, 1, 0, 0)`,
      [indiaFacts, indiaChildren],
      /^india district:d1, day 2020-02-02, all contexts/,
    ],
    [
      'sums of a group that stores none',
      `insert into aggregates values (${'$TENANT'}, ${india}, ${group('b0')}, 1, 0, '2026-02-02', 1, 1, 0, 0)`,
      [indiaFacts],
      /^india block:b0, day 2026-02-02/,
    ],
    [
      'two errors that cancel out above',
      `update aggregates set attempts = attempts + case owner_id when ${group('d0')} then 1 else -1 end
       where hierarchy_id = ${india} and owner_id in (${group('d0')}, ${group('d1')}) and grain = 30 and start = '2026-02-01' and context_id = 0`,
      [indiaFacts],
      /^india district:d0, month of 2026-02-01, all contexts/,
    ],
    [
      'a class in another cell',
      `update class_cells set cell_id = (select cell_id from class_cells where class_id = ${klass('class1')}) where class_id = ${klass('class0')}`,
      ['cells of classes against placements', facts],
      /^class:class0/,
    ],
    [
      'a cell with other parents',
      `update cell_parents set parent_id = ${group('s3')} where hierarchy_id = ${india}
       and cell_id = (select cell_id from class_cells where class_id = ${klass('class0')})`,
      ['parents of cells', indiaChildren],
      /^cell \d+ of class:class0/,
    ],
    [
      'a cell without its parents',
      `delete from cell_parents where cell_id = (select cell_id from class_cells where class_id = ${klass('class5')})`,
      ['parents of cells'],
      /^cell \d+ of class:class5/,
    ],
    ['a class without its cell', `delete from class_cells where class_id = ${klass('class0')}`, ['facts that no sum has', facts], /^class:class0, day/],
    ['a delta that was lost', `delete from fact_deltas where id = (select min(id) from fact_deltas)`, [facts, indiaFacts], /^the tenant, day/],
    [
      'a delta that is there twice',
      `insert into fact_deltas (tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds, assessment_seconds)
       select tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds, assessment_seconds
       from fact_deltas where id = (select min(id) from fact_deltas)`,
      [facts, indiaFacts],
      /^the tenant, day/,
    ],
    [
      'a changed fact',
      `update class_days set score_sum = score_sum + 1 where class_id = ${klass('class0')} and day = (select min(day) from class_days where class_id = ${klass('class0')})`,
      ['facts against activity', facts],
      /^class:class0, day 2026-/,
    ],
    [
      'a fact without a learner',
      `delete from learner_months where class_id = ${klass('class2')}`,
      ["facts against the learners' days"],
      /^class:class2, day 2026-/,
    ],
    [
      'a learner without a fact',
      `update learner_months set scored_days = scored_days | (1 << 30) where class_id = ${klass('class2')} and month = '2026-01-01'`,
      ["facts against the learners' days"],
      /^class:class2, day 2026-01-31/,
    ],
    [
      'activity that was counted in another class',
      `update activity_events set class_id = ${klass('class1')} where event_id = 'event-1'`,
      ['facts against activity'],
      /^class:class/,
    ],
    ['a wrong count of classes', `update tree_nodes set classes = classes + 1 where hierarchy_id = ${india} and group_id = ${group('d0')}`, [trees], /^india district:d0/],
    ['a class that became inactive unnoticed', `update classes set active = false where id = ${klass('class0')}`, [trees], /^india cluster:c0|^india school:s0/],
    ['a wrong place in the order', `update tree_nodes set pre = pre + 1 where hierarchy_id = ${india} and group_id = ${group('s1')}`, [trees], /^india school:s1/],
    ['a range that ends too early', `update tree_nodes set post = pre where hierarchy_id = ${india} and group_id = ${group('south')}`, [trees], /^india state:south/],
    ['a path through another', `update tree_nodes set path[1] = ${group('island')} where hierarchy_id = ${india} and group_id = ${group('d0')}`, [trees], /^india district:d0/],
    ['a node that is taken for stored', `update tree_nodes set stored = true where hierarchy_id = ${india} and group_id = ${group('b0')}`, [trees, indiaFacts], /^india block:b0/],
    ['a node that is not taken for stored', `update tree_nodes set stored = false where hierarchy_id = ${india} and group_id = ${group('d0')}`, [trees, indiaFacts], /^india district:d0/],
    ['a node that is taken for a stand-in', `update tree_nodes set stand_in = true where hierarchy_id = ${india} and group_id = ${group('d0')}`, [trees], /^india district:d0/],
    ['a wrong count of nodes below', `update tree_nodes set below = below || '{"6": 1}' where hierarchy_id = ${india} and group_id = ${group('land')}`, [trees], /^india country:land/],
    ['a node that is missing', `delete from tree_nodes where hierarchy_id = ${india} and group_id = ${group('c0')}`, [trees], /^india cluster:c0/],
    [
      'a node where there is none',
      `insert into tree_nodes select tenant_id, hierarchy_id, ${group('sd0')}, parent_id, level, depth, pre, post, path, 0, 0, 0, 0
       from tree_nodes where hierarchy_id = ${india} and group_id = ${group('d0')}`,
      [trees],
      /^india school_district:sd0/,
    ],
    ['a placement that the tree has not followed', `update group_placements set parent_id = ${group('south')} where hierarchy_id = ${india} and group_id = ${group('d0')}`, [trees], /^india district:d0/],
    ['a class placed elsewhere without its sums', `update class_placements set parent_id = ${group('s3')} where hierarchy_id = ${india} and class_id = ${klass('class0')}`, [trees, indiaFacts, 'cells of classes against placements'], /^class:class0/],
    ['sums that nobody says are complete', `delete from stored_trees where hierarchy_id = ${india}`, [indiaFacts], /^india /],
  ])('%s', async (_, statement, checks, subject) => {
    const verdict = await verdictAfter(statement.replace('$TENANT', String(tenantId)));
    const found = new Set(verdict.differences.map(({ check }) => check));
    expect([...found]).toEqual(expect.arrayContaining(checks));
    expect(verdict.differences.map(difference => difference.subject)).toContainEqual(expect.stringMatching(subject));
    for (const { expected, found: there } of verdict.differences) expect(expected).not.toEqual(there);
  });

  test('of many differences the first are told, and all are counted', async () => {
    const tx = await owner.begin(tenantId, 'write');
    await tx.query('update aggregates set attempts = attempts + 1 where tenant_id = $1', [tenantId]);
    const [{ rows }] = (await tx.query('select count(*)::int as rows from aggregates where tenant_id = $1 and hierarchy_id <> 0', [tenantId])) as [{ rows: number }];
    const verdict = await verify(tx, { most: 3 });
    await tx.rollback();
    const counted = verdict.checks.filter(({ check }) => /^stored sums of (india|us) against facts$/.test(check));
    expect(counted.reduce((sum, { differences }) => sum + differences, 0)).toBe(rows);
    for (const { check } of counted) expect(verdict.differences.filter(one => one.check === check)).toHaveLength(3);
  });

  test('what a read sees of a moment is sound, and names what it compared', async () => {
    const verdict = await database.transaction(tenantId, 'read', tx => verify(tx));
    expect(verdict.checks.map(({ check }) => check)).toEqual([
      trees,
      'cells of classes against placements',
      'parents of cells',
      'facts against activity',
      "facts against the learners' days",
      'facts that no sum has',
      facts,
      indiaFacts,
      'stored sums of us against facts',
      indiaChildren,
      'stored sums of us against children',
    ]);
  });
});
