import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../cli/generate/random';
import { purgeAll } from '../cli/run/purge';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { countDifferences } from '../subgraphs/reporting/rollup/verify';
import { lockStored } from '../subgraphs/reporting/rollup/stored.queries';
import { Database } from '../subgraphs/shared/database/database';
import { makePartitionsAhead } from '../subgraphs/shared/database/partitions';
import { partitionedTables } from '../subgraphs/shared/database/partitioned-tables';
import { projectRoot } from '../subgraphs/shared/project-root';
import { registerTypeScript } from './typescript-in-children';
import { updateTimes } from '../subgraphs/shared/retention/retention.queries';
import { openBothLogins, type BothLogins } from './both-logins';
import { connectOwner, createTenant } from './fixture';
import { eventsOf, restlessTenant, RestlessTenant } from './restless-tenant';
import { dayOf, daysLater, eventBefore, RetentionLife } from './retention-life';

let logins: BothLogins;
let owner: Database;
let application: Database;
beforeEach(async () => {
  logins = await openBothLogins();
  ({ owner, application } = logins);
});
afterEach(() => logins.close());

const begun = new Date('2027-01-15T09:00:00Z');
const silent = { info: () => undefined, warn: () => undefined };
const purge = (now: Date) => purgeAll(owner, { now, log: silent });

const count = (tenant: number, from: string): Promise<number> =>
  owner.transaction(tenant, 'read', async tx => {
    const [row] = await tx.query<{ rows: number }>(`select count(*)::int as rows from ${from} where tenant_id = $1`, [tenant]);
    return row!.rows;
  });

/** What the audit log says was purged, by table. */
const purgedOf = (tenant: number): Promise<Record<string, number>> =>
  owner.transaction(tenant, 'read', async tx => {
    const rows = await tx.query<{ table: string; rows: number }>(
      `select resource_type as table, sum((details->>'rows')::int)::int as rows from audit_log
       where tenant_id = $1 and action = 'PURGE' group by 1 order by 1`,
      [tenant],
    );
    return Object.fromEntries(rows.map(row => [row.table, row.rows]));
  });

