import { randomBytes } from 'node:crypto';
import { createDatabase, dropDatabase } from './server.queries';

/** The server of this test run; set once, before the first test, for every worker. */
export interface TestServer {
  /** The login that makes and drops databases; on the embedded server a superuser. */
  adminUrl: string;
  /** The login that owns them: an ordinary one, to which forced row-level security applies. */
  ownerUrl: string;
  /** A migrated database, from which those of the tests are cloned. */
  template: string;
}

export const testServerVariable = 'STRATA_TEST_SERVER';

export interface TestDatabase {
  /** The owner's login, as DATABASE_URL: no superuser, so row-level security holds for it too. */
  url: string;
  /** The server's own login: with the embedded server a superuser, who sees the rows of every tenant. */
  adminUrl: string;
  /** Call it in afterAll, after closing what is connected. */
  drop(): Promise<void>;
}

/**
 * A database of a test file's own, migrated and empty: cloned from the run's template, so it takes a tenth of a second.
 *
 *     let database: TestDatabase;
 *     beforeAll(async () => { database = await createTestDatabase(); });
 *     afterAll(() => database.drop());
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const known = process.env[testServerVariable];
  if (!known) throw new Error('no test server is running: jest starts it by the globalSetup of jest.config.ts');
  const { adminUrl, ownerUrl, template } = JSON.parse(known) as TestServer;
  const name = `strata_test_${randomBytes(8).toString('hex')}`;
  await createDatabase(adminUrl, { name, owner: new URL(ownerUrl).username, template });
  return {
    url: databaseUrl(ownerUrl, name),
    adminUrl: databaseUrl(adminUrl, name),
    drop: () => dropDatabase(adminUrl, name),
  };
}

export function databaseUrl(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
