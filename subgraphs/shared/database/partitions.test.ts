import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { Database } from './database';
import { makePartitionsAhead, partitionsAhead, type PartitionedTable } from './partitions';

const activity: PartitionedTable = { table: 'activity_events', by: 'day', ahead: 2 };
const now = new Date('2027-12-31T23:30:00Z');

describe('partitions that will be needed', () => {
  test('are those of today and the days after it, across the turn of a year', () => {
    expect(partitionsAhead(activity, now)).toEqual([
      { name: 'activity_events_2027_12_31', from: '2027-12-31', before: '2028-01-01' },
      { name: 'activity_events_2028_01_01', from: '2028-01-01', before: '2028-01-02' },
      { name: 'activity_events_2028_01_02', from: '2028-01-02', before: '2028-01-03' },
    ]);
  });

  test('are those of this month and the months after it', () => {
    expect(partitionsAhead({ table: 'log', by: 'month', ahead: 1 }, now)).toEqual([
      { name: 'log_2027_12', from: '2027-12-01', before: '2028-01-01' },
      { name: 'log_2028_01', from: '2028-01-01', before: '2028-02-01' },
    ]);
  });
});

describe('in the database', () => {
  let testDatabase: TestDatabase;
  let owner: Database;
  let application: Database;
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    owner = await Database.connect({ url: testDatabase.url, stepDown: false, entities: [] });
    application = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [] });
  });
  afterAll(async () => {
    await owner.close();
    await application.close();
    await testDatabase.drop();
  });

  const tenant = async (name: string): Promise<number> =>
    owner.transaction(1, 'write', async tx => {
      const [row] = await tx.query<{ id: number }>('insert into tenants (external_id, name) values ($1, $1) returning id', [name]);
      return row!.id;
    });
  const record = (tenantId: number, day: string) =>
    application.transaction(tenantId, 'write', tx =>
      tx.query(
        `insert into activity_events (tenant_id, accepted_on, event_id, class_id, person_id, occurred_at, day, kind, context_id)
         values ($1, $2::date, $2::date::text, 1, 1, now(), $2::date, 'COLLECTION', 1)`,
        [tenantId, day],
      ),
    );
  const placesOf = (tenantId: number) =>
    owner.transaction(tenantId, 'read', tx =>
      tx.query<{ place: string }>(
        `select tableoid::regclass::text as place from activity_events where tenant_id = $1 order by accepted_on`,
        [tenantId],
      ),
    );

  test('they are made once however many make them, and rows go there', async () => {
    const makers = await Promise.all([1, 2, 3].map(() => makePartitionsAhead(owner, { tables: [activity], now })));
    expect(makers.flat().sort()).toEqual(partitionsAhead(activity, now).map(({ name }) => name));
    const known = await tenant('partitioned');
    for (const day of ['2027-12-31', '2028-01-02', '2028-01-03']) await record(known, day);
    expect((await placesOf(known)).map(({ place }) => place)).toEqual([
      'activity_events_2027_12_31', 'activity_events_2028_01_02', 'activity_events_other_days',
    ]);
  });

  test('a partition is closed to other tenants, and to the application unless it goes through the table', async () => {
    const other = await tenant('other');
    const seen = (database: Database, table: string) =>
      database.transaction(other, 'read', tx => tx.query(`select from ${table}`));
    expect(await seen(application, 'activity_events')).toEqual([]);
    expect(await seen(owner, 'activity_events_2027_12_31')).toEqual([]);
    await expect(seen(application, 'activity_events_2027_12_31')).rejects.toMatchObject({ code: '42501' });
  });

  test('a day whose rows came before its partition keeps them, and the others are made', async () => {
    const known = await tenant('early');
    await record(known, '2028-02-02');
    const made = await makePartitionsAhead(owner, { tables: [activity], now: new Date('2028-02-01T00:00:00Z') });
    expect(made).toEqual(['activity_events_2028_02_01', 'activity_events_2028_02_03']);
    expect((await placesOf(known)).map(({ place }) => place)).toEqual(['activity_events_other_days']);
  });
});
