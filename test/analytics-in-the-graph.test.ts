import type { Database } from '../subgraphs/shared/database/database';
import { createTenant, type KnownTenant, type TenantFixture } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';
import { deletePeople } from './analytics.queries';
import { twoHierarchies } from './two-hierarchies';

/** 20 March 2026, a Friday: the window is from 21 February on. */
const now = new Date('2026-03-20T12:00:00Z');

const fixture = (key: string): TenantFixture => {
  const plain = twoHierarchies(key);
  return {
    ...plain,
    people: { ...plain.people, mate: ['TEACHER'], gone: ['LEARNER'], idle: ['TEACHER'], many: ['TEACHER'], eve: ['LEARNER'] },
    enrolments: [
      { class: 'a1', person: 'ann' },
      { class: 'a2', person: 'ann' },
      { class: 'a1', person: 'ben' },
      { class: 'b1', person: 'cem' },
      { class: 'a1', person: 'gone' },
      { class: 'a1', person: 'eve', enrolledAt: '2026-03-15T08:00:00Z' },
      { class: 'b1', person: 'dia', endedAt: '2026-02-01T12:00:00Z' },
      { class: 'closed', person: 'dia' },
      { class: 'a1', person: 'teacher', type: 'TEACHER' },
      { class: 'a2', person: 'mate', type: 'TEACHER' },
      { class: 'b1', person: 'mate', type: 'TEACHER' },
    ],
    competencies: [
      { code: 'adds', grade: '5', subject: 'Maths' },
      { code: 'counts', grade: '5', subject: 'Maths' },
      { code: 'paints', grade: '5', subject: 'Arts' },
      { code: 'divides', grade: '6', subject: 'Maths' },
    ],
    statuses: [
      { person: 'ann', competency: 'adds', day: '2026-01-20', status: 3 },
      { person: 'ann', competency: 'counts', day: '2026-03-02', status: 3 },
      { person: 'ben', competency: 'adds', day: '2026-03-02', status: 3 },
      { person: 'ben', competency: 'adds', day: '2026-03-12', status: 1 },
      { person: 'cem', competency: 'divides', day: '2026-03-19', status: 3 },
      { person: 'gone', competency: 'adds', day: '2026-03-02', status: 3 },
    ],
  };
};

let gateway: GatewayForTest;
let acme: KnownTenant;
let other: KnownTenant;

beforeAll(async () => {
  const fill = async (owner: Database) => {
    acme = await createTenant(owner, fixture('acme'));
    other = await createTenant(owner, fixture('other'));
  };
  gateway = await startGateway({ fill, background: false, now });
  let event = 0;
  const did = (person: string, klass: string, day: string, more: object) => ({
    ...{ eventId: `e${event++}`, userId: person, classId: klass, occurredAt: `${day}T09:00:00Z`, ...more },
  });
  const sent = await gateway.send(as('admin'), [
    did('ann', 'a1', '2026-02-20', { score: 10 }), // the day before the window
    did('ann', 'a1', '2026-02-21', { score: 80, secondsSpent: 60 }),
    did('ann', 'a2', '2026-02-21', { secondsSpent: 30 }),
    did('ann', 'a2', '2026-03-19', { score: 60 }),
    did('ben', 'a1', '2026-03-05', { score: 40 }),
    did('cem', 'b1', '2026-03-18', { score: 90, secondsSpent: 100 }),
    did('gone', 'a1', '2026-03-18', { score: 0 }),
    did('dia', 'b1', '2026-01-20', { score: 70 }),
  ]);
  expect(sent.body).toMatchObject({ accepted: 8 });
  const owner = gateway.service.subgraph('reporting').database;
  await owner.transaction(acme.number, 'write', tx => deletePeople(tx, [acme.people.get('gone')!]));
});
afterAll(async () => {
  await gateway.close();
  expect(gateway.bugs).toEqual([]);
});

const as = (person: string, roles: Asker['roles'] = fixture('acme').people![person]!): Asker => ({ subject: person, tenant: 'acme', roles });

const learner = (person: string, fields: string, args = '') =>
  `{ learnerAnalytics(studentId: "${acme.personId(person)}"${args}) { ${fields} } }`;
const teacher = (person: string, fields: string, args = '') =>
  `{ teacherAnalytics(teacherId: "${acme.personId(person)}"${args}) { ${fields} } }`;
