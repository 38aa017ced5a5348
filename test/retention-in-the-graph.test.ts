import { setTimeout as sleep } from 'node:timers/promises';
import { purgeAll } from '../cli/run/purge';
import { buildEverything } from '../subgraphs/reporting/rollup/build';
import { storeFigures } from '../subgraphs/reporting/analytics/stored/organisation-figures.queries';
import { startExports } from '../subgraphs/reporting/exports/worker';
import { foldSome } from '../subgraphs/reporting/rollup/fold';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { usualTimes } from '../subgraphs/shared/retention/retention.queries';
import type { Database } from '../subgraphs/shared/database/database';
import { createTestDatabase, type TestDatabase } from './database';
import { connectApplication, connectOwner, createTenant, type KnownTenant } from './fixture';
import { daysLater, dayOf } from './retention-life';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

const begun = new Date('2027-03-01T10:00:00Z');
const admin: Asker = { subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] };
const learner: Asker = { subject: 'ann', tenant: 'acme', roles: ['LEARNER'] };
const silent = { info: () => undefined, warn: () => undefined };

let database: TestDatabase;
let owner: Database;
let application: Database;
let acme: KnownTenant;
beforeEach(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  application = await connectApplication(database.url);
  acme = await createTenant(owner, {
    key: 'acme',
    groups: { land: 'country', s1: 'school' },
    classes: { c1: { grade: '5' }, c2: { grade: '5' } },
    placements: { india: { land: null, s1: 'land', c1: 's1', c2: 's1' } },
    people: { admin: ['ORG_ADMIN'], ann: ['LEARNER'], ben: ['LEARNER'], zoe: ['LEARNER'], tess: ['TEACHER'] },
    enrolments: ['ann', 'ben'].flatMap(person => ['c1', 'c2'].map(klass => ({ class: klass, person, enrolledAt: '2026-01-01T00:00:00Z' }))),
    competencies: [{ code: 'add', grade: '5' }, { code: 'divide', grade: '5' }],
  });
});
afterEach(async () => {
  await owner.close();
  await application.close();
  await database.drop();
});

/** The service at some moment. */
async function at<T>(moment: Date, work: (gateway: GatewayForTest) => Promise<T>): Promise<T> {
  const gateway = await startGateway({ database, now: moment, background: false });
  try {
    const result = await work(gateway);
    expect(gateway.bugs).toEqual([]);
    return result;
  } finally {
    await gateway.close();
  }
}

const set = (moment: Date, input: string, version: number) =>
  at(moment, gateway => gateway.read(admin, `mutation { setRetention(input: { ${input} }, expectedVersion: ${version}) { version retention { figureDays } } }`));

/** Somebody's status of a competency, on a day. */
const status = (n: number, { on, who = 'ann', competency = 'add', is }: { on: Date; who?: string; competency?: string; is: string }) => ({
  ...{ eventId: `event-${n}`, classId: 'c1', userId: who, occurredAt: on.toISOString(), score: 50, secondsSpent: 60 },
  ...{ competency, status: is },
});
const send = (events: object[], now: Date) =>
  application.transaction(acme.number, 'activity', tx => ingest(tx, events, { now, ids: 'external' }));
const inOrder = (work: typeof foldSome | typeof buildEverything) => application.transaction(acme.number, 'write', tx => work(tx) as Promise<unknown>);

test('a tenant sets for how long it keeps what, by the version it read', async () => {
  await at(begun, async gateway => {
    const read = (who: Asker) => gateway.read(who, `{ tenantSettings { version retention { ${Object.keys(usualTimes).join(' ')} figuresFrom competenciesFrom eventIdsFrom } } }`);
    const nothingGone = { figuresFrom: null, competenciesFrom: null, eventIdsFrom: null };
    expect(await read(learner)).toEqual({ tenantSettings: { version: 1, retention: { ...usualTimes, ...nothingGone } } });
    const change = (input: string, version: number, who = admin) =>
      gateway.codes(who, `mutation { setRetention(input: { ${input} }, expectedVersion: ${version}) { version } }`);
    expect(await change('figureDays: 1000, importDays: null', 1, learner)).toEqual(['FORBIDDEN']);
    expect(await change('figureDays: 1000, importDays: null', 2)).toEqual(['CONFLICT']);
    expect(await change('figureDays: 1000, importDays: null', 1)).toEqual([]);
    const now = { ...usualTimes, figureDays: 1_000, importDays: null };
    expect(await read(admin)).toEqual({ tenantSettings: { version: 2, retention: { ...now, ...nothingGone } } });
    for (const wrong of ['figureDays: 0', 'auditLogDays: -1', 'rawActivityHours: null', 'rawActivityHours: 24000', 'figureDays: 1', 'importDays: 99999999']) {
      expect([wrong, await change(wrong, 2)]).toEqual([wrong, ['BAD_USER_INPUT']]);
    }
    expect(await change('rawActivityHours: null, figureDays: null', 2)).toEqual([]);
    expect((await read(admin)).tenantSettings).toMatchObject({ version: 3, retention: { rawActivityHours: null, figureDays: null, importDays: null } });
  });
});

