import { randomBytes } from 'node:crypto';
import { createDatabase, dropDatabase } from './server.queries';

/** The server of this test run; set once, before the first test, for every worker. */
export interface TestServer {
  /** The login that makes and drops databases; on the embedded server a superuser. */
  adminUrl: string;
  /** The login that owns them: an ordinary one, to which forced row-level security applies. */
  ownerUrl: string;
  /** The ways through PgBouncer in transaction mode, where that is installed: the owner's, and the service's own login's. */
  pooled?: { ownerUrl: string; serviceUrl: string };
  /** A migrated database, from which those of the tests are cloned. */
  template: string;
  /** For files that several test files of the run read; it is gone after the run. */
  folder: string;
}

export const testServerVariable = 'STRATA_TEST_SERVER';

export function testServer(): TestServer {
  const known = process.env[testServerVariable];
  if (!known) throw new Error('no test server is running: jest starts it by the globalSetup of jest.config.ts');
  return JSON.parse(known) as TestServer;
}

export interface TestDatabase {
  /** The owner's login, as DATABASE_URL: no superuser, so row-level security holds for it too. */
  url: string;
  /** The same, past any pooler: for what lives as long as a connection. */
  directUrl: string;
  /** The server's own login: with the embedded server a superuser, who sees the rows of every tenant. */
  adminUrl: string;
  /** What a process of Strata is told of this database. */
  settings: Record<string, string>;
  /** Call it in afterAll, after closing what is connected. */
  drop(): Promise<void>;
}

/**
 * A database of a test file's own, migrated and empty: cloned from the run's template, so it takes a tenth of a second.
 *
 *     let database: TestDatabase;
 *     beforeAll(async () => { database = await createTestDatabase(); });
 *     afterAll(() => database.drop());
 *
 * `copied`: of another database, which nobody may be connected to, instead of the empty one.
 */
export async function createTestDatabase({ copied }: { copied?: Pick<TestDatabase, 'directUrl'> } = {}): Promise<TestDatabase> {
  const { adminUrl, ownerUrl, template, pooled } = testServer();
  const pool = isBehindPgBouncer() ? pooled! : undefined;
  const name = `strata_test_${randomBytes(8).toString('hex')}`;
  await createDatabase(adminUrl, { name, owner: new URL(ownerUrl).username, template: copied ? nameOf(copied.directUrl) : template });
  return {
    url: databaseUrl(pool?.ownerUrl ?? ownerUrl, name),
    directUrl: databaseUrl(ownerUrl, name),
    adminUrl: databaseUrl(adminUrl, name),
    settings: {
      DATABASE_URL: databaseUrl(ownerUrl, name),
      ...(pool ? { STRATA_APP_DATABASE_URL: databaseUrl(pool.serviceUrl, name), STRATA_PREPARED_STATEMENTS: '0' } : {}),
    },
    drop: () => dropDatabase(adminUrl, name),
  };
}

/** Whether this test file goes through PgBouncer: all of them under STRATA_TEST_PGBOUNCER=1, and test/behind-pgbouncer.test.ts. */
export const isBehindPgBouncer = (): boolean => process.env.STRATA_TEST_PGBOUNCER === '1';

/** The way past PgBouncer to the same database, with the same login. */
export function directUrlOf(url: string): string {
  const { pooled, ownerUrl } = JSON.parse(process.env[testServerVariable]!) as TestServer;
  const [given, direct] = [new URL(url), new URL(ownerUrl)];
  if (pooled && given.host === new URL(pooled.ownerUrl).host) [given.hostname, given.port] = [direct.hostname, direct.port];
  return given.href;
}

/** Whether there is one to go through. */
export const hasPgBouncer = (): boolean =>
  (JSON.parse(process.env[testServerVariable] ?? '{}') as Partial<TestServer>).pooled !== undefined;

/** The database's. */
export const nameOf = (url: string): string => new URL(url).pathname.slice(1);

export function databaseUrl(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
