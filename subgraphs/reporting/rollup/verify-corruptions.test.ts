import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant } from '../../../test/fixture';
import { eventsOf, restlessTenant, RestlessTenant } from '../../../test/restless-tenant';
import type { Database, Transaction } from '../../shared/database/database';
import { countDifferences, verify, type Verdict } from './verify';

// Somebody writes into the tables what no code of ours would; verify must find it, and name what it found.
let testDatabase: TestDatabase;
let owner: Database;
let tenantId: number;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = await connectOwner(testDatabase.url);
  ({ number: tenantId } = await createTenant(owner, restlessTenant('corrupted')));
  const tenant = await RestlessTenant.open(owner, tenantId);
  await tenant.send(eventsOf(0, 250));
  await tenant.build('everything');
  await tenant.send(eventsOf(250, 100));
});

afterAll(async () => {
  await owner.close();
  await testDatabase.drop();
});

/** What `look` says of a database in which somebody has run a statement; none of it stays. */
async function after<T>(statement: string, look: (tx: Transaction, changed: number) => Promise<T>): Promise<T> {
  const tx = await owner.begin(tenantId, 'write');
  try {
    const [changed] = await tx.query<{ rows: number }>(
      `with done as (${statement} returning 1) select count(*)::int as rows from done`,
    );
    expect(changed!.rows).toBeGreaterThan(0);
    return await look(tx, changed!.rows);
  } finally {
    await tx.rollback();
  }
}

const india = `(select id from hierarchies where key = 'india')`;
const group = (name: string) => `(select id from groups where external_id = '${name}')`;
const person = (name: string) => `(select id from people where external_id = '${name}')`;
const klass = (name: string) => `(select id from classes where external_id = '${name}')`;
const cellOf = (name: string) => `(select cell_id from class_cells where class_id = ${klass(name)})`;

const inIndia = (name: string) => `hierarchy_id = ${india} and owner_id = ${group(name)}`;
const ofSomeCell = 'hierarchy_id = 0 and owner_id <> 0';
const ofTheTenant = 'hierarchy_id = 0 and owner_id = 0';
/** One stored row, with attempts. */
const one = (condition: string) =>
  `ctid = (select ctid from aggregates where attempts > 0 and ${condition} order by owner_id, start limit 1)`;
const stored = (change: string, condition: string) => `update aggregates set ${change} where ${one(condition)}`;
const addRow = (name: string, day: string) =>
  `insert into aggregates select id, ${india}, ${group(name)}, 1, 0, '${day}', 1, 1, 0, 0
   from tenants where external_id = 'corrupted'`;
const node = (name: string, change: string) =>
  `update tree_nodes set ${change} where hierarchy_id = ${india} and group_id = ${group(name)}`;

const cells = 'stored sums of cells against facts';
const nodes = 'stored sums of india against facts';
const children = 'stored sums of india against children';
const trees = 'trees against placements';
const learners = "learners' days against their facts";
const cellLearners = "learners of cells against the learners' days";
const learnerFacts = "facts against the learners' facts";
const activity = "learners' facts against activity";
const acceptance = 'days of acceptance';
const ids = 'known ids against activity';

interface Corruption {
  name: string;
  do: string;
  /** The checks that must find it. */
  found: string[];
  /** What one of the differences is about. */
  about: RegExp;
}

const ofSums: Corruption[] = [
  {
    name: 'a changed day of a district',
    do: stored('attempts = attempts + 1', `${inIndia('d0')} and grain = 1 and context_id <> 0`),
    ...{ found: [nodes, children], about: /^india district:d0, day 2026-/ },
  },
  {
    name: 'a changed week of a state',
    do: stored('score_sum = score_sum - 1', `${inIndia('north')} and grain = 7 and context_id <> 0`),
    ...{ found: [nodes, children], about: /^india state:north, week of 2026-/ },
  },
  {
    name: 'a changed month of a cell',
    do: stored('collection_seconds = collection_seconds + 1', `${ofSomeCell} and grain = 30 and context_id <> 0`),
    ...{ found: [cells, children], about: /^cell \d+ of class:class\d.*, month of 2026-/ },
  },
  {
    name: 'a wrong sum of all contexts',
    do: stored('assessment_seconds = 0', `${inIndia('land')} and grain = 30 and context_id = 0`),
    ...{ found: [nodes, children], about: /^india country:land, month of 2026-\d\d-01, all contexts/ },
  },
  {
    name: 'a missing row of the tenant',
    do: `delete from aggregates where ${one(`${ofTheTenant} and grain = 1`)}`,
    ...{ found: [cells, children], about: /^the tenant, day 2026-/ },
  },
  {
    name: 'a row too many',
    do: addRow('d1', '2020-02-02'),
    ...{ found: [nodes, children], about: /^india district:d1, day 2020-02-02, all contexts/ },
  },
  {
    name: 'sums of a group that stores none',
    do: addRow('b0', '2026-02-02'),
    ...{ found: [nodes], about: /^india block:b0, day 2026-02-02/ },
  },
  {
    name: 'two errors that cancel out above',
    do: `update aggregates set attempts = attempts + case owner_id when ${group('d0')} then 1 else -1 end
         where hierarchy_id = ${india} and owner_id in (${group('d0')}, ${group('d1')})
           and grain = 30 and start = '2026-02-01' and context_id = 0`,
    ...{ found: [nodes], about: /^india district:d0, month of 2026-02-01, all contexts/ },
  },
  {
    name: 'sums that nobody says are complete',
    do: `delete from stored_trees where hierarchy_id = ${india}`,
    ...{ found: [nodes], about: /^india / },
  },
];

