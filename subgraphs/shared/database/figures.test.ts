import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../../test/fixture';
import { everyFigure } from '../metrics';
import type { Database } from './database';
import { tellDatabase, type FiguresParts } from './figures';

const now = new Date('2026-03-20T12:00:00Z');

let database: TestDatabase;
let owner: Database;
let tenants: KnownTenant[];
const errors: unknown[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  tenants = [];
  for (const [key, people] of [['acme', 3], ['rival', 5], ['empty', 0]] as const) {
    const named = Object.fromEntries(Array.from({ length: people }, (_, n) => [`${key}-${n}`, ['LEARNER' as const]]));
    tenants.push(await createTenant(owner, { key, people: named }));
  }
});
afterAll(async () => {
  await owner.close();
  await database.drop();
  expect(errors).toEqual([]);
});

const inTenants: FiguresParts['figures'] = [
  ['sum', 'test_people', 'select count(*) from people where people.tenant_id ='],
  ['greatest', 'test_most_people', 'select count(*) from people where people.tenant_id ='],
  ['greatest', 'test_people_of_nobody', 'select max(people.id) from people where people.tenant_id < 0 and people.tenant_id ='],
].map(([over, name, select]) => ({ over, name, help: 'For a test.', select: (tenant: string) => `${select} ${tenant}` })) as never;

/** What /metrics says while `parts` are told. */
async function told(parts: Partial<FiguresParts> = {}, times = 1): Promise<Map<string, number>[]> {
  const end = tellDatabase({ owner, tables: [], figures: [], now: () => now, onError: error => errors.push(error), ...parts });
  try {
    const found: Map<string, number>[] = [];
    for (let time = 0; time < times; time++) {
      const lines = (await everyFigure()).split('\n').filter(line => /^\w/.test(line));
      found.push(new Map(lines.map(line => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))])));
    }
    return found;
  } finally {
    await end();
  }
}

test('what is counted over all tenants is counted in each, though no login sees the rows of two', async () => {
  const [figures] = await told({ figures: inTenants });
  expect([figures!.get('test_people'), figures!.get('test_most_people'), figures!.get('test_people_of_nobody')]).toEqual([8, 5, 0]);
  const seen = await owner.transaction(tenants[0]!.number, 'read', tx => tx.query<{ count: string }>('select count(*) from people'));
  expect(seen).toEqual([{ count: '3' }]);
});

test('the database is asked once in a while, however often /metrics is', async () => {
  const counting = await connectOwner(database.url);
  let statements = 0;
  counting.onStatement = () => statements++;
  let clock = now.getTime();
  const end = tellDatabase({ owner: counting, tables: [], figures: inTenants, now: () => new Date(clock), onError: error => errors.push(error) });
  await Promise.all([everyFigure(), everyFigure()]);
  await everyFigure();
  const once = statements;
  expect(once).toBeGreaterThan(0);
  clock += 14_999;
  await everyFigure();
  expect(statements).toBe(once);
  clock += 1;
  await everyFigure();
  expect(statements).toBe(2 * once);
  await end();
  await counting.close();
});

test('a database that does not answer is told to be away, and nothing of what was so before', async () => {
  const failures: unknown[] = [];
  const away = await connectOwner(database.url);
  await away.close();
  const [figures] = await told({ owner: away, figures: inTenants, onError: error => failures.push(error) });
  expect(figures!.get('strata_database_up')).toBe(0);
  expect([...figures!.keys()].filter(name => /^strata_(database_(?!up)|table)|^test_/.test(name))).toEqual([]);
  expect(failures).toHaveLength(1);
});

test('one that hangs is given up', async () => {
  const failures: unknown[] = [];
  const sleepy: FiguresParts['figures'] = [{ over: 'sum', name: 'test_asleep', help: 'For a test.', select: () => 'select 1 from (select pg_sleep(1)) asleep' }];
  const [figures] = await told({ figures: sleepy, patience: 200, onError: error => failures.push(error) });
  expect(figures!.get('strata_database_up')).toBe(0);
  expect(failures).toEqual([expect.objectContaining({ message: 'the database\'s figures were not there within 200 ms' })]);
});

test('the database tells of its connections, its oldest transaction and its tables', async () => {
  const old = new Client({ connectionString: database.url });
  await old.connect();
  await old.query('begin');
  await old.query('select pg_sleep(1.2)');
  const [figures] = await told();
  await old.end();
  const value = (name: string): number => figures!.get(name)!;
  expect(value('strata_database_up')).toBe(1);
  expect(value('strata_database_connections')).toBeGreaterThanOrEqual(2);
  expect(value('strata_database_active_connections')).toBeGreaterThanOrEqual(1); // the one that asks
  expect(value('strata_database_connections_limit')).toBeGreaterThanOrEqual(value('strata_database_connections'));
  expect(value('strata_database_longest_transaction_seconds')).toBeGreaterThanOrEqual(1.2);
  expect(value('strata_table_bytes{table="people"}')).toBeGreaterThan(0);
  expect([...figures!.keys()].filter(name => name.includes('activity_events_other_days'))).toEqual([]);
  expect([...figures!.keys()].filter(name => name.startsWith('strata_replica_lag'))).toEqual([]);
});

test('partitions that stand ready are counted up to the first gap', async () => {
  const tables = [{ table: 'activity_events', by: 'day', ahead: 3 } as const];
  const make = (day: string) =>
    owner.transaction(1, 'write', tx =>
      tx.manager.query(`create table activity_events_${day.replaceAll('-', '_')} partition of activity_events
        for values from ('${day}') to ('${day}'::date + 1)`));
  const counted = async () => (await told({ tables }))[0]!.get('strata_partitions_ahead{table="activity_events"}');
  expect(await counted()).toBe(-1);
  await make('2026-03-20');
  expect(await counted()).toBe(0);
  await make('2026-03-22');
  expect(await counted()).toBe(0);
  await make('2026-03-21');
  expect(await counted()).toBe(2);
  await make('2026-03-23');
  expect(await counted()).toBe(3);
});
