import { platformTenant } from '../../migrations/row-level-security';
import { Database } from '../../subgraphs/shared/database/database';
import type { OpenDatabase } from './database';
import { findTenant, findTenants, type Tenant } from './people';

/** A connection for work that may take long, under the application's role: one tenant at a time, like everybody. */
export async function withPatience<T>(
  { ownerUrl }: OpenDatabase,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const settings = { url: ownerUrl, stepDown: true, entities: [], poolSize: 2, statementTimeout: 0 };
  const database = await Database.connect(settings);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The tenant that is named; without a name all of them, the platform apart, which has no classes. */
export const chosenTenants = async (database: Database, name?: string): Promise<Tenant[]> =>
  name === undefined
    ? (await findTenants(database)).filter(({ number }) => number !== platformTenant)
    : [await findTenant(database, name)];
