import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../../test/fixture';
import { twoHierarchies } from '../../../test/two-hierarchies';
import { runWeek } from '../../competency/weekly/run-week';
import type { Database, Transaction } from '../../shared/database/database';
import { buildEverything } from '../rollup/build';
import { rebuild } from '../rollup/rebuild';
import { verify } from '../rollup/verify';
import { keepCountsOfLoad } from './keep-competency-counts';

// Somebody writes into the tables what no code of ours would; verify must find it, and rebuild mend the counts.
let testDatabase: TestDatabase;
let owner: Database;
let tenant: KnownTenant;
const now = new Date('2026-03-20T12:00:00Z');

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = await connectOwner(testDatabase.url);
  tenant = await createTenant(owner, {
    ...twoHierarchies('corrupted'),
    competencies: [{ code: 'adds', grade: '5', subject: 'Maths' }, { code: 'draws', grade: '5', subject: 'Arts' }],
    enrolments: [
      { class: 'a1', person: 'ann' },
      { class: 'a2', person: 'ben' },
      { class: 'a2', person: 'cem', endedAt: '2026-02-02T00:00:00Z' },
    ],
    statuses: [
      { person: 'ann', competency: 'adds', day: '2026-01-20', status: 1 },
      { person: 'ben', competency: 'draws', day: '2026-02-20', status: 3 },
    ],
  });
  await owner.transaction(tenant.number, 'write', async tx => {
    await buildEverything(tx);
    await tx.query(`update classes set grade = '6' where external_id = 'loose' and tenant_id = $1`, [tx.tenantId]);
    await keepCountsOfLoad(tx, now);
    await runWeek(tx, { day: '2026-03-01', now });
  });
});

afterAll(async () => {
  await owner.close();
  await testDatabase.drop();
});

/** What `look` says of a database in which somebody has run a statement; none of it stays. */
async function after<T>(statement: string, look: (tx: Transaction) => Promise<T>): Promise<T> {
  const tx = await owner.begin(tenant.number, 'write');
  try {
    const rows = await tx.query(`${statement} returning 1`);
    expect(rows.length).toBeGreaterThan(0);
    return await look(tx);
  } finally {
    await tx.rollback();
  }
}

const changes = 'competency counts against statuses and history';
const history = 'history of roster and frameworks';
const weeks = 'weeks of classes';
const cells = 'stored sums of cells against facts';
const nodes = 'stored sums of india against facts';
const children = 'stored sums of india against children';
const klass = (name: string) => `(select id from classes where external_id = '${name}')`;
const india = `(select id from hierarchies where key = 'india')`;

const corruptions: { name: string; do: string; found: string[]; about: RegExp; rebuilt?: false }[] = [
  {
    name: 'a changed change of a class',
    do: `update competency_changes set completed = completed + 1 where class_id = ${klass('a2')} and day = '2026-02-20'`,
    ...{ found: [changes, cells], about: /^class:a2, day 2026-02-20, Arts/ },
  },
  {
    name: 'a change that was lost',
    do: `delete from competency_changes where class_id = ${klass('a1')} and day = '2026-01-20'`,
    ...{ found: [changes, cells], about: /^class:a1, day 2026-01-20, Maths/ },
  },
  {
    name: 'a status that nobody counted',
    do: `update competency_statuses set status = 2 where day = '2026-02-20'`,
    ...{ found: [changes], about: /^class:a2, day 2026-02-20/ },
  },
  {
    name: 'expected triples of a stored month',
    do: `update aggregates set expected = expected + 1 where hierarchy_id = ${india} and grain = 30 and context_id = 0
         and start = '2026-01-01'`,
    ...{ found: [nodes, children], about: /^india country:land, month of 2026-01-01, all contexts/ },
  },
  {
    name: 'counts of a stored day that are gone',
    do: `update aggregates set in_progress = null where hierarchy_id = 0 and owner_id = 0 and start = '2026-01-20'`,
    ...{ found: [cells, children], about: /^the tenant, day 2026-01-20/ },
  },
  {
    name: 'a class that changed its grade unnoticed',
    do: `update classes set grade = '6' where external_id = 'a1'`,
    ...{ found: [history], about: /^class:a1$/ },
  },
  {
    name: 'a day that two grades claim',
    do: `update class_terms set before_day = before_day + 1 where class_id = ${klass('loose')} and before_day < 'infinity'`,
    ...{ found: [history], about: /^class:loose$/, rebuilt: false },
  },
  {
    name: 'a student who came unnoticed',
    do: `insert into enrolments (tenant_id, class_id, person_id, type, status, enrolled_at)
         select tenant_id, ${klass('a1')}, id, 'STUDENT', 'ACTIVE', '2026-01-05' from people where external_id = 'dia'`,
    ...{ found: [history], about: /^enrolment of dia in class:a1$/ },
  },
  {
    name: 'a student who left unnoticed',
    do: `update enrolments set status = 'WITHDRAWN', ended_at = '2026-03-03' where class_id = ${klass('a1')}`,
    ...{ found: [history], about: /^enrolment of ann in class:a1$/ },
  },
  {
    name: 'days of a student that were lost',
    do: `update enrolment_spans set from_day = from_day + 3 where class_id = ${klass('a1')}`,
    ...{ found: [changes], about: /^class:a1, day 2026-01-0/ },
  },
  {
    name: 'a competency of another grade',
    do: `update competencies set grade = '6' where code = 'draws'`,
    ...{ found: [history], about: /^competency draws$/ },
  },
  {
    name: 'a week that cannot be',
    do: `update class_weeks set completed = expected + 1 where class_id = ${klass('a1')}`,
    ...{ found: [weeks], about: /^class:a1, week of 2026-02-23$/, rebuilt: false },
  },
];

test('before, there is none', async () => {
  const verdict = await owner.transaction(tenant.number, 'read', tx => verify(tx));
  expect(verdict.differences).toEqual([]);
});

test.each(corruptions)('$name is found, and rebuilding mends what is counted', async corruption => {
  await after(corruption.do, async tx => {
    const { differences } = await verify(tx);
    expect(differences.map(({ check }) => check)).toEqual(expect.arrayContaining(corruption.found));
    expect(differences.map(({ subject }) => subject)).toContainEqual(expect.stringMatching(corruption.about));
    for (const { expected, found } of differences) expect(expected).not.toEqual(found);
    if (corruption.rebuilt === false) return;
    await rebuild(tx, { now, onProgress: () => undefined, onWait: () => undefined });
    expect((await verify(tx)).differences).toEqual([]);
  });
});

test('a week that is out of date is no difference, and the next run writes what is so', () =>
  after(`update class_weeks set completed = 0, in_progress = 0 where class_id = ${klass('a2')}`, async tx => {
    expect((await verify(tx)).differences).toEqual([]);
    expect(await runWeek(tx, { day: '2026-03-01', now })).toMatchObject({ from: '2026-02-23', changed: 1, added: 0 });
  }));
