import { openBothLogins, type BothLogins } from '../../../test/both-logins';
import { createTenant, type KnownTenant } from '../../../test/fixture';
import { twoHierarchies } from '../../../test/two-hierarchies';
import { platformTenant } from '../../../migrations/row-level-security';
import { ingest } from '../../reporting/published';
import type { Database } from '../../shared/database/database';
import { leads } from '../../shared/database/led-task.queries';
import { runWeek } from './run-week';
import { startWeekly } from './schedule';

let logins: BothLogins;
let owner: Database;
let database: Database;
let tenants = 0;

beforeAll(async () => {
  logins = await openBothLogins();
  ({ owner, application: database } = logins);
});
afterAll(() => logins.close());

const made = (): Promise<KnownTenant> =>
  createTenant(owner, {
    ...twoHierarchies(`tenant-${tenants++}`),
    competencies: [{ code: 'adds', grade: '5', subject: 'Maths' }, { code: 'draws', grade: '5', subject: 'Arts' }],
    enrolments: [
      { class: 'a1', person: 'ann', enrolledAt: '2025-12-01T00:00:00Z' },
      { class: 'a2', person: 'ann', enrolledAt: '2025-12-01T00:00:00Z' },
      { class: 'a2', person: 'ben', enrolledAt: '2025-12-01T00:00:00Z', endedAt: '2026-01-04T00:00:00Z' },
    ],
    statuses: [{ person: 'ann', competency: 'adds', day: '2026-01-01', status: 3 }],
  });

const now = new Date('2026-01-07T12:00:00Z');
const run = (tenant: KnownTenant, day: string) => database.transaction(tenant.number, 'write', tx => runWeek(tx, { day, now }));

const rowsOf = (tenant: KnownTenant, week: string) =>
  database.transaction(tenant.number, 'read', async tx => {
    const rows = await tx.query<{ name: string; students: number; completed: string; expected: string }>(
      `select classes.external_id as name, class_weeks.students, class_weeks.completed, class_weeks.expected
       from class_weeks join classes on classes.tenant_id = $1 and classes.id = class_weeks.class_id
       where class_weeks.tenant_id = $1 and class_weeks.week = $2 order by 1`,
      [tx.tenantId, week],
    );
    return rows.map(({ name, students, completed, expected }) => [name, students, Number(completed), Number(expected)]);
  });

const record = (tenant: KnownTenant, occurredAt: string, status: string) =>
  database.transaction(tenant.number, 'write', tx =>
    ingest(
      tx,
      [{ eventId: occurredAt, classId: tenant.nodeId('a1'), userId: tenant.personId('ann'), competency: 'adds', occurredAt, status }],
      { now, ids: 'public' },
    ),
  );

test('a row for each active class with a grade: its active students and where they stand at the end of Sunday', async () => {
  const tenant = await made();
  const week = { from: '2025-12-29', through: '2026-01-04' };
  expect(await run(tenant, '2026-01-01')).toEqual({ ...week, added: 6, changed: 0, unchanged: 0, removed: 0 });
  expect(await rowsOf(tenant, '2025-12-29')).toEqual([
    ...[['a1', 1, 1, 1], ['a2', 1, 1, 2], ['adrift', 0, 0, 0]],
    ...[['b1', 0, 0, 0], ['loose', 0, 0, 0], ['s1', 0, 0, 0]],
  ]);
  await run(tenant, '2025-12-28');
  expect((await rowsOf(tenant, '2025-12-22')).slice(0, 2)).toEqual([['a1', 1, 0, 1], ['a2', 2, 0, 4]]);
});

test('run again it writes the same; what came late is in', async () => {
  const tenant = await made();
  await run(tenant, '2025-12-30');
  expect(await run(tenant, '2026-01-04')).toMatchObject({ added: 0, changed: 0, unchanged: 6, removed: 0 });
  await record(tenant, '2026-01-03T10:00:00Z', 'IN_PROGRESS');
  expect(await run(tenant, '2025-12-29')).toMatchObject({ added: 0, changed: 2, unchanged: 4, removed: 0 });
  expect((await rowsOf(tenant, '2025-12-29')).slice(0, 2)).toEqual([['a1', 1, 0, 1], ['a2', 1, 0, 2]]);
});

test('a class that by what is known now had no grade in that week has no row any more', async () => {
  const tenant = await made();
  await run(tenant, '2025-12-30');
  await owner.transaction(tenant.number, 'write', tx =>
    tx.query(`update class_terms set grade = null where tenant_id = $1 and class_id = $2`, [tx.tenantId, tenant.classes.get('s1')]),
  );
  expect(await run(tenant, '2025-12-30')).toMatchObject({ unchanged: 5, removed: 1 });
});

test('two runs at once write one week', async () => {
  const tenant = await made();
  const runs = await Promise.all([run(tenant, '2025-12-30'), run(tenant, '2025-12-30'), run(tenant, '2025-12-30')]);
  expect(runs.map(({ added, unchanged }) => [added, unchanged]).sort()).toEqual([[0, 6], [0, 6], [6, 0]]);
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 400) throw new Error('it did not come to pass');
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}

test('in the background the last weeks are made, and made again when something came late', async () => {
  const tenant = await made();
  const errors: unknown[] = [];
  const weekly = startWeekly({ database, now: () => now, onError: error => errors.push(error), first: 0, round: 50 });
  try {
    await until(async () => (await rowsOf(tenant, '2025-12-08')).length > 0); // the fourth back
    expect((await rowsOf(tenant, '2025-12-29'))[0]).toEqual(['a1', 1, 1, 1]);
    await record(tenant, '2026-01-03T10:00:00Z', 'IN_PROGRESS');
    await until(async () => (await rowsOf(tenant, '2025-12-29'))[0]![2] === 0);
  } finally {
    await weekly.stop();
  }
  expect(errors).toEqual([]);
});

test('while another process leads, this one leaves the weeks to it', async () => {
  const tenant = await made();
  await database.transaction(platformTenant, 'write', async leading => {
    expect(await leads(leading, 'weeks')).toBe(true);
    const weekly = startWeekly({ database, now: () => now, onError: () => undefined, first: 0, round: 20 });
    await new Promise(resolve => setTimeout(resolve, 300));
    await weekly.stop();
    expect(await rowsOf(tenant, '2025-12-29')).toEqual([]);
  });
});
