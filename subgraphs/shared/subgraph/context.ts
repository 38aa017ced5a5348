import type { Caller, Credentials, Identify } from '../access/caller';
import { platformTenant } from '../../../migrations/row-level-security';
import type { Database, Transaction } from '../database/database';
import { SeenOtherwise } from '../database/expected';
import { forbidden } from '../errors';
import { Session, type SessionOptions } from '../database/session';

/** What every resolver and rule of one operation is handed. Made anew for each operation: nothing outlives it. */
export interface SubgraphContext<Loaders = unknown> {
  readonly caller: Caller;
  readonly session: Session;
  readonly now: Date;
  /** The moment of what is read: all that was accepted before it is in. Now, but where a replica answers. */
  readonly asOf: Date;
  /** Rows that the lists of an operation may have in all: for whoever gives a list that does not say how long it may be. */
  readonly mostRows: number;
  /** Where the request came from, for the audit log. */
  readonly from: Pick<Credentials, 'address' | 'agent'>;
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
  mostRows: number;
  createLoaders: (parts: { caller: Caller; session: Session; now: Date }) => Loaders;
}

export type CreateContext<Loaders = unknown> = (credentials: Credentials, options?: SessionOptions) => Promise<SubgraphContext<Loaders>>;

export const contextFactory =
  <Loaders>({ database, identify, now, mostRows, createLoaders }: ContextParts<Loaders>): CreateContext<Loaders> =>
  async (credentials, options = {}) => {
    const moment = now(); // before anything is read: all that was accepted by then is in the answer
    const { caller, session } = await openSession(credentials, { database, identify, options });
    let loaders: Loaders | undefined;
    session.onWrite(() => (loaders = undefined));
    return {
      caller,
      session,
      mostRows,
      now: moment,
      get asOf() {
        const { asOf = moment } = session.lagging ?? {};
        return asOf < moment ? asOf : moment;
      },
      from: credentials,
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
  { database, identify, options }: Pick<ContextParts<unknown>, 'database' | 'identify'> & { options: SessionOptions },
): Promise<{ caller: Caller; session: Session }> {
  let own: Session | undefined;
  try {
    const caller = await identify(credentials, async (tenantId, work) => {
      own = new Session(database, tenantId, options);
      return work(await own.read());
    });
    if (own?.tenantId === caller.tenantId && !lacksOwn(database, caller, own)) return { caller, session: own };
    if ((await own?.isAsExpected()) === false) throw new SeenOtherwise();
    await own?.close();
    return { caller, session: new Session(database, caller.tenantId, { ...options, mayLag: false }) };
  } catch (error) {
    // Whoever is refused, or not known, is so by what there is.
    const asExpected = await own?.isAsExpected().catch(() => true);
    await own?.close();
    throw asExpected === false ? new SeenOtherwise() : error;
  }
}

/** Whether the caller has written what this session, reading on a replica, would not show them yet. */
const lacksOwn = (database: Database, { tenantId, personId }: Caller, { lagging }: Session): boolean =>
  lagging !== undefined && database.replica?.hasAllOf(tenantId, personId, lagging) === false;