test('what has expired is in no report, and the reader is told from when on nothing has', async () => {
  await set(begun, 'figureDays: 100, rawActivityHours: 24', 1);
  await send([status(1, { on: daysLater(begun, -9), is: 'IN_PROGRESS' })], begun);
  await send([status(2, { on: daysLater(begun, 4), is: 'COMPLETED' })], daysLater(begun, 5));
  await inOrder(buildEverything);
  const period = '(period: { from: "2027-01-01", through: "2027-12-31" })';
  const report = `{ nodeReport${period} { node { performance { attempts learners provenance { completeFrom } } }
      children { nodes { performance { attempts } } } reconciliation { attempts } }
    student(id: "${acme.personId('ann')}") { performance${period} { attempts provenance { completeFrom } } }
    tenantSettings { retention { figuresFrom competenciesFrom } } }`;
  const whole = (await at(daysLater(begun, 100), gateway => gateway.read(admin, report)));
  expect(whole.nodeReport.node.performance).toEqual({ attempts: 2, learners: 1, provenance: { completeFrom: null } });

  const expired = daysLater(begun, 101);
  const before = await at(expired, gateway => gateway.read(admin, report));
  const from = dayOf(daysLater(begun, -8));
  expect(before).toMatchObject({
    nodeReport: { node: { performance: { attempts: 1, learners: 1, provenance: { completeFrom: from } } }, reconciliation: { attempts: 0 } },
    student: { performance: { attempts: 1, provenance: { completeFrom: from } } },
    tenantSettings: { retention: { figuresFrom: from } },
  });
  expect(await purgeAll(owner, { now: expired, log: silent })).toBe(true);
  expect(await at(expired, gateway => gateway.read(admin, report))).toEqual(before);
  expect((await application.transaction(acme.number, 'read', tx => verify(tx))).differences).toEqual([]);
  const log = await at(expired, gateway => gateway.read(admin, '{ auditLog(actions: ["PURGE"]) { nodes { resourceType details performedById } } }'));
  expect(log.auditLog.nodes).toContainEqual({ resourceType: 'class_days', details: { rows: 1 }, performedById: null });
});

test('who was in a class on days alone that have expired is seen through it no more', async () => {
  await set(begun, 'figureDays: 100, rawActivityHours: 24', 1);
  await send([status(1, { on: daysLater(begun, -9), who: 'zoe', is: 'IN_PROGRESS' })], begun); // zoe is enrolled nowhere
  await send([status(2, { on: daysLater(begun, 60), is: 'COMPLETED' })], daysLater(begun, 60));
  await inOrder(buildEverything);
  await at(begun, gateway => gateway.read(admin, `mutation { assignTeacher(classId: "${acme.nodeId('c1')}", teacherId: "${acme.personId('tess')}") { id } }`));
  const tess: Asker = { subject: 'tess', tenant: 'acme', roles: ['TEACHER'] };
  const asked = `{ learnerAnalytics(studentId: "${acme.personId('zoe')}") { activeDays } }`;
  const shown = (moment: Date) => at(moment, async gateway => {
    const codes = await gateway.codes(tess, asked);
    return codes.length > 0 ? codes : (await gateway.read(tess, asked)).learnerAnalytics;
  });
  expect(await shown(daysLater(begun, 100))).toEqual({ activeDays: 0 });
  const expired = daysLater(begun, 101);
  expect(await shown(expired)).toEqual(['FORBIDDEN']);
  expect(await purgeAll(owner, { now: expired, log: silent })).toBe(true);
  expect(await shown(expired)).toEqual(['FORBIDDEN']);
});

