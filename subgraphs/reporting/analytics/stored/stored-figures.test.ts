import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { connectApplication, connectOwner, createTenant, type KnownTenant } from '../../../../test/fixture';
import { startForTest, type ServiceForTest } from '../../../../test/start-for-test';
import type { Database } from '../../../shared/database/database';
import { purgeTools } from '../../../shared/retention/purge';
import { updateTimes } from '../../../shared/retention/retention.queries';
import { addDays } from '../../../shared/period';
import { insertAcceptedDays } from '../../retention/kept-figures.queries';
import { reportingSubgraph } from '../../subgraph';
import { selectCohortRows } from '../cohort-rows.queries';
import { keepFigures } from './keep-figures';
import { everyClass, selectStoredFigures } from './organisation-figures.queries';
import { purgeStoredFigures } from './purge-stored';
import { startFigures } from './schedule';
import { windowsToKeep } from './windows-to-keep';

/** More than are looked at one by one, by the number of their classes. */
const classes = Array.from({ length: 1_300 }, (_, n) => `k${n}`);
const people = Array.from({ length: 60 }, (_, n) => `p${n}`);

let testDatabase: TestDatabase;
let owner: Database;
let database: Database;
let service: ServiceForTest;
let tenant: KnownTenant;
let small: KnownTenant;
let now = new Date('2026-03-20T12:00:00Z');

const hours = (number: number): void => void (now = new Date(now.getTime() + number * 3_600_000));

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = await connectOwner(testDatabase.url);
  database = await connectApplication(testDatabase.url);
  const plain = { groups: { land: 'country' }, people: { admin: ['ORG_ADMIN' as const] } };
  tenant = await createTenant(owner, {
    ...{ ...plain, key: 'large' },
    classes: Object.fromEntries(classes.map(name => [name, { grade: '5' }])),
    placements: { india: { land: null, ...Object.fromEntries(classes.map(name => [name, 'land'])) } },
    people: { ...plain.people, ...Object.fromEntries(people.map(name => [name, ['LEARNER' as const]])) },
    enrolments: people.map((person, n) => ({ class: classes[n]!, person })),
    competencies: [{ code: 'adds', grade: '5' }, { code: 'counts', grade: '5' }],
    statuses: people.slice(0, 20).map((person, n) => ({ person, competency: 'adds', day: addDays('2026-03-20', -2 * n), status: 1 + (n % 3) })),
  });
  small = await createTenant(owner, { ...plain, key: 'small', classes: { one: { grade: '5' } }, placements: { india: { land: null, one: 'land' } } });
  service = await startForTest({ url: testDatabase.url, subgraphs: [reportingSubgraph], background: false, now: () => now });
}, 60_000);
afterAll(async () => {
  await service.close();
  await database.close();
  await owner.close();
  await testDatabase.drop();
});

const keep = (of = tenant) => keepFigures({ database, tenantId: of.number, now: () => now });

const ask = async (args = '', fields = '') => {
  const query = `{ organisationAnalytics${args} { learners activeLearners averages { engagement }
    users { total byRole { role active } } provenance { source storedLevel asOf freshness } ${fields} } }`;
  const { data, errors } = await service.ask({ subgraph: 'reporting', tenant, as: 'admin', query });
  expect(errors ?? []).toEqual([]);
  return (data as { organisationAnalytics: Record<string, never> }).organisationAnalytics as never as {
    learners: number;
    activeLearners: number;
    users: object;
    provenance: { source: string; asOf: string; freshness: string };
    trend: { from: string; learners: number; asOf: string }[];
  };
};

let event = 0;
const record = async (person: string) => {
  const { errors } = await service.ask({
    subgraph: 'reporting',
    tenant,
    as: 'admin',
    query: `mutation { recordActivity(events: [{ eventId: "e${event++}", classId: "${tenant.nodeId(classes[people.indexOf(person)]!)}",
      userId: "${tenant.personId(person)}", occurredAt: "2026-03-20T08:00:00Z", score: 70 }]) { accepted } }`,
  });
  expect(errors ?? []).toEqual([]);
};

