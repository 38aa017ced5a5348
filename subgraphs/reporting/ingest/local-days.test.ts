import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant } from '../../../test/fixture';
import { Database, type Transaction } from '../../shared/database/database';
import { moments } from './columns';
import { localDays } from './local-days';

let testDatabase: TestDatabase;
let database: Database;
let owner: Database;
let tenant: number;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = await connectOwner(testDatabase.url);
  ({ number: tenant } = await createTenant(owner, { key: 'acme', groups: {}, classes: {}, placements: {}, people: {} }));
  database = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [] });
});
afterAll(async () => {
  await database.close();
  await owner.close();
  await testDatabase.drop();
});

const setZone = (zone: string) =>
  owner.transaction(tenant, 'write', tx =>
    tx.query('update tenant_settings set time_zone = $2 where tenant_id = $1', [tx.tenantId, zone]),
  );

/** As PostgreSQL tells them one by one. */
const told = async (tx: Transaction, at: readonly Date[]): Promise<number[]> => {
  const rows = await tx.query<{ day: number }>(
    `select (asked.at at time zone tenant_settings.time_zone)::date - date '2000-01-01' as day
     from unnest($2::timestamptz[]) with ordinality asked(at, place)
     join tenant_settings on tenant_settings.tenant_id = $1
     order by asked.place`,
    [tx.tenantId, moments(at)],
  );
  return rows.map(row => row.day);
};

/** Moments of all times, those around each midnight and each change of the clocks of some years among them. */
function someMoments(): Date[] {
  const found: Date[] = [];
  for (const year of [1900, 1916, 1945, 1971, 1999, 2011, 2026]) {
    for (let day = 0; day < 365; day++) {
      for (const hour of [0, 4, 9.75, 10, 14, 18.5, 23]) {
        found.push(new Date(Date.UTC(year, 0, 1 + day) + hour * 3_600_000 + ((day * 37) % 3_600) * 1_000 - 1));
      }
    }
  }
  return found;
}

test.each([
  ['UTC'],
  ['Asia/Kolkata'],
  ['Asia/Kathmandu'],
  ['America/New_York'],
  ['Australia/Lord_Howe'], // its clocks change by half an hour
  ['Pacific/Apia'], // went without the 30th of December 2011
  ['Africa/Monrovia'], // 44 minutes and 30 seconds behind until 1972
  ['Europe/Amsterdam'], // 19 minutes and 32 seconds ahead until 1937
])("an event's day in %s is the one that PostgreSQL tells", async zone => {
  await setZone(zone);
  await database.transaction(tenant, 'activity', async tx => {
    const at = someMoments();
    const expected = await told(tx, at);
    expect(await localDays(tx, at)).toEqual(expected);
    expect(await localDays(tx, at)).toEqual(expected); // known by now
  });
});

test('when the clocks are changed within a quarter of an hour, each moment of it has its own day', async () => {
  await setZone('Africa/Monrovia'); // on 7 January 1972 at 00:44:30 UTC midnight came, and it was 00:44:30 at once
  await database.transaction(tenant, 'activity', async tx => {
    const at = ['00:29:59', '00:30:00', '00:44:29', '00:44:30', '00:44:59', '00:45:00'].map(time => new Date(`1972-01-07T${time}.999Z`));
    expect(await localDays(tx, at)).toEqual(await told(tx, at));
    expect(new Set(await localDays(tx, at)).size).toBe(2);
  });
});
