import type { KnownTenant } from './fixture';
import type { GatewayForTest } from './start-gateway';
import { as, now, startAnalytics, type AnalyticsWorld } from './analytics-world';

let world: AnalyticsWorld;
let gateway: GatewayForTest;
let acme: KnownTenant;
let other: KnownTenant;

beforeAll(async () => {
  world = await startAnalytics();
  ({ gateway, acme, other } = world);
});
afterAll(async () => {
  await gateway.close();
  expect(gateway.bugs).toEqual([]);
});

const learner = (person: string, fields: string, args?: string) => world.learner(person, fields, args);
const teacher = (person: string, fields: string, args?: string) => world.teacher(person, fields, args);
const organisation = (fields: string, args?: string) => world.organisation(fields, args);
const figures = `from through learningVelocity masteryProgress completed expected skillGapCount engagement activeDays averageScore
  attempts totalSeconds lastActivity atRisk riskReasons provenance { freshness source asOf }`;

describe('a learner', () => {
  test('has the figures of four weeks, whole for the learner', async () => {
    const { learnerAnalytics } = await gateway.read(as('ann'), learner('ann', `${figures} skillGaps { totalCount nodes { code framework } }`));
    expect(learnerAnalytics).toEqual({
      ...{ from: '2026-02-21', through: '2026-03-20' },
      ...{ learningVelocity: 0.25, completed: 2, expected: 3, masteryProgress: 2 / 3, skillGapCount: 1 },
      ...{ activeDays: 2, engagement: 2 / 28, averageScore: 70, attempts: 2, totalSeconds: 90, lastActivity: '2026-03-19' },
      ...{ atRisk: false, riskReasons: [] },
      provenance: { freshness: 'FRESH', source: 'READ_TIME', asOf: now.toISOString() },
      skillGaps: { totalCount: 1, nodes: [{ code: 'paints', framework: 'core' }] },
    });
  });

  test('is seen in the covered classes alone by whoever does not see all', async () => {
    const { learnerAnalytics } = await gateway.read(as('teacher'), learner('ann', figures));
    expect(learnerAnalytics).toMatchObject({ expected: 2, completed: 2, activeDays: 1, attempts: 1, averageScore: 80, totalSeconds: 60 });
  });

  test('is as of any day that is past', async () => {
    const { learnerAnalytics } = await gateway.read(as('ben'), learner('ben', figures, ', asOf: "2026-03-11"'));
    expect(learnerAnalytics).toMatchObject({ completed: 1, expected: 2, learningVelocity: 0.25, skillGapCount: 1, lastActivity: '2026-03-05' });
    const later = await gateway.read(as('ben'), learner('ben', figures));
    expect(later.learnerAnalytics).toMatchObject({ completed: 0, learningVelocity: 0, skillGapCount: 1 });
  });

  test('who was set back and was inactive is at risk, and is told why', async () => {
    const { learnerAnalytics } = await gateway.read(as('ben'), learner('ben', 'atRisk riskReasons averageScore'));
    expect(learnerAnalytics).toEqual({ atRisk: true, riskReasons: ['INACTIVE', 'LOW_SCORE'], averageScore: 40 });
  });

  test('who has just come, or is in no active class, is not inactive', async () => {
    for (const person of ['eve', 'dia']) {
      const { learnerAnalytics } = await gateway.read(as('admin'), learner(person, 'atRisk riskReasons'));
      expect(learnerAnalytics).toEqual({ atRisk: false, riskReasons: [] });
    }
  });

  test.each([
    ['DAY', 28, { from: '2026-02-21', through: '2026-02-21', activeDays: 1, engagement: 1 }],
    ['WEEK', 5, { from: '2026-02-21', through: '2026-02-22', activeDays: 1, engagement: 0.5 }],
    ['MONTH', 2, { from: '2026-02-21', through: '2026-02-28', activeDays: 1, engagement: 1 / 8 }],
    ['YEAR', 1, { from: '2026-02-21', through: '2026-03-20', activeDays: 2, engagement: 2 / 28 }],
  ])('has a trend by %s', async (interval, length, first) => {
    const period = '{ from: "2026-02-21", through: "2026-03-20" }';
    const fields = 'from through activeDays engagement completed learningVelocity';
    const { learnerAnalytics } = await gateway.read(as('ann'), learner('ann', `trend(period: ${period}, interval: ${interval}) { ${fields} }`));
    const { trend } = learnerAnalytics;
    expect(trend).toHaveLength(length);
    expect(trend[0]).toMatchObject(first);
    expect(trend.at(-1)).toMatchObject({ through: '2026-03-20', completed: 2 });
    const completed = trend.map((point: { learningVelocity: number; from: string; through: string }) =>
      (point.learningVelocity * ((Date.parse(point.through) - Date.parse(point.from)) / 86_400_000 + 1)) / 7);
    expect(completed.reduce((sum: number, one: number) => sum + one, 0)).toBeCloseTo(1);
  });

  test('lists skill gaps in pages', async () => {
    const page = (args: string) => learner('ben', `skillGaps(${args}) { totalCount nodes { code } pageInfo { hasNextPage endCursor } }`, ', asOf: "2026-02-25"');
    const { learnerAnalytics: { skillGaps: first } } = await gateway.read(as('ben'), page('first: 1'));
    expect(first).toMatchObject({ totalCount: 2, nodes: [{ code: 'adds' }], pageInfo: { hasNextPage: true } });
    const { learnerAnalytics: { skillGaps: second } } = await gateway.read(as('ben'), page(`after: "${first.pageInfo.endCursor}"`));
    expect(second).toMatchObject({ totalCount: 2, nodes: [{ code: 'counts' }], pageInfo: { hasNextPage: false } });
    const elsewhere = learner('ann', `skillGaps(after: "${first.pageInfo.endCursor}") { totalCount }`);
    expect(await gateway.codes(as('ann'), elsewhere)).toEqual(['BAD_USER_INPUT']);
  });

  test.each([
    ['ann', 'ann', []],
    ['ann', 'ben', ['FORBIDDEN']],
    ['admin', 'ann', []],
    ['northerner', 'ann', []],
    ['northerner', 'cem', ['FORBIDDEN']],
    ['partner', 'cem', []],
    ['teacher', 'ann', []],
    ['teacher', 'cem', ['FORBIDDEN']],
    ['stranger', 'ann', ['FORBIDDEN']],
  ])('%s asks about %s: %j', async (person, about, codes) => {
    expect(await gateway.codes(as(person), learner(about, 'activeDays'))).toEqual(codes);
  });
});