test('analytics of days that have expired are refused, and what is kept ready of them goes', async () => {
  await set(begun, 'figureDays: 100, rawActivityHours: 24', 1);
  await send([status(1, { on: daysLater(begun, -9), is: 'IN_PROGRESS' })], begun);
  await send([status(2, { on: daysLater(begun, 60), is: 'COMPLETED' })], daysLater(begun, 60));
  await inOrder(buildEverything);
  const asked = (field: string) => (moment: Date, asOf: Date) => at(moment, gateway => gateway.codes(admin, `{ ${field.replace('AS_OF', `asOf: "${dayOf(asOf)}"`)} }`));
  const fields = [
    `learnerAnalytics(studentId: "${acme.personId('ann')}", AS_OF) { engagement }`,
    `learnerAnalytics(studentId: "${acme.personId('ann')}", AS_OF) { skillGaps { pageInfo { hasNextPage } } }`,
    `teacherAnalytics(teacherId: "${acme.personId('tess')}", AS_OF) { studentsAtRisk { pageInfo { hasNextPage } } }`,
    'organisationAnalytics(AS_OF) { activeLearners }',
  ];
  const expired = daysLater(begun, 101);
  for (const field of fields) {
    const codes = asked(field);
    expect([field, await codes(daysLater(begun, 100), begun), await codes(expired, begun), await codes(expired, expired)])
      .toEqual([field, [], ['BAD_USER_INPUT'], []]);
  }
  const store = (first: Date) => owner.transaction(acme.number, 'write', tx => storeFigures(tx, {
    ...{ window: { from: dayOf(first), through: dayOf(daysLater(first, 27)) }, row: null, users: null, version: '1', computedAt: first },
  }));
  await store(daysLater(begun, -20));
  await store(daysLater(begun, 30));
  expect(await purgeAll(owner, { now: expired, log: silent })).toBe(true);
  const log = await at(expired, gateway => gateway.read(admin, '{ auditLog(actions: ["PURGE"]) { nodes { resourceType details } } }'));
  expect(log.auditLog.nodes).toContainEqual({ resourceType: 'organisation_figures', details: { rows: 1 } });
});

test('who counts as inactive does not change by a purge: of days that have expired nobody is accused', async () => {
  await set(begun, 'figureDays: 40, rawActivityHours: 24', 1);
  await send([status(1, { on: begun, is: 'IN_PROGRESS' })], begun);
  const now = daysLater(begun, 45);
  await send([status(2, { on: now, who: 'ben', is: 'IN_PROGRESS' })], now);
  await inOrder(buildEverything);
  const after = (version: number, inactiveDays: number) => at(now, async gateway => {
    const settings = `setRiskSettings(input: { inactiveDays: ${inactiveDays} }, expectedVersion: ${version}) { version }`;
    await gateway.read(admin, `mutation { ${settings} }`);
    return gateway.read(admin, `{ learnerAnalytics(studentId: "${acme.personId('ann')}") { riskReasons lastActivity } organisationAnalytics { atRiskCount } }`);
  });
  const notAccused = { learnerAnalytics: { riskReasons: [], lastActivity: null }, organisationAnalytics: { atRiskCount: 0 } };
  const inactive = { learnerAnalytics: { riskReasons: ['INACTIVE'], lastActivity: null }, organisationAnalytics: { atRiskCount: 1 } };
  expect(await after(1, 60)).toEqual(notAccused);
  expect(await after(2, 30)).toEqual(inactive);
  expect(await purgeAll(owner, { now, log: silent })).toBe(true);
  expect(await after(3, 60)).toEqual(notAccused);
  expect(await after(4, 30)).toEqual(inactive);
});

