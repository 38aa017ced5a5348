import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectApplication, connectOwner, createTenant } from '../../../test/fixture';
import type { Database } from '../../shared/database/database';
import { selectPersonWithPassword } from './password.queries';

let testDatabase: TestDatabase;
let database: Database;
let tenant: number;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const owner = await connectOwner(testDatabase.url);
  tenant = (await createTenant(owner, { key: 'acme', people: { Ann: ['LEARNER'] } })).number;
  await owner.close();
  database = await connectApplication(testDatabase.url);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

test('a sign-in finds its person by the index under row-level security, however the login is capitalised', async () => {
  await database.transaction(tenant, 'read', async tx => {
    await tx.query('set local enable_seqscan = off'); // of one person all ways are short
    const asked: string[] = [];
    const query = (sql: string): Promise<never[]> => {
      asked.push(sql);
      return Promise.resolve([]);
    };
    await selectPersonWithPassword({ tenantId: tenant, query } as never, 'aNN');
    const plan = await tx.query<{ 'QUERY PLAN': string }>(`explain ${asked[0]}`, [tenant, 'aNN']);
    expect(plan.map(row => row['QUERY PLAN']).join('\n')).toMatch(/Index Cond: .*tenant_id = .*login_key = /);
    expect(await selectPersonWithPassword(tx, 'aNN')).toMatchObject({ external_id: 'Ann' });
  });
});
