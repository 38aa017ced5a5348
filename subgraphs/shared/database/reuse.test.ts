import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { acceptanceLock } from './acceptance-lock.queries';
import { Database } from './database';

let testDatabase: TestDatabase;
let database: Database;
let other: Client;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [], poolSize: 1, statementTimeout: 300 });
  other = new Client({ connectionString: testDatabase.adminUrl });
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await database.close();
  await testDatabase.drop();
});

const works = (): Promise<number> =>
  database.transaction(1, 'write', async tx => (await tx.query<{ one: number }>('select 1 as one'))[0]!.one);

/** What another session holds while `act` goes on. */
async function whileHeld(sql: string, act: () => Promise<void>): Promise<void> {
  await other.query('begin');
  try {
    await other.query(sql);
    await act();
  } finally {
    await other.query('rollback');
  }
}

test('a transaction that could not begin leaves a sound connection', async () => {
  await whileHeld(`select pg_advisory_xact_lock(${acceptanceLock}, 1)`, async () => {
    await expect(database.transaction(1, 'activity', async () => undefined)).rejects.toMatchObject({ code: '57014' });
  });
  expect(await works()).toBe(1);
});

test('a transaction that could not be committed leaves a sound connection, and nothing of what it wrote', async () => {
  await whileHeld('lock table tenant_versions in access exclusive mode', async () => {
    const writing = database.transaction(1, 'write', tx => tx.query('select pg_current_xact_id()'));
    await expect(writing).rejects.toMatchObject({ code: '57014' });
  });
  expect(await works()).toBe(1);
});

test('a question that found no answer in time leaves a sound connection', async () => {
  await whileHeld('lock table tenant_versions in access exclusive mode', async () => {
    await expect(database.version(1)).rejects.toMatchObject({ code: '57014' });
  });
  expect(await works()).toBe(1);
});