describe('raw activity', () => {
  const send = (tenant: number, events: object[], now: Date) =>
    application.transaction(tenant, 'activity', tx => ingest(tx, events, { now, ids: 'external' }));
  const partitions = () =>
    owner.transaction(1, 'read', async tx => {
      const rows = await tx.query<{ name: string }>(
        `select relname as name from pg_class join pg_inherits on inhrelid = pg_class.oid where inhparent = 'activity_events'::regclass order by 1`,
      );
      return rows.map(row => row.name);
    });

  test('goes with its whole partition a day after it, and each tenant is told how much', async () => {
    const [acme, other] = await Promise.all(['acme', 'other'].map(key => createTenant(owner, restlessTenant(key))));
    await makePartitionsAhead(owner, { tables: partitionedTables, now: begun });
    for (const { number } of [acme!, other!]) {
      await send(number, eventsOf(0, 40), begun);
      const tenant = await RestlessTenant.open(application, number);
      await tenant.build('everything');
    }
    await send(other!.number, eventsOf(40, 10), daysLater(begun, 1));
    await (await RestlessTenant.open(application, other!.number)).fold();

    await purge(daysLater(begun, 1)); // the last of that day could be less than a day old
    expect(await partitions()).toContain('activity_events_2027_01_15');
    await purge(new Date('2027-01-17T00:00:00Z'));
    expect(await partitions()).not.toContain('activity_events_2027_01_15');
    expect(await purgedOf(acme!.number)).toEqual({ activity_events: 40 });
    expect(await purgedOf(other!.number)).toEqual({ activity_events: 40 });
    expect([await count(acme!.number, 'activity_events'), await count(other!.number, 'activity_events')]).toEqual([0, 10]);
  });

  test('of a tenant that keeps it stays, while that of others in the same partition goes', async () => {
    const [keeps, goes] = await Promise.all(['keeps', 'goes'].map(key => createTenant(owner, restlessTenant(key))));
    await application.transaction(keeps!.number, 'write', tx => updateTimes(tx, { rawActivityHours: null, figureDays: null }));
    await makePartitionsAhead(owner, { tables: partitionedTables, now: begun });
    for (const { number } of [keeps!, goes!]) {
      await send(number, eventsOf(0, 30), begun);
      await (await RestlessTenant.open(application, number)).build('everything');
    }
    await purge(daysLater(begun, 10));
    expect([await count(keeps!.number, 'activity_events'), await count(goes!.number, 'activity_events')]).toEqual([30, 0]);
    expect([await purgedOf(keeps!.number), await purgedOf(goes!.number)]).toEqual([{}, { activity_events: 30 }]);
  });

  test('stays until it is in the stored sums', async () => {
    const { number } = await createTenant(owner, restlessTenant('behind'));
    await send(number, eventsOf(0, 30), begun);
    await purge(daysLater(begun, 30));
    expect(await count(number, 'activity_events')).toBe(30);
    await (await RestlessTenant.open(application, number)).build('everything');
    await purge(daysLater(begun, 30));
    expect(await count(number, 'activity_events')).toBe(0);
  });

  test('that is gone leaves the days compared that are there whole', async () => {
    const life = await RetentionLife.begin({ owner, application }, { key: 'compared', times: { figureDays: 2_000 }, now: begun });
    const random = new Random(3);
    await life.restless.build('everything');
    await life.send(Array.from({ length: 60 }, (_, n) => eventBefore(random, n, life.now, 6)));
    await life.restless.fold();
    life.goOn(30);
    await life.send(Array.from({ length: 60 }, (_, n) => eventBefore(random, 100 + n, life.now, 6)));
    await life.restless.fold();
    await life.purge();
    expect(await count(life.tenant.number, 'activity_events')).toBe(60);
    expect(countDifferences(await life.verify())).toBe(0);

    const spoil = (day: string) =>
      owner.transaction(life.tenant.number, 'write', tx =>
        tx.query(`update learner_days set attempts = attempts + 1 where tenant_id = $1 and day ${day}`, [life.tenant.number]));
    const wrong = async () => (await life.verify()).checks.find(({ check }) => check === "learners' facts against activity")!.differences;
    await spoil(`< '${dayOf(daysLater(life.now, -20))}'`);
    expect(await wrong()).toBe(0); // of these nothing is there to compare them with
    await spoil(`> '${dayOf(daysLater(life.now, -20))}'`);
    expect(await wrong()).toBeGreaterThan(0);
  });
});

test('the counts of several purges add up to what was there, of months that go day by day too', async () => {
  const life = await RetentionLife.begin({ owner, application }, { key: 'counted', times: { figureDays: 40 }, now: begun });
  const { number } = life.tenant;
  const random = new Random(9);
  await life.restless.build('everything');
  for (const n of [0, 1]) {
    await life.send(Array.from({ length: 40 }, (_, at) => eventBefore(random, 100 * n + at, life.now, 1)));
    life.goOn(5);
  }
  await life.restless.fold();
  const tables = ['class_days', 'learner_days', 'learner_months'];
  const there = async () => Object.fromEntries(await Promise.all(tables.map(async table => [table, await count(number, table)])));
  const before = await there();
  life.goOn(34); // the first of the two days has expired
  await life.purge();
  expect((await there()).class_days).toBeGreaterThan(0);
  life.goOn(30);
  await life.purge();
  expect(await there()).toEqual({ class_days: 0, learner_days: 0, learner_months: 0 });
  expect(await purgedOf(number)).toMatchObject(before);
});

