import type { Database } from './database';
import { SeenOtherwise } from './expected';
import type { OpenTransaction } from './open-transaction';
import type { ReplicaRead } from './replica';
import type { Transaction } from './transaction';

export interface SessionOptions {
  /** When it is aborted, the database gives up what it does for this session. */
  signal?: AbortSignal | undefined;
  /** Whether its reads may be of a moment ago: a replica answers them, where there is one. */
  mayLag?: boolean;
  /** Whether its reads may go on by what the tenant's last read saw; whoever lets them asks `isAsExpected` before it believes them. */
  ahead?: boolean;
}

type Record = (tx: Transaction, result: unknown) => Promise<void>;

/**
 * What one GraphQL operation sees of the database: all its reads are of the same moment. A write has a transaction of
 * its own; what is read afterwards is read anew, so that a mutation's answer shows what it did.
 */
export class Session {
  private reading: Promise<OpenTransaction> | undefined;
  private afterWrite: (() => void)[] = [];
  private toRecord: Record | undefined;
  private hasWritten = false;
  private closed = false;
  private replicaRead: ReplicaRead | undefined;

  constructor(
    private readonly database: Database,
    readonly tenantId: number,
    private readonly options: SessionOptions = {},
  ) {}

  read(): Promise<Transaction> {
    if (this.closed) return Promise.reject(new Error('the operation that reads has ended'));
    this.reading ??= this.beginReading();
    return this.reading;
  }

  private async beginReading(): Promise<OpenTransaction> {
    const { replica } = this.database;
    const { signal, mayLag = false, ahead = false } = this.options;
    const read = mayLag && !this.hasWritten ? await replica?.begin(this.tenantId, signal) : undefined;
    this.replicaRead = read;
    return read?.transaction ?? this.database.begin(this.tenantId, 'read', { signal, ahead: ahead && !this.hasWritten });
  }

  /** Of which moment it is what this session has read, where that is not now. */
  get lagging(): ReplicaRead | undefined {
    return this.replicaRead;
  }

  /** Whether what it has read is what there is. Rejects where it could not be read. */
  async isAsExpected(): Promise<boolean> {
    const transaction = await this.reading;
    try {
      await transaction?.begun;
      return true;
    } catch (error) {
      if (error instanceof SeenOtherwise) return false;
      throw error;
    }
  }

  /**
   * The tenant's version as this session has read it; undefined where it has written, or read nothing, or what has not got
   * as far as the tenant has.
   */
  async version(): Promise<string | undefined> {
    if (this.hasWritten || this.replicaRead?.isLevel === false) return undefined;
    return (await this.reading)?.version;
  }

  /** A write of activity and its figures alone. */
  record<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.change(work, { tenantId: this.tenantId, access: 'activity' });
  }

  write<T>(work: (transaction: Transaction) => Promise<T>, tenantId = this.tenantId): Promise<T> {
    return this.change(work, { tenantId, access: 'write' });
  }

  private async change<T>(
    work: (transaction: Transaction) => Promise<T>,
    { tenantId, access }: { tenantId: number; access: 'write' | 'activity' },
  ): Promise<T> {
    if (!(await this.isAsExpected())) throw new SeenOtherwise(); // nothing is written by what may be no more
    await this.end();
    this.hasWritten = true;
    const record = this.toRecord;
    try {
      const result = await this.database.transaction(tenantId, access, withRecord(work, record), this.options.signal);
      if (this.toRecord === record) this.toRecord = undefined;
      return result;
    } finally {
      for (const forget of this.afterWrite) forget();
    }
  }

  /**
   * Does something that is to be recorded: `record` is called in the first transaction that it writes, with what that
   * returns, or in one of its own where it ends well without any. What fails is not recorded.
   */
  async recorded<T>(act: () => Promise<T>, record: Record): Promise<T> {
    this.toRecord = record;
    try {
      const result = await act();
      const unwritten = this.toRecord as Record | undefined;
      if (unwritten) await this.write(async tx => tx.keepVersion());
      return result;
    } finally {
      this.toRecord = undefined;
    }
  }

  /** `forget` is called after each write: whoever remembers what was read must read it again. */
  onWrite(forget: () => void): void {
    this.afterWrite.push(forget);
  }

  /**
   * The operation is over. An error that takes the whole answer with it ends it while fields beside are still resolved:
   * what they read then would begin a transaction that nobody ends, and keep a connection for good.
   */
  close(): Promise<void> {
    this.closed = true;
    return this.end();
  }

  private async end(): Promise<void> {
    const reading = this.reading;
    this.reading = this.replicaRead = undefined;
    const transaction = await reading?.catch(() => undefined);
    if (transaction) this.database.endBehind(transaction);
  }
}

const withRecord =
  <T>(work: (transaction: Transaction) => Promise<T>, record: Record | undefined) =>
  async (tx: Transaction): Promise<T> => {
    const result = await work(tx);
    await record?.(tx, result);
    return result;
  };