describe('a large tenant\'s figures', () => {
  test('are looked at one by one until they have been made', async () => {
    expect((await ask()).provenance).toMatchObject({ source: 'READ_TIME', freshness: 'FRESH' });
  });

  test('once made are what would be counted now, in every window', async () => {
    await record('p3');
    const windows = windowsToKeep('2026-03-20');
    expect(await keep()).toBe(windows.length);
    const stored = await database.transaction(tenant.number, 'read', tx => selectStoredFigures(tx, windows));
    expect(stored).toHaveLength(windows.length);
    for (const { window, row } of stored) {
      const [counted = null] = await database.transaction(tenant.number, 'read', tx =>
        selectCohortRows(tx, everyClass, { windows: [window], thresholds: null }));
      const plain = (one: typeof row) => one && { ...one, key: '', index: 0, atRisk: 0, lastDay: null };
      expect([window, plain(row)]).toEqual([window, plain(counted)]);
    }
    expect(stored.some(({ row }) => row !== null && row.newlyCompleted > 0)).toBe(true);
  }, 60_000);

  test('are of this very moment while nothing has changed, and say how old they are once something has', async () => {
    hours(3);
    const whole = { source: 'STORED', storedLevel: 'tenant', freshness: 'FRESH' };
    expect(await ask()).toMatchObject({ learners: 60, activeLearners: 1, provenance: { ...whole, asOf: now.toISOString() } });
    await record('p4');
    const made = '2026-03-20T12:00:00.000Z';
    expect(await ask()).toMatchObject({ activeLearners: 1, provenance: { ...whole, asOf: made } });
    hours(2);
    expect((await ask()).provenance).toMatchObject({ freshness: 'STALE', asOf: made });
    await keep();
    expect(await ask()).toMatchObject({ activeLearners: 2, provenance: { ...whole, asOf: now.toISOString() } });
  }, 60_000);

  test('are not made again where nothing has changed', async () => {
    hours(1);
    expect(await keep()).toBe(0);
  });

  test('have a trend, of which each point says of when it is', async () => {
    const { trend } = await ask('', 'trend(period: { from: "2026-03-01", through: "2026-03-20" }, interval: DAY) { from learners activeLearners asOf }');
    expect(trend).toHaveLength(20);
    expect(trend.at(-1)).toMatchObject({ from: '2026-03-20', learners: 60, activeLearners: 2 });
    for (const { asOf } of trend) expect(asOf <= now.toISOString()).toBe(true);
  });

  test('of a window that was not made are counted while somebody waits', async () => {
    expect((await ask('(asOf: "2026-03-10")')).provenance).toMatchObject({ source: 'READ_TIME', freshness: 'FRESH' });
  });

  test('are VERY_STALE a day later, if nobody made them anew', async () => {
    await record('p5');
    hours(25);
    expect((await ask('(asOf: "2026-03-20")')).provenance).toMatchObject({ source: 'STORED', freshness: 'VERY_STALE' });
  });
});

test('of a small tenant nothing is made', async () => {
  expect(await keep(small)).toBe(0);
});

test('of several processes one makes them at a time, and the others go by', async () => {
  const errors: unknown[] = [];
  let written = 0;
  database.onStatement = sql => void (sql.includes('insert into organisation_figures') && written++);
  await record('p6');
  hours(25);
  const background = [1, 2, 3].map(() => startFigures({ database, now: () => now, onError: error => errors.push(error), first: 1, round: 3_600_000 }));
  const made = async () => {
    const rows = await database.transaction(tenant.number, 'read', tx => selectStoredFigures(tx, windowsToKeep('2026-03-22')));
    return rows.filter(({ computedAt }) => computedAt.getTime() === now.getTime()).length;
  };
  while ((await made()) < windowsToKeep('2026-03-22').length) await new Promise(resolve => setTimeout(resolve, 50));
  await Promise.all(background.map(one => one.stop()));
  database.onStatement = undefined;
  expect([errors, written]).toEqual([[], windowsToKeep('2026-03-22').length]);
}, 60_000);

test('nothing is made of windows of which something has expired, so that a purge has nothing to delete', async () => {
  const first = addDays(now.toISOString().slice(0, 10), -60);
  await database.transaction(tenant.number, 'write', tx => updateTimes(tx, { figureDays: 60 }));
  await owner.transaction(tenant.number, 'write', tx => insertAcceptedDays(tx, [new Date('2025-12-01T12:00:00Z')], new Date('2025-12-01T12:00:00Z')));
  const purge = () => purgeTools({ owner, tenantId: tenant.number, now }).then(purgeStoredFigures);
  const firstDays = async () => {
    const rows = await database.transaction(tenant.number, 'read', tx => selectStoredFigures(tx, windowsToKeep(now.toISOString().slice(0, 10))));
    return rows.map(({ window }) => window.from).sort();
  };
  expect((await firstDays())[0]! < first).toBe(true);
  await purge();
  expect((await firstDays())[0]! >= first).toBe(true);
  hours(25);
  await record('p7');
  await keep();
  expect((await firstDays())[0]! >= first).toBe(true);
  expect(await keep()).toBe(0);
}, 60_000);

test('what is kept ready begins with today and holds whole intervals', () => {
  const windows = windowsToKeep('2026-03-20');
  const has = (from: string, through: string) => windows.some(one => one.from === from && one.through === through);
  expect(windows.every(({ through }) => through <= '2026-03-20')).toBe(true);
  expect([
    has('2026-02-21', '2026-03-20'), has('2026-02-20', '2026-03-19'), has('2026-03-20', '2026-03-20'), has('2026-03-16', '2026-03-20'),
    has('2026-03-09', '2026-03-15'), has('2026-02-01', '2026-02-28'), has('2025-03-01', '2025-03-31'), has('2026-01-01', '2026-03-20'),
    has('2022-01-01', '2022-12-31'),
  ]).toEqual(Array(9).fill(true));
});