describe('a teacher', () => {
  const courses = 'classes { totalCount nodes { classId node { name } students activeStudents averageScore attempts totalSeconds completed expected completion } }';

  test('has the figures of the own classes, course by course, by name', async () => {
    const fields = `classCount students activeStudents lastActivity atRiskCount averages { learningVelocity masteryProgress engagement skillGapCount } ${courses}`;
    const { teacherAnalytics } = await gateway.read(as('mate'), teacher('mate', fields));
    expect(teacherAnalytics).toEqual({
      ...{ classCount: 2, students: 2, activeStudents: 2, lastActivity: '2026-03-19', atRiskCount: 0 },
      averages: {
        learningVelocity: (1 / 4 + 1 / 4) / 2,
        masteryProgress: (2 / 3 + 1) / 2,
        engagement: (2 + 1) / 28 / 2,
        skillGapCount: (1 + 0) / 2,
      },
      classes: {
        totalCount: 2,
        nodes: [
          {
            ...{ classId: acme.nodeId('a2'), node: { name: 'a2' }, students: 1, activeStudents: 1, averageScore: 60, attempts: 1 },
            ...{ totalSeconds: 30, completed: 2, expected: 3, completion: 2 / 3 },
          },
          {
            ...{ classId: acme.nodeId('b1'), node: { name: 'b1' }, students: 1, activeStudents: 1, averageScore: 90, attempts: 1 },
            ...{ totalSeconds: 100, completed: 1, expected: 1, completion: 1 },
          },
        ],
      },
    });
  });

  test('never has deleted users among the students, and is told who is at risk and why', async () => {
    const atRisk = 'students activeStudents atRiskCount studentsAtRisk { totalCount nodes { studentId login riskReasons lastActivity averageScore } }';
    const { teacherAnalytics } = await gateway.read(as('teacher'), teacher('teacher', atRisk));
    expect(teacherAnalytics).toEqual({
      ...{ students: 3, activeStudents: 2, atRiskCount: 2 },
      studentsAtRisk: {
        totalCount: 2,
        nodes: [
          // In this class alone, whatever Ann did in another.
          { studentId: acme.personId('ann'), login: 'ann', riskReasons: ['INACTIVE'], lastActivity: '2026-02-21', averageScore: 80 },
          { studentId: acme.personId('ben'), login: 'ben', riskReasons: ['INACTIVE', 'LOW_SCORE'], lastActivity: '2026-03-05', averageScore: 40 },
        ],
      },
    });
    const page = (args: string) => teacher('teacher', `studentsAtRisk(${args}) { nodes { login } pageInfo { hasNextPage endCursor } }`);
    const { teacherAnalytics: { studentsAtRisk: first } } = await gateway.read(as('teacher'), page('first: 1'));
    expect(first).toMatchObject({ nodes: [{ login: 'ann' }], pageInfo: { hasNextPage: true } });
    const { teacherAnalytics: { studentsAtRisk: second } } = await gateway.read(as('teacher'), page(`after: "${first.pageInfo.endCursor}"`));
    expect(second).toMatchObject({ nodes: [{ login: 'ben' }], pageInfo: { hasNextPage: false } });
    expect(await gateway.codes(as('mate'), teacher('mate', `studentsAtRisk(after: "${first.pageInfo.endCursor}") { totalCount }`))).toEqual(['BAD_USER_INPUT']);
  });

  test('has a trend of the own students', async () => {
    const trend = 'trend(period: { from: "2026-02-01", through: "2026-03-20" }, interval: MONTH) { from through learners activeLearners averages { masteryProgress engagement } }';
    const { teacherAnalytics } = await gateway.read(as('teacher'), teacher('teacher', trend));
    expect(teacherAnalytics.trend).toEqual([
      { from: '2026-02-01', through: '2026-02-28', learners: 2, activeLearners: 1, averages: { masteryProgress: (1 / 2 + 0) / 2, engagement: 2 / 28 / 2 } },
      { from: '2026-03-01', through: '2026-03-20', learners: 3, activeLearners: 1, averages: { masteryProgress: (1 + 0 + 0) / 3, engagement: (1 / 20) / 3 } },
    ]);
  });

  test('without classes has none to show', async () => {
    const { teacherAnalytics } = await gateway.read(as('idle'), teacher('idle', 'classCount students averages { engagement } classes { totalCount }'));
    expect(teacherAnalytics).toEqual({ classCount: 0, students: 0, averages: { engagement: null }, classes: { totalCount: 0 } });
  });

  test.each([
    ['teacher', 'teacher', []],
    ['mate', 'teacher', ['FORBIDDEN']],
    ['admin', 'mate', []],
    ['northerner', 'teacher', []],
    ['northerner', 'mate', ['FORBIDDEN']], // one of the two classes alone
    ['northerner', 'idle', ['FORBIDDEN']],
    ['partner', 'mate', ['FORBIDDEN']],
    ['ann', 'teacher', ['FORBIDDEN']],
  ])('%s asks about %s: %j', async (person, about, codes) => {
    expect(await gateway.codes(as(person), teacher(about, 'students'))).toEqual(codes);
  });

  test('is null where there is none', async () => {
    for (const id of ['p0zzzzz', 'nonsense', other.personId('teacher'), acme.personId('ann')]) {
      expect(await gateway.read(as('admin'), `{ teacherAnalytics(teacherId: "${id}") { students } }`)).toEqual({ teacherAnalytics: null });
    }
  });
});

