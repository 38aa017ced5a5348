import { createRequire } from 'node:module';
import { platformTenant } from '../migrations/row-level-security';
import { Database } from '../subgraphs/shared/database/database';
import { Session } from '../subgraphs/shared/database/session';
import { createTestDatabase, hasPgBouncer, type TestDatabase } from './database';

/** PgBouncer has 12 connections to the server here, and each process as many to it. */
if (hasPgBouncer()) {
  createRequire(__filename)('./go-through-pgbouncer');
  let testDatabase: TestDatabase;
  let busy: Database;
  let other: Database;
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    const settings = { url: testDatabase.url, stepDown: true, entities: [] };
    busy = await Database.connect({ ...settings, poolSize: 12 });
    other = await Database.connect({ ...settings, poolSize: 1 });
  });
  afterAll(async () => {
    await Promise.all([busy.close(), other.close()]);
    await testDatabase.drop();
  });

  test('a process that reads all the time leaves PgBouncer\'s connections to others, too', async () => {
    let over = false;
    const reader = async (): Promise<void> => {
      while (!over) {
        const session = new Session(busy, platformTenant, { ahead: true });
        await (await session.read()).query('select pg_sleep(0.002)');
        await session.close();
      }
    };
    const readers = Array.from({ length: 36 }, reader);
    await new Promise(resolve => setTimeout(resolve, 500));
    const begun = performance.now();
    const waited = other.version(platformTenant).then(() => performance.now() - begun);
    const patience = new Promise<number>(resolve => setTimeout(() => resolve(Infinity), 3_000).unref());
    const took = await Promise.race([waited, patience]);
    over = true;
    await Promise.all([...readers, waited]);
    expect(took).toBeLessThan(1_500);
  });
} else {
  test.skip('NOT RUN behind PgBouncer: it is not installed (apt-get install pgbouncer)', () => undefined);
}
