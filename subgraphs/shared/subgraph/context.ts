import type { Caller, Credentials, Identify } from '../access/caller';
import { platformTenant } from '../../../migrations/row-level-security';
import type { Database, Transaction } from '../database/database';
import { forbidden } from '../errors';
import { Session } from '../database/session';

/** What every resolver and rule of one operation is handed. Made anew for each operation: nothing outlives it. */
export interface SubgraphContext<Loaders = unknown> {
  readonly caller: Caller;
  readonly session: Session;
  readonly now: Date;
  /** A write to what tenants share, in the platform's own transaction. For super admins' mutations only. */
  inPlatform<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** A read of what only the platform sees, beside what the operation reads of its tenant. For super admins. */
  readPlatform<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Made anew after each write. */
  readonly loaders: Loaders;
}

export interface ContextParts<Loaders> {
  database: Database;
  identify: Identify;
  now: () => Date;
  createLoaders: (parts: { caller: Caller; session: Session; now: Date }) => Loaders;
}

export type CreateContext<Loaders = unknown> = (credentials: Credentials) => Promise<SubgraphContext<Loaders>>;

export const contextFactory =
  <Loaders>({ database, identify, now, createLoaders }: ContextParts<Loaders>): CreateContext<Loaders> =>
  async credentials => {
    const { caller, session } = await openSession(credentials, { database, identify });
    const moment = now();
    let loaders: Loaders | undefined;
    session.onWrite(() => (loaders = undefined));
    return {
      caller,
      session,
      now: moment,
      inPlatform: async work => {
        if (!caller.actsForPlatform) throw forbidden('Only a super admin may change what tenants share.');
        return session.write(work, platformTenant);
      },
      readPlatform: async work => {
        if (!caller.actsForPlatform) throw forbidden('Only a super admin may see what is the platform\'s.');
        return database.transaction(platformTenant, 'read', work);
      },
      get loaders() {
        loaders ??= createLoaders({ caller, session, now: moment });
        return loaders;
      },
    };
  };

/** Who asks is looked up in the transaction that then answers; only who acts in another tenant needs a second one. */
async function openSession(
  credentials: Credentials,
  { database, identify }: Pick<ContextParts<unknown>, 'database' | 'identify'>,
): Promise<{ caller: Caller; session: Session }> {
  let own: Session | undefined;
  try {
    const caller = await identify(credentials, async (tenantId, work) => {
      own = new Session(database, tenantId);
      return work(await own.read());
    });
    if (own?.tenantId === caller.tenantId) return { caller, session: own };
    await own?.close();
    return { caller, session: new Session(database, caller.tenantId) };
  } catch (error) {
    await own?.close();
    throw error;
  }
}
