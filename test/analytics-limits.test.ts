import { keepFigures } from '../subgraphs/reporting/analytics/stored/keep-figures';
import { addDays } from '../subgraphs/shared/period';
import { createTenant, type KnownTenant } from './fixture';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

/** What analytics look at is counted, over a whole request; what a class usually has says nothing about this one. */
const today = '2026-03-20';
const now = new Date(`${today}T12:00:00Z`);
const adminOf = ({ key }: KnownTenant): Asker => ({ subject: 'admin', tenant: key, roles: ['ORG_ADMIN'] });
const students = Array.from({ length: 11_000 }, (_, n) => `s${n}`);
const empty = Array.from({ length: 4_100 }, (_, n) => `e${n}`);

let gateway: GatewayForTest;
let wide: KnownTenant;
let crowded: KnownTenant;
beforeAll(async () => {
  gateway = await startGateway({
    ...{ background: false, now },
    fill: async owner => {
      const plain = { groups: { land: 'country', school: 'school' } };
      wide = await createTenant(owner, {
        ...{ ...plain, key: 'wide', people: { admin: ['ORG_ADMIN'] } },
        classes: Object.fromEntries(empty.map(name => [name, {}])),
        placements: { india: { land: null, school: 'land', ...Object.fromEntries(empty.map(name => [name, 'school'])) } },
      });
      crowded = await createTenant(owner, {
        ...{ ...plain, key: 'crowded', classes: { hall: {} } },
        placements: { india: { land: null, school: 'land', hall: 'school' } },
        people: { admin: ['ORG_ADMIN'], ...Object.fromEntries(students.map(name => [name, ['LEARNER' as const]])) },
        enrolments: students.map(person => ({ class: 'hall', person })),
      });
    },
  });
}, 120_000);
afterAll(async () => {
  expect(gateway.bugs).toEqual([]);
  await gateway.close();
});

/** Some windows of four weeks of a tenant's one school, in one request. */
const windows = (tenant: KnownTenant, { count, fields }: { count: number; fields: string }): string => {
  const one = (ago: number) => `w${ago}: organisationAnalytics(nodeId: "${tenant.nodeId('school')}", asOf: "${addDays(today, -ago)}") { ${fields} }`;
  return `{ ${Array.from({ length: count }, (_, ago) => one(ago)).join(' ')} }`;
};

test('classes without anybody are not taken for full ones', async () => {
  const { w0 } = await gateway.read(adminOf(wide), windows(wide, { count: 1, fields: 'learners studentsAtRisk { totalCount } users { total }' }));
  expect(w0).toEqual({ learners: 0, studentsAtRisk: { totalCount: 0 }, users: { total: 0 } });
});

test('what is not too much once is too much ten times in a request, by any of its fields', async () => {
  const refused = async (query: string): Promise<string[]> => {
    // Of the subgraph itself: the gateway has limits of its own.
    const { errors = [] } = await gateway.service.ask({ subgraph: 'reporting', tenant: crowded, as: 'admin', query });
    return [...new Set(errors.map(({ message, extensions }) => `${extensions!.code}: ${/more than 100000 learners and intervals/.exec(message)?.[0] ?? message}`))];
  };
  const tooMuch = ['TOO_LARGE: more than 100000 learners and intervals'];
  const answered = await gateway.read(adminOf(crowded), windows(crowded, { count: 2, fields: 'learners' }));
  expect([answered.w0.learners, answered.w1.learners]).toEqual([students.length, students.length]);
  expect(await refused(windows(crowded, { count: 10, fields: 'learners' }))).toEqual(tooMuch);
  expect(await refused(windows(crowded, { count: 5, fields: 'studentsAtRisk(first: 1) { totalCount }' }))).toEqual(tooMuch);
  const trends = Array.from({ length: 5 }, (_, n) => `t${n}: trend(period: { from: "2026-03-0${n + 1}", through: "2026-03-0${n + 2}" }, interval: DAY) { learners }`);
  expect(await refused(windows(crowded, { count: 1, fields: trends.join(' ') }))).toEqual(tooMuch);
  const learners = Array.from({ length: 28 }, (_, n) =>
    `l${n}: learnerAnalytics(studentId: "${crowded.personId(`s${n}`)}") { trend(period: { from: "2016-03-21", through: "${today}" }, interval: DAY) { completed } }`);
  expect(await refused(`{ ${learners.join(' ')} }`)).toEqual(tooMuch);
}, 120_000);

test('figures of few classes with many learners are kept ready, too, and told where counting them anew took too long', async () => {
  const { database } = gateway.service.subgraph('reporting');
  const made = new Date(now.getTime() - 2 * 3_600_000);
  // The newest windows are made first: eight of them are those that end today, yesterday and the day before.
  expect(await keepFigures({ database, tenantId: crowded.number, now: () => made, stopped: stopsAfter(8) })).toBe(8);
  expect(await keepFigures({ database, tenantId: wide.number, now: () => made, stopped: stopsAfter(1) })).toBe(1);
  const asOf = async (from: string): Promise<string[]> => {
    const trend = `trend(period: { from: "${from}", through: "${today}" }, interval: DAY) { asOf learners }`;
    const { organisationAnalytics } = await gateway.read(adminOf(crowded), `{ organisationAnalytics { ${trend} } }`);
    const points = organisationAnalytics.trend as { asOf: string; learners: number }[];
    expect(points.map(({ learners }) => learners)).toEqual(points.map(() => students.length));
    return [...new Set(points.map(point => point.asOf))];
  };
  expect(await asOf(addDays(today, -2))).toEqual([now.toISOString()]); // nothing has changed since
  const event = { eventId: 'e', classId: 'hall', userId: 's0', occurredAt: `${today}T08:00:00Z`, score: 50 };
  expect((await gateway.send(adminOf(crowded), [event])).body).toMatchObject({ accepted: 1 });
  expect(await asOf(addDays(today, -2))).toEqual([made.toISOString()]);
  expect(await asOf(addDays(today, -1))).toEqual([now.toISOString()]); // quick enough
});

/** True once asked more than some times. */
function stopsAfter(times: number): () => boolean {
  let asked = 0;
  return () => asked++ >= times;
}
