import { Database } from '../subgraphs/shared/database/database';

/** What jest loads before a test file that goes through PgBouncer in transaction mode; see test/pgbouncer.ts. */
process.env.STRATA_TEST_PGBOUNCER = '1';
Database.prepares = false;