const ofCells: Corruption[] = [
  {
    name: 'a class in another cell',
    do: `update class_cells set cell_id = ${cellOf('class1')} where class_id = ${klass('class0')}`,
    ...{ found: ['cells of classes against placements', cells], about: /^class:class0/ },
  },
  {
    name: 'a cell with other parents',
    do: `update cell_parents set parent_id = ${group('s3')}
         where hierarchy_id = ${india} and cell_id = ${cellOf('class0')}`,
    ...{ found: ['parents of cells', children], about: /^cell \d+ of class:class0/ },
  },
  {
    name: 'a cell without its parents',
    do: `delete from cell_parents where cell_id = ${cellOf('class5')}`,
    ...{ found: ['parents of cells'], about: /^cell \d+ of class:class5/ },
  },
  {
    name: 'a class without its cell',
    do: `delete from class_cells where class_id = ${klass('class0')}`,
    ...{ found: ['facts that no sum has', cells], about: /^class:class0, day/ },
  },
  {
    name: 'a class placed elsewhere without its sums',
    do: `update class_placements set parent_id = ${group('s3')}
         where hierarchy_id = ${india} and class_id = ${klass('class0')}`,
    ...{ found: [trees, nodes, 'cells of classes against placements'], about: /^class:class0/ },
  },
];

const columns = 'tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds, assessment_seconds';
const firstDelta = 'where id = (select min(id) from fact_deltas)';

