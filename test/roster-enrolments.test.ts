import type { Answer } from './start-gateway';
import { startRosterWorld, rosterNow, type RosterWorld } from './roster-world';

let world: RosterWorld;
beforeAll(async () => {
  world = await startRosterWorld();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

interface Row {
  user: { login: string };
  type: string;
  status: string;
  enrolledAt: string;
}

/** Who is in a class: `ann STUDENT ACTIVE`. */
const rosterOf = async (name: string, args = ''): Promise<string[]> => {
  const fields = 'nodes { user { id login givenName familyName } type status enrolledAt } totalCount';
  const query = `query ($id: ID!) { class(id: $id) { enrolments${args} { ${fields} } } }`;
  const { class: found } = await world.gateway.read(world.as('admin'), query, { id: world.acme.nodeId(name) });
  return found.enrolments.nodes.map((row: Row) => `${row.user.login} ${row.type} ${row.status}`);
};
const enrol = (name: string, people: string[], more = '') =>
  `enrolStudents(classId: "${world.acme.nodeId(name)}", studentIds: ${JSON.stringify(people.map(world.acme.personId))}${more}) {
    id name enrolments { totalCount } }`;
const setStatus = (name: string, person: string, status: string, { type = 'STUDENT', more = '' } = {}) =>
  `setEnrolmentStatus(classId: "${world.acme.nodeId(name)}", userId: "${world.acme.personId(person)}",
    type: ${type}, status: ${status}${more}) { user { login } type status enrolledAt }`;
const studentCount = async (name: string): Promise<number> => {
  const query = `query ($id: ID!) { hierarchyNode(id: $id) { studentCount } }`;
  return (await world.gateway.read(world.as('admin'), query, { id: world.acme.nodeId(name) })).hierarchyNode
    .studentCount;
};

test('the same user may be teacher and student of a class, and is enrolled once as each', async () => {
  const { change, acme, log } = world;
  const before = (await log()).length;
  for (let twice = 0; twice < 2; twice++) {
    await change(enrol('e1', ['dia', 'dia']));
    await change(`assignTeacher(classId: "${acme.nodeId('e1')}", teacherId: "${acme.personId('dia')}") { id }`);
  }
  expect(await rosterOf('e1')).toEqual(['dia STUDENT ACTIVE', 'dia TEACHER ACTIVE']);
  const lines = await log();
  expect(lines.slice(0, lines.length - before)).toMatchObject([
    { action: 'TEACHER_ASSIGNED', class: 'e1', user: 'dia', student: null },
    { action: 'STUDENT_ADDED', class: 'e1', user: 'dia', student: 'dia' },
  ]);
});

test('withdrawing keeps the row, and enrolling again reactivates it from that day on', async () => {
  const { change, log } = world;
  const count = await studentCount('a');
  expect(await rosterOf('a1', '(type: STUDENT)')).toContain('ann STUDENT ACTIVE');
  const withdrawn = await change(setStatus('a1', 'ann', 'WITHDRAWN', { more: ', reason: " moved away "' }));
  expect(withdrawn).toEqual({
    user: { login: 'ann' },
    ...{ type: 'STUDENT', status: 'WITHDRAWN', enrolledAt: '2026-01-01T00:00:00.000Z' },
  });
  expect(await rosterOf('a1', '(type: STUDENT, status: WITHDRAWN)')).toEqual(['ann STUDENT WITHDRAWN']);
  expect(await studentCount('a')).toBe(count - 1);
  expect((await log('first: 1'))[0]).toEqual({
    ...{ action: 'STUDENT_REMOVED', class: 'a1', user: 'ann', student: 'ann', by: 'admin' },
    metadata: { from: 'ACTIVE', to: 'WITHDRAWN', reason: 'moved away' },
  });

  await change(enrol('a1', ['ann']));
  expect(await studentCount('a')).toBe(count);
  const query = `query ($id: ID!) { class(id: $id) { enrolments(type: STUDENT) { nodes { user { login } enrolledAt } } } }`;
  const { class: found } = await world.gateway.read(world.as('admin'), query, { id: world.acme.nodeId('a1') });
  expect(found.enrolments.nodes.filter((row: Row) => row.user.login === 'ann')).toEqual([
    { user: { login: 'ann' }, enrolledAt: rosterNow.toISOString() },
  ]);
  expect((await log('first: 1'))[0]).toMatchObject({ action: 'STUDENT_ADDED', user: 'ann', metadata: null });
});

test('what is INACTIVE has ended, too; from there to WITHDRAWN and back to ACTIVE is an update', async () => {
  const { change, log } = world;
  for (const status of ['INACTIVE', 'WITHDRAWN', 'ACTIVE']) await change(setStatus('a1', 'ben', status));
  expect((await log('first: 3')).map(({ action, metadata }) => [action, metadata])).toEqual([
    ['STUDENT_UPDATED', { from: 'WITHDRAWN', to: 'ACTIVE' }],
    ['STUDENT_UPDATED', { from: 'INACTIVE', to: 'WITHDRAWN' }],
    ['STUDENT_REMOVED', { from: 'ACTIVE', to: 'INACTIVE' }],
  ]);
  expect(await rosterOf('a1', '(status: ACTIVE)')).toContain('ben STUDENT ACTIVE');
});

test('an enrolment that ended keeps the day on which it ended, whatever its status becomes then', async () => {
  const { change, gateway, acme } = world;
  await change(setStatus('s1', 'dia', 'INACTIVE'));
  await change(setStatus('s1', 'dia', 'WITHDRAWN'));
  const rows = await gateway.service
    .subgraph('roster')
    .database.transaction(acme.number, 'read', tx =>
      tx.query<{ ended_at: Date }>(
        'select ended_at from enrolments where tenant_id = $1 and class_id = $2 and person_id = $3',
        [acme.number, acme.classes.get('s1'), acme.people.get('dia')],
      ),
    );
  expect(rows).toEqual([{ ended_at: rosterNow }]);
});

test('an enrolment that was to begin later ends when it would have begun', async () => {
  const { change, gateway, acme } = world;
  const key = [acme.number, acme.classes.get('closed'), acme.people.get('cem')];
  const database = gateway.service.subgraph('roster').database;
  await database.transaction(acme.number, 'write', tx =>
    tx.query(
      `insert into enrolments (tenant_id, class_id, person_id, type, status, enrolled_at)
       values ($1, $2, $3, 'STUDENT', 'ACTIVE', '2026-09-01T00:00:00Z')`,
      key,
    ),
  );
  await change(setStatus('closed', 'cem', 'WITHDRAWN'));
  const rows = await database.transaction(acme.number, 'read', tx =>
    tx.query(
      'select enrolled_at, ended_at from enrolments where tenant_id = $1 and class_id = $2 and person_id = $3',
      key,
    ),
  );
  expect(rows).toEqual([{ enrolled_at: new Date('2026-09-01T00:00:00Z'), ended_at: new Date('2026-09-01T00:00:00Z') }]);
});

test('a teacher who is removed while their change waits for it is too late', async () => {
  const { change, gateway, acme, as } = world;
  await change(`assignTeacher(classId: "${acme.nodeId('e1')}", teacherId: "${acme.personId('uma')}") { id }`);
  const { database } = gateway.service.subgraph('roster');
  const removal = await database.begin(acme.number, 'write');
  const key = [acme.number, acme.classes.get('e1'), acme.people.get('uma')];
  await removal.query('select from classes where tenant_id = $1 and id = $2 for no key update', key.slice(0, 2));
  const waiting = gateway.codes(as('uma'), `mutation { ${enrol('e1', ['ben'])} }`);
  const isWaiting = async () =>
    (await removal.query('select from pg_locks where not granted and transactionid = pg_current_xact_id()::xid'))
      .length > 0;
  while (!(await isWaiting())) await new Promise(resolve => setImmediate(resolve));
  await removal.query(
    `update enrolments set status = 'WITHDRAWN', ended_at = now()
     where tenant_id = $1 and class_id = $2 and person_id = $3 and type = 'TEACHER'`,
    key,
  );
  await removal.commit();
  expect(await waiting).toEqual(['FORBIDDEN']);
  expect(await rosterOf('e1')).not.toContain('ben STUDENT ACTIVE');
});

test('a teacher is assigned and removed softly, and may be assigned again', async () => {
  const { change, acme, log } = world;
  const both = `classId: "${acme.nodeId('a2')}", teacherId: "${acme.personId('free')}"`;
  await change(`assignTeacher(${both}) { id }`);
  expect(await rosterOf('a2', '(type: TEACHER)')).toEqual(['free TEACHER ACTIVE']);
  await change(`removeTeacher(${both}, reason: "on leave") { id }`);
  expect(await rosterOf('a2', '(type: TEACHER)')).toEqual(['free TEACHER WITHDRAWN']);
  await change(`assignTeacher(${both}) { id }`);
  expect(
    (await log('first: 3')).map(({ action, user, student, metadata }) => [action, user, student, metadata]),
  ).toEqual([
    ['TEACHER_ASSIGNED', 'free', null, null],
    ['TEACHER_REMOVED', 'free', null, { from: 'ACTIVE', to: 'WITHDRAWN', reason: 'on leave' }],
    ['TEACHER_ASSIGNED', 'free', null, null],
  ]);
});

test('what is so already changes nothing, writes no line and leaves answers as they were', async () => {
  const { change, gateway, acme, log } = world;
  const series = (await change('createTestSeries(name: "Twice") { id }')) as { id: string };
  const assignment = `classId: "${acme.nodeId('a1')}", testSeriesId: "${series.id}"`;
  const asked = [
    enrol('a1', ['ann', 'ben']),
    setStatus('a1', 'ann', 'ACTIVE'),
    `assignTeacher(classId: "${acme.nodeId('a1')}", teacherId: "${acme.personId('teacher')}") { id }`,
    `removeTeacher(classId: "${acme.nodeId('b1')}", teacherId: "${acme.personId('teacher')}") { id }`,
    `setClassActive(classId: "${acme.nodeId('a1')}", active: true) { id }`,
    `removeTestSeries(${assignment}) { id }`,
  ];
  const roster = gateway.service.subgraph('roster').database;
  const before = { lines: await log(), version: await roster.version(acme.number) };
  for (const mutation of asked) await change(mutation);
  expect({ lines: await log(), version: await roster.version(acme.number) }).toEqual(before);
});

test('all students of a call are enrolled or none: those there are not are named', async () => {
  const { acme, rival, refusal, as, log } = world;
  const ids = [acme.personId('cem'), rival.personId('ann'), 'p0zzzzz', acme.nodeId('a1'), 'nonsense'];
  const before = { roster: await rosterOf('a2'), lines: await log() };
  const query = `mutation { enrolStudents(classId: "${acme.nodeId('a2')}", studentIds: ${JSON.stringify(ids)}) { id } }`;
  expect(await refusal(as('admin'), query)).toBe(
    `NOT_FOUND: There are no users ${ids
      .slice(1)
      .map(id => `'${id}'`)
      .join(', ')}.`,
  );
  expect({ roster: await rosterOf('a2'), lines: await log() }).toEqual(before);
});

test('students enrolled at the same moment by many are enrolled once, with one line each', async () => {
  const { acme, gateway, as, log } = world;
  const before = (await log()).length;
  const query = `mutation { ${enrol('adrift', ['ann', 'ben', 'cem'])} }`;
  const answers = await Promise.all(Array.from({ length: 8 }, () => gateway.ask(as('admin'), query)));
  for (const { data, errors } of answers) {
    expect([errors, data.enrolStudents.enrolments.totalCount]).toEqual([[], 3]);
  }
  const lines = (await log()).slice(0, -before);
  expect(lines.map(({ action, student }) => `${action} ${student}`).sort()).toEqual(
    ['ann', 'ben', 'cem'].map(name => `STUDENT_ADDED ${name}`),
  );
  expect(acme.classes.has('adrift')).toBe(true);
});

test('enrolments are paged by name, and by id where names are the same', async () => {
  const { gateway, acme, as } = world;
  const database = gateway.service.subgraph('roster').database;
  const names = [
    ['Ömer', 'Aydın'],
    ['Anna', 'Åberg'],
    ['Zoe', null],
    ['Bea', 'Zimmer'],
    ['Bea', 'Zimmer'],
    [null, null],
  ];
  const people = await database.transaction(acme.number, 'write', async tx => {
    const rows = await tx.query<{ id: number }>(
      `insert into people (tenant_id, external_id, login, roles, given_name, family_name)
       select $1, 'paged' || n, 'paged' || n, array['LEARNER'], given, family
       from unnest($2::text[], $3::text[]) with ordinality named(given, family, n) order by n returning id`,
      [acme.number, names.map(([given]) => given), names.map(([, family]) => family)],
    );
    await tx.query(
      `insert into enrolments (tenant_id, class_id, person_id, type, status, enrolled_at)
       select $1, $2, id, 'STUDENT', 'ACTIVE', now() from unnest($3::int[]) id`,
      [acme.number, acme.classes.get('loose'), rows.map(({ id }) => id)],
    );
    return rows;
  });
  const query = `query ($id: ID!, $first: Int, $after: String) { class(id: $id) { enrolments(first: $first, after: $after) {
    nodes { user { login } } totalCount pageInfo { hasNextPage endCursor } } } }`;
  const expected = ['paged2', 'paged1', 'paged6', 'paged4', 'paged5', 'paged3'];
  for (const first of [1, 2, 4, 6, 1000]) {
    const found: string[] = [];
    for (let after: string | null = null; ;) {
      const variables: object = { id: acme.nodeId('loose'), first, after };
      const { enrolments } = (await gateway.read(as('admin'), query, variables)).class as Answer['data'];
      found.push(...enrolments.nodes.map((row: Row) => row.user.login));
      expect(enrolments.totalCount).toBe(people.length);
      expect(enrolments.pageInfo.hasNextPage).toBe(found.length < people.length);
      after = enrolments.pageInfo.endCursor;
      if (!enrolments.pageInfo.hasNextPage) break;
    }
    expect(found).toEqual(expected);
  }
  const { enrolments } = (await gateway.read(as('admin'), query, { id: acme.nodeId('loose'), first: 0 })).class;
  expect(enrolments).toEqual({ nodes: [], totalCount: 6, pageInfo: { hasNextPage: true, endCursor: null } });
});