describe('ids of events', () => {
  const event = (eventId: string, occurredAt: Date) => ({
    ...{ eventId, classId: 'class0', userId: 'learner0', score: 50, kind: 'ASSESSMENT' },
    occurredAt: occurredAt.toISOString(),
  });

  test('are known, or too old to be accepted: nothing is counted twice, however late it is sent again', async () => {
    const { number } = await createTenant(owner, restlessTenant('known'));
    await application.transaction(number, 'write', tx => updateTimes(tx, { eventIdDays: 100 }));
    const send = (events: object[], now: Date) =>
      application.transaction(number, 'activity', tx => ingest(tx, events, { now, ids: 'external' }));
    const random = new Random(11);
    const sent: object[] = [];
    let accepted = 0;
    for (let day = 0; day <= 400; day += 5) {
      const now = daysLater(begun, day);
      // Of today, of tomorrow, and of any day before.
      const fresh = [-1, 0, random.below(300)].map((ago, n) => event(`event-${day}-${n}`, daysLater(now, -ago)));
      sent.push(...fresh);
      accepted += (await send(fresh, now)).accepted;
      const again = await send(sent, now);
      expect(again.accepted).toBe(0);
      await purge(now);
      expect((await send(sent, now)).accepted).toBe(0);
      if (day === 200) await application.transaction(number, 'write', tx => updateTimes(tx, { eventIdDays: null }));
      if (day === 300) await application.transaction(number, 'write', tx => updateTimes(tx, { eventIdDays: 300 }));
    }
    expect(accepted).toBeGreaterThan(150);
    const gone = await purgedOf(number);
    expect([gone.event_ids! + (await count(number, 'event_ids')), gone.event_ids! > 20]).toEqual([accepted, true]);

    const { rejected } = await send([event('late', daysLater(begun, -200))], daysLater(begun, 401));
    expect(rejected).toMatchObject([{ eventId: 'late', code: 'BAD_USER_INPUT', message: expect.stringMatching(/^occurredAt is .*forgotten/) }]);
  });
});