const ofFacts: Corruption[] = [
  {
    name: 'a delta that was lost',
    do: `delete from fact_deltas ${firstDelta}`,
    ...{ found: [cells, nodes], about: /^the tenant, day/ },
  },
  {
    name: 'a delta that is there twice',
    do: `insert into fact_deltas (${columns}) select ${columns} from fact_deltas ${firstDelta}`,
    ...{ found: [cells, nodes], about: /^the tenant, day/ },
  },
  {
    name: 'a changed fact',
    do: `update class_days set score_sum = score_sum + 1 where class_id = ${klass('class0')}`,
    ...{ found: [cells, learnerFacts], about: /^class:class0, day 2026-/ },
  },
  {
    name: 'activity that was counted in another class',
    do: `update activity_events set class_id = ${klass('class13')} where event_id = 'event-1'`,
    ...{ found: [activity], about: /^class:class13, day 2026-/ },
  },
  {
    name: 'activity that was counted for another learner',
    do: `update activity_events set person_id = ${person('learner0')} where event_id = 'event-1' and person_id <> ${person('learner0')}`,
    ...{ found: [activity], about: /, day 2026-.*, person #\d+$/ },
  },
  {
    name: 'a fact without a learner',
    do: `delete from learner_months where class_id = ${klass('class2')}`,
    ...{ found: [learners], about: /^class:class2, month 2026-.*, person #\d+$/ },
  },
  {
    name: 'a day that one of several learners has lost',
    do: `update learner_months set timed_days = 0
         where ctid = (select min(ctid) from learner_months where class_id = ${klass('class0')} and timed_days > 0)`,
    ...{ found: [learners], about: /^class:class0, month 2026-/ },
  },
  {
    name: 'a learner without a fact',
    do: `update learner_months set scored_days = scored_days | 1
         where class_id = ${klass('class2')} and month = '2026-01-01'`,
    ...{ found: [learners], about: /^class:class2, month 2026-01-01/ },
  },
  {
    name: 'a day of a learner that a cell has and none of its classes',
    do: `update cell_learners set scored_days = scored_days | 1
         where month = '2026-01-01' and cell_id = ${cellOf('class2')}`,
    ...{ found: [cellLearners], about: /month 2026-01-01, person #\d+$/ },
  },
  {
    name: 'learners that a cell has lost',
    do: `delete from cell_learners where cell_id = ${cellOf('class0')}`,
    ...{ found: [cellLearners], about: /month 2026-\d\d-01, person #\d+$/ },
  },
  {
    name: 'a changed fact of a learner',
    do: `update learner_days set attempts = attempts + 1
         where ctid = (select min(ctid) from learner_days where class_id = ${klass('class0')})`,
    ...{ found: [learnerFacts], about: /^class:class0, day 2026-/ },
  },
  {
    name: "a learner's fact that is another's",
    do: `update learner_days set person_id = ${person('admin')}
         where ctid = (select min(ctid) from learner_days where class_id = ${klass('class0')})`,
    ...{ found: [activity, learners], about: /^class:class0, day 2026-.*, person #\d+$/ },
  },
  {
    name: 'a day of which nobody knows that it was accepted',
    do: `delete from accepted_days where day = (select min(day) from class_days)`,
    ...{ found: [acceptance], about: /^day 2026-/ },
  },
  {
    name: 'a day that seems to have been accepted before it was',
    do: `update accepted_days set accepted_on = accepted_on - 400 where day = (select min(day) from class_days)`,
    ...{ found: [acceptance], about: /^day 2026-/ },
  },
  {
    name: 'an id that is no longer known',
    do: `delete from event_ids where event_key = (select encode(substr(sha256('event-1'), 1, 16), 'hex')::uuid)`,
    ...{ found: [ids], about: /^event event-1$/ },
  },
  {
    name: "a learner's fact that was lost",
    do: `delete from learner_days where ctid = (select min(ctid) from learner_days where class_id = ${klass('class2')})`,
    ...{ found: [learnerFacts], about: /^class:class2, day 2026-/ },
  },
];

const ofTrees: Corruption[] = [
  { name: 'a wrong count of classes', do: node('d0', 'classes = classes + 1'), found: [trees], about: /district:d0$/ },
  { name: 'a wrong count of its own', do: node('d1', 'direct_classes = 0'), found: [trees], about: /district:d1$/ },
  { name: 'a wrong place in the order', do: node('s1', 'pre = pre + 1'), found: [trees], about: /school:s1$/ },
  { name: 'a range that ends too early', do: node('south', 'post = pre'), found: [trees], about: /state:south$/ },
  { name: 'a path elsewhere', do: node('d0', `path[1] = ${group('island')}`), found: [trees], about: /district:d0$/ },
  { name: 'a wrong depth', do: node('d0', 'depth = 7'), found: [trees], about: /district:d0$/ },
  { name: 'a wrong level', do: node('s4', 'level = 5'), found: [trees], about: /school:s4$/ },
  { name: 'a node taken for stored', do: node('b0', 'stored = true'), found: [trees, nodes], about: /block:b0$/ },
  { name: 'one not taken for it', do: node('d0', 'stored = false'), found: [trees, nodes], about: /district:d0$/ },
  { name: 'a false stand-in', do: node('d0', 'stand_in = true'), found: [trees], about: /district:d0$/ },
  { name: 'a wrong count below', do: node('land', `below = below || '{"6": 1}'`), found: [trees], about: /:land$/ },
  {
    name: 'a class that became inactive unnoticed',
    do: `update classes set active = false where id = ${klass('class0')}`,
    ...{ found: [trees], about: /^india school:s0$/ },
  },
  {
    name: 'a node that is missing',
    do: `delete from tree_nodes where hierarchy_id = ${india} and group_id = ${group('c0')}`,
    ...{ found: [trees], about: /^india cluster:c0$/ },
  },
  {
    name: 'a node where there is none',
    do: `insert into tree_nodes
         select tenant_id, hierarchy_id, ${group('sd0')}, parent_id, level, depth, pre, post, path, 0, 0, 0, 0
         from tree_nodes where hierarchy_id = ${india} and group_id = ${group('d0')}`,
    ...{ found: [trees], about: /^india school_district:sd0$/ },
  },
  {
    name: 'a placement that the tree has not followed',
    do: `update group_placements set parent_id = ${group('south')}
         where hierarchy_id = ${india} and group_id = ${group('d0')}`,
    ...{ found: [trees], about: /^india district:d0$/ },
  },
];

test('before, there is none, and everything was compared', async () => {
  const verdict: Verdict = await owner.transaction(tenantId, 'read', tx => verify(tx));
  expect([verdict.differences, countDifferences(verdict)]).toEqual([[], 0]);
  expect(verdict.checks.map(({ check }) => check)).toEqual([
    ...[trees, 'cells of classes against placements', 'parents of cells', activity, learners, learnerFacts],
    ...[acceptance, ids, cellLearners, 'facts that no sum has'],
    ...['history of roster and frameworks', 'competency counts against statuses and history', 'weeks of classes'],
    ...[cells, nodes, 'stored sums of us against facts', children, 'stored sums of us against children'],
  ]);
});

test.each([...ofSums, ...ofCells, ...ofFacts, ...ofTrees])('$name is found', async corruption => {
  const { differences } = await after(corruption.do, tx => verify(tx));
  expect(differences.map(({ check }) => check)).toEqual(expect.arrayContaining(corruption.found));
  expect(differences.map(({ subject }) => subject)).toContainEqual(expect.stringMatching(corruption.about));
  for (const { expected, found } of differences) expect(expected).not.toEqual(found);
});

test('of many differences the first are told, and all are counted', () =>
  after('update aggregates set attempts = attempts + 1 where hierarchy_id <> 0', async (tx, changed) => {
    const verdict = await verify(tx, { most: 3 });
    const counted = verdict.checks.filter(({ check }) => /^stored sums of (india|us) against facts$/.test(check));
    expect(counted.reduce((sum, { differences }) => sum + differences, 0)).toBe(changed);
    for (const { check } of counted) {
      expect(verdict.differences.filter(difference => difference.check === check)).toHaveLength(3);
    }
  }));
