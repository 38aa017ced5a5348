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
  <Loaders>(parts: ContextParts<Loaders>): CreateContext<Loaders> =>
  async (credentials, options = {}) => {
    const { database, identify } = parts;
    const moment = parts.now(); // before anything is read: all that was accepted by then is in the answer
    const { caller, session } = await openSession(credentials, { database, identify, options });
    return new OperationContext(parts, { caller, session, now: moment, from: credentials });
  };

/** A class, since an object that is made with getters of its own lives until the next full collection of garbage. */
class OperationContext<Loaders> implements SubgraphContext<Loaders> {
  readonly caller: Caller;
  readonly session: Session;
  readonly now: Date;
  readonly from: Credentials;
  readonly mostRows: number;
  private made: Loaders | undefined;

  constructor(
    private readonly parts: ContextParts<Loaders>,
    { caller, session, now, from }: Pick<SubgraphContext, 'caller' | 'session' | 'now'> & { from: Credentials },
  ) {
    this.caller = caller;
    this.session = session;
    this.now = now;
    this.from = from;
    this.mostRows = parts.mostRows;
    session.onWrite(() => (this.made = undefined));
  }

  get asOf(): Date {
    const { asOf = this.now } = this.session.lagging ?? {};
    return asOf < this.now ? asOf : this.now;
  }

  get loaders(): Loaders {
    const { caller, session, now } = this;
    this.made ??= this.parts.createLoaders({ caller, session, now });
    return this.made;
  }

  readonly inPlatform = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    if (!this.caller.actsForPlatform) throw forbidden('Only a super admin may change what tenants share.');
    return this.session.write(work, platformTenant);
  };

  readonly readPlatform = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    if (!this.caller.actsForPlatform) throw forbidden('Only a super admin may see what is the platform\'s.');
    return this.parts.database.transaction(platformTenant, 'read', work);
  };
}

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