test('a purge that is killed again and again comes to the same, and the audit log to exactly what was there', async () => {
  const life = await RetentionLife.begin({ owner, application }, { key: 'killed', times: { figureDays: 30, eventIdDays: 30 }, now: begun });
  const { number } = life.tenant;
  const random = new Random(5);
  await life.restless.build('everything');
  for (let n = 0; n < 3; n++) {
    await life.send(Array.from({ length: 400 }, (_, at) => eventBefore(random, n * 1_000 + at, life.now, 20)));
    await life.restless.fold();
    life.goOn(1);
  }
  life.goOn(60);
  await life.send(Array.from({ length: 50 }, (_, at) => eventBefore(random, 9_000 + at, life.now, 5)));
  await life.restless.fold();

  const tables = ['activity_events', 'event_ids', 'class_days', 'learner_days'];
  const counted = async () => Object.fromEntries(await Promise.all(tables.map(async table => [table, await count(number, table)] as const)));
  const before = await counted();
  const period = [{ from: dayOf(daysLater(begun, -40)), through: dayOf(daysLater(life.now, 1)) }];
  const shown = await life.shown('india', period);
  expect(shown.get(life.tenant.id)).toEqual([life.expected([...life.tenant.classes.keys()], period[0]!)]);

  let killed = 0;
  for (let attempt = 0; ; attempt++) {
    const worker = spawn(
      process.execPath,
      ['-r', registerTypeScript, path.join(projectRoot, 'test', 'purge-worker.ts'), logins.url, life.now.toISOString(), '23'],
      { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = new Promise<number | null>(resolve => worker.once('exit', resolve));
    await new Promise(resolve => worker.stdout.once('data', resolve));
    if (attempt < 6) {
      await sleep(10 + 25 * attempt);
      worker.kill('SIGKILL');
    }
    const code = await ended;
    if (code === null) killed++;
    expect(await life.shown('india', period)).toEqual(shown);
    expect(countDifferences(await life.verify())).toBe(0);
    if (code === 0) break;
  }
  expect(killed).toBeGreaterThan(0);
  const after = await counted();
  const gone = await purgedOf(number);
  for (const table of tables) expect([table, gone[table], after[table]! < before[table]!]).toEqual([table, before[table]! - after[table]!, true]);
  expect(after.activity_events).toBe(50);
});

test('of several at once one purges, and nothing is counted twice', async () => {
  const { number } = await createTenant(owner, restlessTenant('contended'));
  const tenant = await RestlessTenant.open(application, number);
  await tenant.send(eventsOf(0, 300)); // accepted in March 2026
  await tenant.build('everything');
  const others = await Promise.all([1, 2, 3].map(() => connectOwner(logins.url)));
  const now = new Date('2026-05-01T00:00:00Z');
  const whole = await Promise.all(others.map(other => purgeAll(other, { now, log: silent, most: 10 })));
  for (const other of others) await other.close();
  while (!(await purge(now)));
  expect(whole.length).toBe(3);
  expect(await purgedOf(number)).toEqual({ activity_events: 300 });
});

test('what keeps one tenant from being purged keeps no other', async () => {
  const [held, free] = await Promise.all(['held', 'free'].map(key => createTenant(owner, restlessTenant(key))));
  for (const { number } of [held!, free!]) {
    await application.transaction(number, 'write', tx => updateTimes(tx, { figureDays: 30 }));
    const tenant = await RestlessTenant.open(application, number);
    await tenant.send(eventsOf(0, 30)); // accepted in March 2026
    await tenant.build('everything');
  }
  const impatient = await Database.connect({ url: logins.url, stepDown: false, entities: [], statementTimeout: 500 });
  const holding = await owner.begin(held!.number, 'write');
  try {
    await lockStored(holding);
    await expect(purgeAll(impatient, { now: begun, log: silent })).rejects.toMatchObject({ errors: [{ code: '57014' }] });
  } finally {
    await holding.rollback();
    await impatient.close();
  }
  expect([await count(held!.number, 'class_days') > 0, await count(free!.number, 'class_days')]).toEqual([true, 0]);
  expect(await purge(begun)).toBe(true);
  expect(await count(held!.number, 'class_days')).toBe(0);
});

test('logs and imported files go in their time, and say so', async () => {
  const { number } = await createTenant(owner, restlessTenant('logged'));
  await application.transaction(number, 'write', tx => updateTimes(tx, { auditLogDays: 30, activityLogDays: 20, importDays: 10 }));
  await owner.transaction(number, 'write', async tx => {
    for (const days of [5, 15, 25, 35]) {
      const at = daysLater(begun, -days);
      await tx.query(`insert into audit_log (tenant_id, recorded_at, action) values ($1, $2, 'TESTED')`, [number, at]);
      await tx.query(
        `insert into activity_log (tenant_id, action, class_id, user_id, performed_by_id, performer_tenant_id, created_at)
         values ($1, 'GROUP_CREATED', 1, 1, 1, $1, $2)`,
        [number, at],
      );
      const digest = createHash('md5').update(String(days)).digest('hex').toUpperCase();
      const [row] = await tx.query<{ id: number }>(
        `insert into imports (tenant_id, content, content_type, digest, status, creator, senders, message, bytes, records,
           created_at, updated_at, queued_at)
         values ($1, 'GROUPS', 'text/csv', $3, 'PROCESSED', 'admin', '{}', '', 3, 1, $2, $2, $2) returning id`,
        [number, at, digest],
      );
      await tx.query(`insert into import_chunks (tenant_id, import_id, number, bytes) values ($1, $2, 0, 'abc')`, [number, row!.id]);
    }
  });
  await purge(begun);
  expect(await purgedOf(number)).toEqual({ activity_log: 2, audit_log: 1, import_chunks: 3 });
  expect([await count(number, 'imports'), await count(number, 'import_chunks'), await count(number, 'activity_log')]).toEqual([4, 1, 2]);
});
