import { addCompetency, changeClass, changeCompetency, enrol, withdraw } from '../../../test/competency-life.queries';
import { adminOf } from '../../../test/admin-of';
import { openBothLogins, type BothLogins } from '../../../test/both-logins';
import { createTenant, type KnownTenant, type TenantFixture } from '../../../test/fixture';
import { nodeLoaders } from '../../hierarchy/published';
import type { Database, Transaction } from '../../shared/database/database';
import { Session } from '../../shared/database/session';
import { ingest } from '../ingest/ingest';
import { buildEverything } from '../rollup/build';
import { foldAll } from '../rollup/fold';
import { verify } from '../rollup/verify';
import { beginHistory, keepCompetencyCounts, keepCountsOfLoad } from './keep-competency-counts';
import { competencyStatesLoader } from './states.loader';

let logins: BothLogins;
let owner: Database;
let database: Database;
let tenants = 0;

beforeAll(async () => {
  logins = await openBothLogins();
  ({ owner, application: database } = logins);
});
afterAll(() => logins.close());

const fixture = (): TenantFixture => ({
  key: `tenant-${tenants++}`,
  timeZone: 'Asia/Kolkata',
  groups: { land: 'country' },
  classes: { a: { grade: '5' }, b: { grade: '5' } },
  placements: { india: { land: null, a: 'land', b: 'land' } },
  people: { admin: ['ORG_ADMIN'], ann: ['LEARNER'], ben: ['LEARNER'] },
  competencies: [{ code: 'adds', grade: '5' }, { code: 'draws', grade: '5' }],
  enrolments: [{ class: 'a', person: 'ann', enrolledAt: '2026-01-10T00:00:00Z' }],
});

/** Expected triples of a class at the end of days. */
async function expectedOf(tenant: KnownTenant, name: string, days: string[]): Promise<number[]> {
  const session = new Session(database, tenant.number);
  const caller = adminOf(tenant);
  try {
    const nodes = nodeLoaders({ caller, session });
    const node = (await nodes.node({ id: tenant.nodeId(name), hierarchyKey: 'india' }))!;
    const states = competencyStatesLoader({ caller, session, nodes });
    const { counts } = await states.load({ node, days, subject: null, framework: null });
    return counts.map(({ expected }) => expected);
  } finally {
    await session.close();
  }
}

const change = (tenant: KnownTenant, at: string, work: (tx: Transaction) => Promise<unknown>) =>
  database.transaction(tenant.number, 'write', tx =>
    keepCompetencyCounts(tx, { classes: [...tenant.classes.values()], now: new Date(at) }, () => work(tx)),
  );
const ann = (tenant: KnownTenant, klass = 'a') => ({ class: tenant.classes.get(klass)!, person: tenant.people.get('ann')! });
const days = ['2026-01-09', '2026-01-31', '2026-02-01', '2026-02-09', '2026-02-10', '2026-03-01'];