const organisation = (fields: string, args = '') => `{ organisationAnalytics${args && `(${args})`} { ${fields} } }`;
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
        ...{ total: 14, active: 3 },
        byRole: [
          { role: 'LEARNER', total: 6, active: 3 },
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

describe('what is at risk', () => {
  const set = (input: string, version: number) => `mutation { setRiskSettings(input: ${input}, expectedVersion: ${version}) { version isDefault inactiveDays minimumAverageScore } }`;

  test('is decided by settings that everybody may read and administrators change, by version', async () => {
    const read = '{ riskSettings { version isDefault inactiveDays minimumAverageScore minimumEngagement minimumMasteryProgress } }';
    expect(await gateway.read(as('ann'), read)).toEqual({
      riskSettings: { version: 1, isDefault: true, inactiveDays: 14, minimumAverageScore: 50, minimumEngagement: null, minimumMasteryProgress: null },
    });
    for (const person of ['ann', 'teacher', 'northerner', 'partner']) expect(await gateway.codes(as(person), set('{}', 1))).toEqual(['FORBIDDEN']);
    const changed = await gateway.read(as('admin'), set('{ minimumAverageScore: 75, minimumEngagement: 0.05 }', 1));
    expect(changed.setRiskSettings).toEqual({ version: 2, isDefault: false, inactiveDays: null, minimumAverageScore: 75 });
    expect(await gateway.codes(as('admin'), set('{ inactiveDays: 3 }', 1))).toEqual(['CONFLICT']);
    const { learnerAnalytics } = await gateway.read(as('ann'), learner('ann', 'riskReasons'));
    expect(learnerAnalytics.riskReasons).toEqual(['LOW_SCORE']);
    const { learnerAnalytics: ben } = await gateway.read(as('ben'), learner('ben', 'riskReasons'));
    expect(ben.riskReasons).toEqual(['LOW_SCORE', 'LOW_ENGAGEMENT']);
    const { auditLog } = await gateway.read(as('admin'), '{ auditLog(actions: ["setRiskSettings"]) { nodes { action details } } }');
    expect(auditLog.nodes).toMatchObject([{ details: { expectedVersion: 1 } }]);
  });

  test.each(['inactiveDays: 0', 'inactiveDays: 366', 'minimumAverageScore: 100.1', 'minimumAverageScore: -1', 'minimumEngagement: 1.5', 'minimumMasteryProgress: -0.1'])(
    'is refused out of range: %s',
    async threshold => {
      const { errors } = await gateway.ask(as('admin'), set(`{ ${threshold} }`, 2));
      expect(errors.map(({ extensions }) => extensions!.code)).toEqual(['BAD_USER_INPUT']);
      expect(errors[0]!.message).toContain('must be between');
    },
  );

  test("is each tenant's own", async () => {
    const theirs = await gateway.read({ ...as('admin'), tenant: 'other' }, '{ riskSettings { version isDefault } }');
    expect(theirs.riskSettings).toEqual({ version: 1, isDefault: true });
  });
});

test.each<[what: string, query: () => string, message: RegExp]>([
  ['a learner of a day to come', () => learner('ann', 'activeDays', ', asOf: "2026-03-21"'), /asOf may be today, 2026-03-20, at the latest/],
  ['a teacher of a day to come', () => teacher('teacher', 'students', ', asOf: "2030-01-01"'), /at the latest/],
  ['an organisation of a day to come', () => organisation('learners', 'asOf: "2026-03-21"'), /at the latest/],
  [
    'a trend that ends before it begins',
    () => learner('ann', 'trend(period: { from: "2026-03-02", through: "2026-03-01" }, interval: DAY) { from }'),
    /must end on or after/,
  ],
  [
    'a trend that goes on after today',
    () => learner('ann', 'trend(period: { from: "2026-03-02", through: "2026-03-21" }, interval: DAY) { from }'),
    /may end today/,
  ],
  [
    'a trend of a lifetime',
    () => organisation('trend(period: { from: "2000-01-01", through: "2026-03-01" }, interval: YEAR) { from }'),
    /10 years/,
  ],
  ['a page too long', () => learner('ann', 'skillGaps(first: 1001) { totalCount }'), /between 0 and 1000/],
  ['a cursor that is none', () => teacher('teacher', 'classes(after: "nonsense") { totalCount }'), /endCursor/],
  ['a page of less than nothing', () => organisation('studentsAtRisk(first: -1) { totalCount }'), /between 0 and 1000/],
])('%s is bad input', async (_, query, message) => {
  const { errors } = await gateway.ask(as('admin'), query());
  expect(errors.map(({ extensions }) => extensions!.code)).toEqual(['BAD_USER_INPUT']);
  expect(errors[0]!.message).toMatch(message);
});

test('a trend of too many learners and days is refused before it is begun', async () => {
  const { errors } = await gateway.ask(as('admin'), organisation('trend(period: { from: "2017-01-01", through: "2026-03-01" }, interval: DAY) { from }'));
  expect(errors.map(({ extensions }) => extensions!.code)).toEqual(['TOO_LARGE']);
});

test("a learner's id that does not exist, or is another tenant's, is null", async () => {
  for (const id of ['p0zzzzz', 'nonsense', other.personId('ann'), acme.personId('gone')]) {
    expect(await gateway.read(as('admin'), `{ learnerAnalytics(studentId: "${id}") { activeDays } }`)).toEqual({ learnerAnalytics: null });
  }
});

test('statements do not grow with learners, classes, points or rows', async () => {
  const statements = async (person: string, query: string): Promise<number> => {
    await gateway.read(as(person), query); // what is remembered of the tenant's structure is remembered both times
    let ran = 0;
    const { database } = gateway.service.subgraph('reporting');
    database.onStatement = () => ran++;
    await gateway.read(as(person), query);
    database.onStatement = undefined;
    return ran;
  };
  const trend = (from: string, interval: string) => `trend(period: { from: "${from}", through: "2026-03-20" }, interval: ${interval}) { from completed }`;
  const ofAll = (trends: string, extra = '') => `{ ${['ann', 'ben', 'cem', 'eve'].map(who =>
    `${who}: learnerAnalytics(studentId: "${acme.personId(who)}") { activeDays ${trends} ${extra} }`).join(' ')} }`;
  const one = await statements('admin', learner('ann', `activeDays ${trend('2026-03-19', 'DAY')}`));
  expect(await statements('admin', ofAll(trend('2025-04-01', 'DAY')))).toBe(one);
  const course = 'classes(first: N) { nodes { students averageScore } } studentsAtRisk(first: N) { nodes { login } }';
  expect(await statements('admin', teacher('mate', course.replaceAll('N', '2')))).toBe(await statements('admin', teacher('mate', course.replaceAll('N', '1'))));
  const whole = (args: string) => organisation('learners users { total } studentsAtRisk { totalCount }', args);
  expect(await statements('admin', whole(''))).toBe(await statements('admin', whole('asOf: "2026-03-18"')));
});