test('competency counts stay what they were while the history of statuses is purged, and the last status stays', async () => {
  await set(begun, 'figureDays: 100', 1);
  const moves: [day: number, who: string, competency: string, is: string][] = [
    [0, 'ann', 'add', 'IN_PROGRESS'], [3, 'ann', 'add', 'INFERRED'], [60, 'ann', 'add', 'COMPLETED'],
    [0, 'ben', 'add', 'COMPLETED'], [2, 'ben', 'divide', 'IN_PROGRESS'], [4, 'ben', 'divide', 'COMPLETED'],
    [90, 'ben', 'divide', 'IN_PROGRESS'],
  ];
  for (const [n, [day, who, competency, is]] of moves.entries()) {
    await send([status(n, { on: daysLater(begun, day), who, competency, is })], daysLater(begun, day));
  }
  await inOrder(buildEverything);
  const now = daysLater(begun, 150); // what was accepted in the first fifty days has expired
  const counts = (day: number | null) =>
    `competencyCounts${day === null ? '' : `(asOf: "${dayOf(daysLater(begun, day))}")`} { completed inferred inProgress notStarted }`;
  const asked = (days: (number | null)[]) =>
    days.map(day => `day${day ?? 'Now'}: hierarchyNode(id: "${acme.id}") { ${counts(day)} }`).join(' ');
  const history = `{ ${asked([null, 150, 90, 89, 61, 60])}
    trend: hierarchyNode(id: "${acme.nodeId('s1')}") { competencyTrend(period: { from: "${dayOf(daysLater(begun, 60))}", through: "${dayOf(now)}" }, interval: WEEK) { completed inferred inProgress notStarted } } }`;
  const young = await at(daysLater(begun, 100), gateway => gateway.read(admin, `{ ${asked([90, 89, 61, 60])} }`));
  const before = await at(now, gateway => gateway.read(admin, history));
  expect(before).toMatchObject(young);
  expect(before.dayNow.competencyCounts).toEqual({ completed: 4, inferred: 0, inProgress: 2, notStarted: 2 });

  const refused = (day: number) => at(now, gateway => gateway.codes(admin, `{ hierarchyNode(id: "${acme.id}") { ${counts(day)} completion(week: "${dayOf(daysLater(begun, day - 14))}") { rate } } }`));
  const statuses = () => owner.transaction(acme.number, 'read', tx => tx.query<object>(
    `select person_id, day::text, status from competency_statuses where tenant_id = $1 order by 1, 2`, [acme.number]));
  const own = () => at(now, gateway => gateway.read({ ...learner, subject: 'ben' }, `{ studentCompetencies(studentId: "${acme.personId('ben')}") { nodes { competency { code } status history(first: 9) { day status } } } }`));
  expect(await refused(49)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
  const shownBefore = await own();
  expect((await statuses()).length).toBe(7);
  expect(await purgeAll(owner, { now, log: silent })).toBe(true);
  expect((await statuses()).length).toBe(5);
  expect(await at(now, gateway => gateway.read(admin, history))).toEqual(before);
  expect(await refused(49)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
  expect(await own()).toEqual(shownBefore);
  expect((await application.transaction(acme.number, 'read', tx => verify(tx))).differences).toEqual([]);
});

test('who did something in the audit log is active until that has expired, in what was made before, too', async () => {
  await set(begun, 'auditLogDays: 10', 1);
  const { nodeId, personId } = acme;
  await at(begun, async gateway => {
    await gateway.read(admin, `mutation { assignTeacher(classId: "${nodeId('c1')}", teacherId: "${personId('tess')}") { id } }`);
    const report = '{ report: TREND, interval: DAY, format: CSV, period: { from: "2027-02-01", through: "2027-02-02" } }';
    await gateway.read({ ...admin, subject: 'tess', roles: ['TEACHER'] }, `mutation { requestExport(input: ${report}) { id } }`);
  });
  const active = (moment: Date) => at(moment, async gateway => {
    const shown = await gateway.read(admin, `{ whole: organisationAnalytics { users { active } } school: organisationAnalytics(nodeId: "${nodeId('s1')}") { users { active } } }`);
    return [shown.whole.users.active, shown.school.users.active];
  });
  const last = daysLater(begun, 10);
  expect(await active(last)).toEqual([2, 1]);
  const after = new Date(last.getTime() + 60_000);
  expect(await active(after)).toEqual([0, 0]);
  // As if it had been made while it was so, with nothing changed since.
  await application.transaction(acme.number, 'read', async tx => tx.version).then(version =>
    owner.transaction(acme.number, 'write', tx => {
      tx.keepVersion();
      const window = { from: dayOf(daysLater(after, -27)), through: dayOf(after) };
      return storeFigures(tx, { window, row: null, users: [{ role: null, total: 6, active: 2 }], version: version!, computedAt: last });
    }));
  expect(await active(after)).toEqual([0, 0]);
});

test('old lines of the logs and old files are out of sight before they are purged', async () => {
  await set(begun, 'auditLogDays: 10, activityLogDays: 10', 1);
  await at(begun, gateway => gateway.read(admin, `mutation { assignTeacher(classId: "${acme.nodeId('c1')}", teacherId: "${acme.personId('tess')}") { id } }`));
  const logs = (moment: Date) => at(moment, async gateway => {
    const { auditLog, activityLog } = await gateway.read(admin, '{ auditLog(actions: ["assignTeacher"]) { nodes { id } } activityLog { totalCount nodes { id } } }');
    return [auditLog.nodes.length, activityLog.nodes.length, activityLog.totalCount];
  });
  expect(await logs(daysLater(begun, 10))).toEqual([1, 1, 1]);
  const after = new Date(daysLater(begun, 10).getTime() + 1);
  expect(await logs(after)).toEqual([0, 0, 0]);
});

test('no report file tells of competencies what has expired, whether it was asked for before that or after', async () => {
  const sent = daysLater(begun, 1);
  await set(begun, 'figureDays: 10', 1);
  await send([status(1, { on: begun, is: 'COMPLETED' })], begun);
  await send([status(2, { on: sent, is: 'IN_PROGRESS' })], sent);
  await inOrder(buildEverything);
  await inOrder(foldSome);
  const asked = `mutation { requestExport(input: { report: COMPETENCIES, format: CSV, period: { from: "${dayOf(begun)}", through: "${dayOf(begun)}" } }) { id } }`;
  const { requestExport: { id } } = await at(sent, gateway => gateway.read(admin, asked));
  const later = daysLater(begun, 40);
  await at(later, async gateway => {
    const competencyCounts = `{ hierarchyNode(id: "${acme.id}") { competencyCounts(asOf: "${dayOf(begun)}") { completed } } }`;
    expect(await gateway.codes(admin, competencyCounts)).toEqual(['BAD_USER_INPUT']);
    expect(await gateway.codes(admin, asked)).toEqual(['BAD_USER_INPUT']);
    const worker = startExports({ database: gateway.service.subgraph('reporting').database, now: () => later, round: 50 });
    let shown: { status: string; reason: string | null } = { status: 'PENDING', reason: null };
    for (; shown.status === 'PENDING' || shown.status === 'PROCESSING'; await sleep(20)) {
      ({ export: shown } = await gateway.read(admin, `{ export(id: "${id}") { status reason } }`));
    }
    await worker.stop();
    expect(shown).toEqual({ status: 'FAILED', reason: expect.stringMatching(/^Competency statuses are kept from .* has expired\.$/) });
  });
});

test('what was completed before the first day that is kept is not newly completed, whatever was purged', async () => {
  const day = (number: number): Date => daysLater(begun, number);
  const first = day(4);
  const now = day(43);
  await set(begun, 'figureDays: 40', 1);
  // Completed, begun anew on the first day that is kept, and completed again within four weeks.
  const told: [number, string][] = [[0, 'COMPLETED'], [4, 'IN_PROGRESS'], [15, 'COMPLETED']];
  for (const [n, [ago, is]] of told.entries()) await send([status(n, { on: day(ago), is })], day(ago));
  await inOrder(buildEverything);
  await inOrder(foldSome);
  const velocity = () =>
    at(now, async gateway => {
      const { tenantSettings, learnerAnalytics } = await gateway.read(admin, `{
        tenantSettings { retention { competenciesFrom } }
        learnerAnalytics(studentId: "${acme.personId('ann')}", asOf: "${dayOf(daysLater(first, 27))}") { from completed learningVelocity }
      }`);
      return { from: tenantSettings.retention.competenciesFrom as string, learnerAnalytics };
    });
  const before = await velocity();
  expect(before).toEqual({ from: dayOf(first), learnerAnalytics: { from: dayOf(first), completed: 1, learningVelocity: 0 } });
  expect(await purgeAll(owner, { now, log: silent })).toBe(true);
  expect(await velocity()).toEqual(before);
});