describe('the denominators follow the roster from their day on', () => {
  test('a withdrawn student leaves on the day, and comes back with a span of their own', async () => {
    const tenant = await createTenant(owner, fixture());
    expect(await expectedOf(tenant, 'a', days)).toEqual([0, 2, 2, 2, 2, 2]);
    const end = new Date('2026-01-31T20:00:00Z'); // in Kolkata the 1st of February
    await change(tenant, '2026-01-31T20:00:00Z', tx => withdraw(tx, { ...ann(tenant), at: end }));
    expect(await expectedOf(tenant, 'a', days)).toEqual([0, 2, 0, 0, 0, 0]);
    const again = new Date('2026-02-10T08:00:00Z');
    await change(tenant, '2026-02-12T08:00:00Z', tx => enrol(tx, { ...ann(tenant), enrolledAt: again }));
    expect(await expectedOf(tenant, 'a', days)).toEqual([0, 2, 0, 0, 2, 2]);
  });

  test('an enrolment whose day was wrong is set right for the days past', async () => {
    const tenant = await createTenant(owner, fixture());
    const right = new Date('2026-02-01T08:00:00Z');
    await change(tenant, '2026-02-20T08:00:00Z', tx => enrol(tx, { ...ann(tenant), enrolledAt: right }));
    expect(await expectedOf(tenant, 'a', days)).toEqual([0, 0, 2, 2, 2, 2]);
  });

  test('a changed grade, and a class that is inactive, count from today on', async () => {
    const tenant = await createTenant(owner, fixture());
    const klass = { class: tenant.classes.get('a')!, subject: null };
    await change(tenant, '2026-02-01T08:00:00Z', tx => changeClass(tx, { ...klass, grade: '6', active: true }));
    expect(await expectedOf(tenant, 'a', days)).toEqual([0, 2, 0, 0, 0, 0]);
    await change(tenant, '2026-02-10T08:00:00Z', tx => changeClass(tx, { ...klass, grade: '5', active: true }));
    expect(await expectedOf(tenant, 'a', days)).toEqual([0, 2, 0, 0, 2, 2]);
    await change(tenant, '2026-02-11T08:00:00Z', tx => changeClass(tx, { ...klass, grade: '5', active: false }));
    expect(await expectedOf(tenant, 'a', days)).toEqual([0, 2, 0, 0, 2, 0]);
  });

  test("a competency counts from the day it became known; the first framework's were always there", async () => {
    const tenant = await createTenant(owner, fixture());
    await owner.transaction(tenant.number, 'write', async tx => {
      await addCompetency(tx, { code: 'sings', grade: '5', subject: 'Arts', framework: 'core' });
      await keepCountsOfLoad(tx, new Date('2026-02-01T08:00:00Z'));
    });
    expect(await expectedOf(tenant, 'a', days)).toEqual([0, 2, 3, 3, 3, 3]);
    await owner.transaction(tenant.number, 'write', async tx => {
      await changeCompetency(tx, { code: 'adds', grade: '7', subject: null });
      await keepCountsOfLoad(tx, new Date('2026-02-10T08:00:00Z'));
    });
    expect(await expectedOf(tenant, 'a', days)).toEqual([0, 2, 3, 3, 2, 2]);
  });

  test('days that are past keep their boundaries when the time zone changes', async () => {
    const tenant = await createTenant(owner, fixture());
    const evening = new Date('2026-01-31T20:00:00Z'); // in Kolkata the 1st, in New York the 31st
    await change(tenant, '2026-02-05T08:00:00Z', tx => enrol(tx, { ...ann(tenant, 'b'), enrolledAt: evening }));
    await owner.transaction(tenant.number, 'write', tx =>
      tx.query(`update tenant_settings set time_zone = 'America/New_York' where tenant_id = $1`, [tx.tenantId]),
    );
    await owner.transaction(tenant.number, 'write', tx => keepCountsOfLoad(tx, new Date('2026-02-06T08:00:00Z')));
    expect(await expectedOf(tenant, 'b', days)).toEqual([0, 0, 2, 2, 2, 2]);
  });
});

test('what changes nothing of a roster leaves no delta', async () => {
  const tenant = await createTenant(owner, fixture());
  const deltas = () =>
    database.transaction(tenant.number, 'read', async tx => {
      const rows = await tx.query(`select from fact_deltas where tenant_id = $1`, [tx.tenantId]);
      return rows.length;
    });
  const before = await deltas();
  expect(before).toBeGreaterThan(0);
  await change(tenant, '2026-02-20T08:00:00Z', async () => undefined);
  expect(await deltas()).toBe(before);
});

test('a tenant from before any history was kept has one begun, once', async () => {
  const tenant = await createTenant(owner, fixture());
  await owner.transaction(tenant.number, 'write', async tx => {
    for (const table of ['fact_deltas', 'competency_changes', 'class_terms', 'enrolment_spans', 'competency_terms']) {
      await tx.query(`delete from ${table} where tenant_id = $1`, [tx.tenantId]);
    }
  });
  const begin = () => database.transaction(tenant.number, 'write', tx => beginHistory(tx, new Date('2026-02-20T08:00:00Z')));
  expect([await begin(), await begin()]).toEqual([true, false]);
  expect(await expectedOf(tenant, 'a', days)).toEqual([0, 2, 2, 2, 2, 2]);
});

