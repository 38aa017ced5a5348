import { Client } from 'pg';
import { Database } from '../subgraphs/shared/database/database';
import { createTestDatabase, type TestDatabase } from './database';

describe('the test databases', () => {
  let one: TestDatabase;
  let other: TestDatabase;

  beforeAll(async () => {
    [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  });
  afterAll(() => Promise.all([one.drop(), other.drop()]));

  test('the owner is an ordinary login, to which row-level security applies', async () => {
    const database = await Database.connect({ url: one.url, stepDown: false, entities: [] });
    const [me] = await database.transaction(1, 'read', tx =>
      tx.query<{ rolsuper: boolean; rolbypassrls: boolean }>(
        'select rolsuper, rolbypassrls from pg_roles where rolname = current_user',
      ),
    );
    expect(me).toEqual({ rolsuper: false, rolbypassrls: false });
    await database.close();
  });

  test('the application can step down to its role', async () => {
    const database = await Database.connect({ url: one.url, stepDown: true, entities: [] });
    const [me] = await database.transaction(1, 'read', tx => tx.query<{ name: string }>('select current_user as name'));
    expect(me).toEqual({ name: 'strata_app' });
    await database.close();
  });

  test('each has its own rows', async () => {
    await count(one, `insert into tenants (external_id, name) values ('mine', 'Mine') returning id`);
    expect(await count(one, 'select id from tenants')).toBe(2);
    expect(await count(other, 'select id from tenants')).toBe(1);
  });
});

async function count({ adminUrl }: TestDatabase, sql: string): Promise<number | null> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rowCount;
  } finally {
    await client.end();
  }
}