describe('an organisation', () => {
  const fields = `node { name } learners activeLearners atRiskCount lastActivity averages { learningVelocity masteryProgress engagement skillGapCount }
    users { total active byRole { role total active } }`;

  test('has the figures of all its learners and users; deleted ones are never among them', async () => {
    const { organisationAnalytics } = await gateway.read(as('admin'), organisation(fields));
    expect(organisationAnalytics).toEqual({
      ...{ node: { name: 'Acme' }, learners: 4, activeLearners: 3, atRiskCount: 1, lastActivity: '2026-03-19' },
      averages: {
        learningVelocity: (1 + 0 + 1 + 0) / 4 / 4,
        masteryProgress: (2 / 3 + 0 + 1 + 0) / 4,
        engagement: (2 + 1 + 1 + 0) / 28 / 4,
        skillGapCount: (1 + 1 + 0 + 2) / 4,
      },
      users: {
        ...{ total: 15, active: 3 },
        byRole: [
          { role: 'LEARNER', total: 7, active: 3 },
          { role: 'TEACHER', total: 4, active: 0 },
          { role: 'OFFICER', total: 2, active: 0 },
          { role: 'ORG_ADMIN', total: 1, active: 0 },
          { role: 'PARTNER', total: 1, active: 0 },
        ],
      },
    });
  });

  test('is a node to its officer, and counts who is enrolled there', async () => {
    const { organisationAnalytics } = await gateway.read(as('northerner'), organisation(fields, `nodeId: "${acme.nodeId('north')}"`));
    expect(organisationAnalytics).toMatchObject({
      ...{ node: { name: 'north' }, learners: 3, activeLearners: 2, atRiskCount: 1 },
      users: { total: 5, active: 2, byRole: [{ role: 'LEARNER', total: 3, active: 2 }, { role: 'TEACHER', total: 2, active: 0 }] },
    });
    const { organisationAnalytics: whole } = await gateway.read(as('northerner'), organisation(fields));
    expect(whole).toMatchObject({ node: { name: 'My view' }, learners: 3, activeLearners: 2 });
  });

  test('has nobody among users, learners or students who comes tomorrow', async () => {
    const asked = `{ organisationAnalytics(nodeId: "${acme.nodeId('a2')}") { learners users { total byRole { role total } } }
      hierarchyNode(id: "${acme.nodeId('a2')}") { studentCount } }`;
    expect(await gateway.read(as('admin'), asked)).toEqual({
      organisationAnalytics: { learners: 1, users: { total: 2, byRole: [{ role: 'LEARNER', total: 1 }, { role: 'TEACHER', total: 1 }] } },
      hierarchyNode: { studentCount: 1 },
    });
  });

  test('counts who changed something as active, and not who was refused', async () => {
    await gateway.ask(as('idle'), teacher('teacher', 'students'));
    await gateway.read(as('admin'), `mutation { setClassActive(classId: "${acme.nodeId('e1')}", active: false) { id } }`);
    const { organisationAnalytics } = await gateway.read(as('admin'), organisation('users { active byRole { role active } }'));
    expect(organisationAnalytics.users).toMatchObject({ active: 4 });
    expect(organisationAnalytics.users.byRole).toContainEqual({ role: 'ORG_ADMIN', active: 1 });
    expect(organisationAnalytics.users.byRole).toContainEqual({ role: 'TEACHER', active: 0 });
  });

  test('has a trend through any hierarchy', async () => {
    const trend = 'trend(period: { from: "2025-06-01", through: "2026-03-20" }, interval: YEAR) { from through learners activeLearners }';
    const { organisationAnalytics } = await gateway.read(as('admin'), organisation(trend, `nodeId: "${acme.nodeId('b')}", hierarchyId: "sap"`));
    expect(organisationAnalytics.trend).toEqual([
      { from: '2025-06-01', through: '2025-12-31', learners: 0, activeLearners: 0 },
      { from: '2026-01-01', through: '2026-03-20', learners: 1, activeLearners: 1 },
    ]);
  });

  test.each([
    ['admin', '', []],
    ['northerner', '', []],
    ['northerner', 'land', ['FORBIDDEN']],
    ['northerner', 'a1', []],
    ['stranger', '', ['FORBIDDEN']],
    ['teacher', 'a1', ['FORBIDDEN']],
    ['partner', 'b', ['FORBIDDEN']],
    ['ann', '', ['FORBIDDEN']],
  ])('%s asks about %s: %j', async (person, about, codes) => {
    const args = about && `nodeId: "${acme.nodeId(about)}"`;
    expect(await gateway.codes(as(person), organisation('learners', args))).toEqual(codes);
  });

  test("is null where there is no such node, another tenant's too", async () => {
    for (const id of ['g0zzzzz', other.nodeId('north'), other.id]) {
      expect(await gateway.read(as('admin'), organisation('learners', `nodeId: "${id}"`))).toEqual({ organisationAnalytics: null });
    }
  });
});
