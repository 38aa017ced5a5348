import { createRequire } from 'node:module';
import { platformTenant } from '../migrations/row-level-security';
import { createTestDatabase, hasPgBouncer } from './database';
import { connectApplication } from './fixture';

/**
 * What reaches every part of the service, once more with PgBouncer in transaction mode between it and the database. All
 * tests go that way with `npm run test:pgbouncer`.
 */
const suites = ['statement-count', 'answers-that-repeat', 'oneroster-in-the-graph', 'reads-of-an-operation'];

if (hasPgBouncer()) {
  const load = createRequire(__filename);
  load('./go-through-pgbouncer');
  test('the way to the database is through PgBouncer, and nothing is prepared', async () => {
    const database = await createTestDatabase();
    const connection = await connectApplication(database.url);
    const answer = await connection.transaction(platformTenant, 'read', tx =>
      tx.query<{ port: number; prepared: number }>(
        'select inet_server_port() as port, (select count(*)::int from pg_prepared_statements) as prepared',
      ),
    );
    expect(answer).toEqual([{ port: Number(new URL(database.directUrl).port), prepared: 0 }]);
    expect(new URL(database.url).port).not.toBe(new URL(database.directUrl).port);
    await connection.close();
    await database.drop();
  });
  describe.each(suites)('behind PgBouncer: %s', name => {
    load(`./${name}.test`);
  });
} else {
  test.skip('NOT RUN behind PgBouncer: it is not installed (apt-get install pgbouncer)', () => undefined);
}
