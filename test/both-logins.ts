import type { Database } from '../subgraphs/shared/database/database';
import { createTestDatabase } from './database';
import { connectApplication, connectOwner } from './fixture';

/** A database of a test's own, and both ways in. */
export interface BothLogins {
  url: string;
  owner: Database;
  application: Database;
  /** The database goes with them. */
  close(): Promise<void>;
}

export async function openBothLogins(): Promise<BothLogins> {
  const testDatabase = await createTestDatabase();
  const { url } = testDatabase;
  const [owner, application] = [await connectOwner(url), await connectApplication(url, 12)];
  return {
    ...{ url, owner, application },
    close: async () => {
      await application.close();
      await owner.close();
      await testDatabase.drop();
    },
  };
}
