import { Client } from 'pg';
import { applicationRole } from '../migrations/row-level-security';
import { startRosterWorld, rosterNow, type RosterWorld } from './roster-world';

let world: RosterWorld;
beforeAll(async () => {
  world = await startRosterWorld();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

/** Runs a statement as the service does, or as the login that may do everything in the database. */
async function run(statement: string, { as = applicationRole }: { as?: string | null } = {}): Promise<unknown[]> {
  const client = new Client(world.gateway.database.adminUrl);
  await client.connect();
  try {
    await client.query('begin');
    if (as) await client.query(`set local role ${as}`);
    await client.query(`set local app.tenant_id = '${world.acme.number}'`);
    const { rows } = await client.query(statement);
    await client.query('commit');
    return rows;
  } finally {
    await client.end();
  }
}

test('every change of membership or assignment is in the log: nine actions, who did it and whom it concerns', async () => {
  const { change, acme, as, superAdmin, log } = world;
  const { id } = (await change('createTestSeries(name: "Series") { id }')) as { id: string };
  const { id: klass } = (await change('createClass(input: { name: "New" }) { id }', as('tina'))) as { id: string };
  const user = (name: string) => acme.personId(name);
  const both = `classId: "${klass}", testSeriesId: "${id}"`;
  await change(
    `enrolStudents(classId: "${klass}", studentIds: ["${user('ann')}", "${user('ben')}"],
    metadata: { source: "manual_enrollment", nested: { list: [1, null, "ü"] } }) { id }`,
    as('tina'),
  );
  const ofAnn = `classId: "${klass}", userId: "${user('ann')}", type: STUDENT`;
  await change(`setEnrolmentStatus(${ofAnn}, status: INACTIVE, reason: "transferred") { status }`, as('tina'));
  await change(`setEnrolmentStatus(${ofAnn}, status: WITHDRAWN) { status }`);
  await change(`assignTeacher(classId: "${klass}", teacherId: "${user('tom')}") { id }`);
  await change(`assignTestSeries(${both}) { id }`, superAdmin);
  await change(`removeTestSeries(${both}) { id }`, as('tom'));
  await change(`removeTeacher(classId: "${klass}", teacherId: "${user('tina')}") { id }`, as('tina'));
  await change(`setClassActive(classId: "${klass}", active: false) { id }`, as('tom'));

  const lines = (await log(`classId: "${klass}"`)).reverse();
  const platforms = lines[6]!.by;
  const metadata = { source: 'manual_enrollment', nested: { list: [1, null, 'ü'] } };
  expect(lines.map(({ action, user, student, by, metadata }) => [action, user, student, by, metadata])).toEqual(
    [
      ['GROUP_CREATED', 'tina', null, 'tina', null],
      ['TEACHER_ASSIGNED', 'tina', null, 'tina', null],
      ['STUDENT_ADDED', 'ann', 'ann', 'tina', metadata],
      ['STUDENT_ADDED', 'ben', 'ben', 'tina', metadata],
      ['STUDENT_REMOVED', 'ann', 'ann', 'tina', { from: 'ACTIVE', to: 'INACTIVE', reason: 'transferred' }],
      ['STUDENT_UPDATED', 'ann', 'ann', 'admin', { from: 'INACTIVE', to: 'WITHDRAWN' }],
      ['TEACHER_ASSIGNED', 'tom', null, 'admin', null],
      ['TEST_SERIES_ADDED', platforms, null, platforms, { testSeriesId: id }],
      ['TEST_SERIES_REMOVED', 'tom', null, 'tom', { testSeriesId: id }],
      ['TEACHER_REMOVED', 'tina', null, 'tina', { from: 'ACTIVE', to: 'WITHDRAWN' }],
      ['GROUP_UPDATED', 'tom', null, 'tom', { active: false }],
    ].map((line, n) =>
      n === 7 ? [line[0], expect.stringMatching(/^p/), null, expect.stringMatching(/^p/), line[4]] : line,
    ),
  );
  expect(new Set(lines.map(({ action }) => action)).size).toBe(9);
});

test('what cannot be logged is not done: the change and its line are of one transaction', async () => {
  const { acme, gateway, as } = world;
  await run('alter table activity_log add constraint nothing_more check (tenant_id < 0) not valid', { as: null });
  const klass = acme.nodeId('adrift');
  const id = acme.personId('cem');
  for (const mutation of [
    `enrolStudents(classId: "${klass}", studentIds: ["${id}"]) { id }`,
    `assignTeacher(classId: "${klass}", teacherId: "${id}") { id }`,
    `setClassActive(classId: "${klass}", active: false) { id }`,
    'createClass(input: { name: "Unlogged", externalId: "unlogged" }) { id }',
  ]) {
    expect([mutation, await gateway.codes(as('admin'), `mutation { ${mutation} }`)]).toEqual([
      mutation,
      ['INTERNAL_SERVER_ERROR'],
    ]);
  }
  await run('alter table activity_log drop constraint nothing_more', { as: null });
  gateway.bugs.length = 0; // the constraint that the test put there
  const { class: found } = await gateway.read(
    as('admin'),
    `{ class(id: "${klass}") { active enrolments { totalCount } } }`,
  );
  expect(found).toEqual({ active: true, enrolments: { totalCount: 0 } });
  const { hierarchyNodeByExternalId: none } = await gateway.read(
    as('admin'),
    '{ hierarchyNodeByExternalId(type: "class", externalId: "unlogged") { id } }',
  );
  expect(none).toBeNull();
});

test("the log can be added to and read, and by the service's own role neither changed nor deleted", async () => {
  const before = await run('select * from activity_log order by id');
  expect(before.length).toBeGreaterThan(0);
  for (const statement of [
    "update activity_log set action = 'GROUP_CREATED'",
    'update activity_log set metadata = null where false',
    'delete from activity_log',
    'truncate activity_log',
    'drop table activity_log',
    'alter table activity_log disable row level security',
    `merge into activity_log using (select 1) one on true when matched then delete`,
    `insert into activity_log overriding system value select * from activity_log on conflict (tenant_id, id) do update set action = 'GROUP_CREATED'`,
  ]) {
    await expect(run(statement)).rejects.toThrow(/permission denied|must be owner/);
  }
  expect(await run('select * from activity_log order by id')).toEqual(before);
});

test('it holds ids without foreign keys, and nothing cascades into it', async () => {
  const keys = await run(
    `select conname from pg_constraint where contype = 'f' and (conrelid = 'activity_log'::regclass or confrelid = 'activity_log'::regclass)`,
  );
  expect(keys).toEqual([]);
});

test('of a person whose row was made anonymous the lines stay, and are no problem; nobody enrols them again', async () => {
  const { acme, as, change, log, refusal } = world;
  const dia = acme.personId('dia');
  const enrol = `enrolStudents(classId: "${acme.nodeId('s1')}", studentIds: ["${dia}"]) { id }`;
  await change(
    `setEnrolmentStatus(classId: "${acme.nodeId('s1')}", userId: "${dia}", type: STUDENT, status: INACTIVE) { status }`,
  );
  const before = await log(`studentId: "${dia}"`);
  expect(before).toMatchObject([{ action: 'STUDENT_REMOVED', user: 'dia' }]);
  await run(`update people set login = 'erased', given_name = null, family_name = null, deleted_at = now()
    where people.external_id = 'dia' and people.tenant_id = ${acme.number}`);
  await change('createTestSeries(name: "After") { id }'); // moves the version, as erasing does
  expect(await log(`studentId: "${dia}"`)).toEqual(before);
  expect(await change('validateRelationships { problems { kind } }')).toEqual({ problems: [] });
  expect(await refusal(as('admin'), `mutation { ${enrol} }`)).toBe(`NOT_FOUND: There is no user '${dia}'.`);
  await run(`update people set login = 'dia', deleted_at = null
    where people.external_id = 'dia' and people.tenant_id = ${acme.number}`);
});

describe('the history', () => {
  /** Lines of many days, two of each moment, straight into the table. */
  beforeAll(async () => {
    const { acme } = world;
    const number = (name: string) => acme.people.get(name);
    await run(
      `insert into activity_log (tenant_id, action, class_id, user_id, student_id, performed_by_id, performer_tenant_id, created_at)
       select ${acme.number}, case n % 2 when 0 then 'STUDENT_ADDED' else 'STUDENT_REMOVED' end, ${acme.classes.get('e1')},
         ${number('dia')}, ${number('dia')}, case n % 3 when 0 then ${number('uma')} else ${number('both')} end, ${acme.number},
         timestamptz '${rosterNow.toISOString()}' - (n / 2) * interval '1 day'
       from generate_series(0, 59) n`,
    );
  });
  const ofE1 = () => `classId: "${world.acme.nodeId('e1')}"`;
  const page = async (
    args: string,
  ): Promise<{ ids: string[]; moments: string[]; end: string | null; more: boolean; total: number }> => {
    const { activityLog } = await world.gateway.read(
      world.as('admin'),
      `{ activityLog(${args}) { nodes { id createdAt } totalCount pageInfo { hasNextPage endCursor } } }`,
    );
    return {
      ids: activityLog.nodes.map(({ id }: { id: string }) => id),
      moments: activityLog.nodes.map(({ createdAt }: { createdAt: string }) => createdAt),
      end: activityLog.pageInfo.endCursor,
      more: activityLog.pageInfo.hasNextPage,
      total: activityLog.totalCount,
    };
  };

  test('is read newest first, ties by id, page by page without a gap', async () => {
    const whole = await page(`${ofE1()}, first: 1000`);
    expect([whole.total, whole.ids.length, whole.more]).toEqual([60, 60, false]);
    const order = whole.ids.map((id, n) => ({ id, moment: whole.moments[n]! }));
    expect(order).toEqual([...order].sort((a, b) => b.moment.localeCompare(a.moment) || b.id.localeCompare(a.id)));
    for (const first of [1, 7, 60]) {
      const ids: string[] = [];
      for (let after = ''; ;) {
        const part = await page(`${ofE1()}, first: ${first}${after}`);
        ids.push(...part.ids);
        expect([part.more, part.total]).toEqual([ids.length < 60, 60]);
        if (!part.more) break;
        after = `, after: "${part.end}"`;
      }
      expect(ids).toEqual(whole.ids);
    }
  });

  test.each([
    ['by class', (w: RosterWorld) => `classId: "${w.acme.nodeId('e1')}"`, 60],
    ['by student', (w: RosterWorld) => `studentId: "${w.acme.personId('dia')}"`, 61],
    ['by performer', (w: RosterWorld) => `performedById: "${w.acme.personId('uma')}"`, 20],
    [
      'by actions',
      (w: RosterWorld) => `classId: "${w.acme.nodeId('e1')}", actions: [STUDENT_REMOVED, GROUP_CREATED]`,
      30,
    ],
    ['by no action', () => 'actions: []', 0],
    ['by the last seven days', (w: RosterWorld) => `classId: "${w.acme.nodeId('e1')}", lastDays: 7`, 16],
    [
      'by all of them together',
      (w: RosterWorld) => `classId: "${w.acme.nodeId('e1')}", studentId: "${w.acme.personId('dia')}",
        performedById: "${w.acme.personId('uma')}", actions: [STUDENT_ADDED], lastDays: 7`,
      3,
    ],
    ['by somebody who did nothing', (w: RosterWorld) => `performedById: "${w.acme.personId('stranger')}"`, 0],
  ])('is asked for %s', async (_, args, lines) => {
    const found = await page(`${args(world)}, first: 1000`);
    expect([found.total, found.ids.length]).toEqual([lines, lines]);
  });

  test("refuses ids there are not, and another tenant's alike", async () => {
    const { rival, refusal, as } = world;
    for (const [args, words] of [
      [`classId: "${rival.nodeId('a1')}"`, `There is no class '${rival.nodeId('a1')}'.`],
      ['classId: "x"', "There is no class 'x'."],
      [`studentId: "${rival.personId('ann')}"`, `There is no student '${rival.personId('ann')}'.`],
      ['performedById: "p0zzzzz"', "There is no user 'p0zzzzz'."],
    ]) {
      expect(await refusal(as('admin'), `{ activityLog(${args}) { totalCount } }`)).toBe(`NOT_FOUND: ${words}`);
    }
  });

  test('of another tenant is another', async () => {
    const { as, gateway } = world;
    const { activityLog } = await gateway.read(
      { ...as('admin'), tenant: 'rival' },
      '{ activityLog { totalCount nodes { id } } }',
    );
    expect(activityLog).toEqual({ totalCount: 0, nodes: [] });
  });
});
