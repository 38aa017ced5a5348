import type { KnownTenant } from './fixture';
import type { GatewayForTest } from './start-gateway';
import { as, startAnalytics, type AnalyticsWorld } from './analytics-world';

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
  ['a learner of a day that has no four weeks before it', () => learner('ann', 'activeDays', ', asOf: "0001-01-27"'), /asOf may be 0001-01-28 at the earliest/],
  ['an organisation of such a day', () => organisation('learners', 'asOf: "0001-01-01"'), /at the earliest/],
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
  const gaps = 'skillGaps(first: 2) { totalCount nodes { code } }';
  expect(await statements('admin', ofAll('', gaps))).toBe(await statements('admin', learner('ann', `activeDays ${gaps}`)));
  const ofNodes = (...names: string[]) => `{ ${names.map(name =>
    `${name}: organisationAnalytics(nodeId: "${acme.nodeId(name)}") { learners users { total } studentsAtRisk { totalCount nodes { login } } }`).join(' ')} }`;
  expect(await statements('admin', ofNodes('north', 'south', 'east', 'b'))).toBe(await statements('admin', ofNodes('north')));
  const whole = (args: string) => organisation('learners users { total } studentsAtRisk { totalCount }', args);
  expect(await statements('admin', whole(''))).toBe(await statements('admin', whole('asOf: "2026-03-18"')));
});