test('statuses and changes of the roster at the same moment lose nothing', async () => {
  const tenant = await createTenant(owner, fixture());
  const people = ['ann', 'ben'];
  const statuses = ['IN_PROGRESS', 'INFERRED', 'COMPLETED', 'NOT_STARTED'];
  let made = 0;
  const send = async (writer: number): Promise<void> => {
    for (let round = 0; round < 12; round++) {
      const events = people.map((person, index) => ({
        eventId: `e${made++}`,
        classId: tenant.nodeId('b'),
        userId: tenant.personId(person),
        occurredAt: `2026-02-${String(1 + ((writer * 5 + round * 3 + index) % 20)).padStart(2, '0')}T08:00:00Z`,
        ...{ competency: round % 2 ? 'adds' : 'draws', status: statuses[(writer + round) % 4] },
      }));
      const now = new Date('2026-02-25T08:00:00Z');
      await database.transaction(tenant.number, 'write', tx => ingest(tx, events, { now, ids: 'public' }));
    }
  };
  const turnOver = async (klass: string): Promise<void> => {
    const who = { class: tenant.classes.get(klass)!, person: tenant.people.get('ben')! };
    for (let round = 0; round < 8; round++) {
      const day = String(3 + round * 2).padStart(2, '0');
      const at = `2026-02-${day}T08:00:00Z`;
      await change(tenant, at, tx =>
        round % 2 ? withdraw(tx, { ...who, at: new Date(at) }) : enrol(tx, { ...who, enrolledAt: new Date(at) }),
      );
    }
  };
  await database.transaction(tenant.number, 'write', tx => buildEverything(tx));
  await Promise.all([send(0), send(1), send(2), turnOver('a'), turnOver('b'), foldAll(database, tenant.number)]);
  await foldAll(database, tenant.number);
  const verdict = await database.transaction(tenant.number, 'read', tx => verify(tx));
  expect(verdict.differences).toEqual([]);
});

test('many classes changed at once count as each of them does', async () => {
  const plain = fixture();
  const many = Array.from({ length: 30 }, (_, n) => `c${n}`);
  const enrolments = many.map(name => ({ class: name, person: 'ann', enrolledAt: '2026-01-10T00:00:00Z' }));
  const tenant = await createTenant(owner, {
    ...plain,
    classes: Object.fromEntries(many.map((name, n) => [name, { grade: n % 2 ? '5' : '6' }])),
    placements: { india: { land: null, ...Object.fromEntries(many.map(name => [name, 'land'])) } },
    enrolments,
  });
  const status = {
    eventId: 's', classId: tenant.nodeId('c1'), userId: tenant.personId('ann'), occurredAt: '2026-01-20T08:00:00Z',
    ...{ competency: 'adds', status: 'COMPLETED' },
  };
  const now = new Date('2026-01-25T08:00:00Z');
  await database.transaction(tenant.number, 'write', tx => ingest(tx, [status], { now, ids: 'public' }));
  const at = new Date('2026-01-31T20:00:00Z');
  await change(tenant, at.toISOString(), async tx => {
    for (const name of many.slice(0, 10)) await withdraw(tx, { ...ann(tenant, name), at });
    for (const name of many) {
      const klass = { class: tenant.classes.get(name)!, subject: null, active: true };
      await changeClass(tx, { ...klass, grade: '5' });
    }
  });
  expect(await expectedOf(tenant, 'c1', days)).toEqual([0, 2, 0, 0, 0, 0]);
  expect(await expectedOf(tenant, 'c12', days)).toEqual([0, 0, 2, 2, 2, 2]);
  expect(await expectedOf(tenant, 'land', days)).toEqual([0, 30, 40, 40, 40, 40]);
  await foldAll(database, tenant.number);
  expect((await database.transaction(tenant.number, 'read', tx => verify(tx))).differences).toEqual([]);
});
