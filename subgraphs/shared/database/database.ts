import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { applicationRole } from '../../../migrations/row-level-security';
import { Problem } from '../errors';
import { cancelStatement } from './cancel';
import { moveVersion, selectVersion } from './version.queries';

/** One tenant's transaction. Whatever is read or written goes through it; it cannot see another tenant's rows. */
export interface Transaction {
  readonly tenantId: number;
  readonly manager: EntityManager;
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** What this transaction writes changes no answer: the tenant's version stays. Sums that are only moved, say. */
  keepVersion(): void;
  /** `act` is called once this transaction has committed, and never where it does not. */
  afterCommit(act: () => void): void;
}

export interface DatabaseSettings {
  url: string;
  /** Whether to step down to the application's role in each transaction; false where the login is that role's own. */
  stepDown: boolean;
  entities: Function[];
  poolSize?: number;
  /** Milliseconds a statement may take before the database cancels it. */
  statementTimeout?: number;
  /** Whether statements are prepared once a connection; not behind a pooler that hands connections on. */
  prepares?: boolean;
}

export type Access = 'read' | 'write';

/** The way to the tables of one subgraph. Each transaction belongs to one tenant, under row-level security. */
export class Database {
  private constructor(
    private readonly source: DataSource,
    private readonly settings: DatabaseSettings,
  ) {}

  /** Called with each statement's text, for counting and tracing. */
  onStatement: ((sql: string) => void) | undefined;

  static async connect(settings: DatabaseSettings): Promise<Database> {
    const source = new DataSource({
      type: 'postgres',
      url: settings.url,
      entities: settings.entities,
      poolSize: settings.poolSize ?? 12,
      synchronize: false,
      installExtensions: false,
      connectTimeoutMS: 5_000,
      extra: { idleTimeoutMillis: 30_000, application_name: 'strata' },
      // A connection that breaks while idle is replaced by the pool; without this TypeORM would log it as an error.
      poolErrorHandler: () => undefined,
    });
    await source.initialize();
    return new Database(source, settings);
  }

  /**
   * Begins a transaction for one tenant. A read sees one moment (repeatable read) and writes nothing.
   * Whoever begins it must end it with `commit` or `rollback`. When `signal` is aborted, the database gives up what it
   * does, and the transaction takes no more statements.
   */
  async begin(tenantId: number, access: Access, signal?: AbortSignal): Promise<OpenTransaction> {
    if (!Number.isInteger(tenantId)) throw new Error('a transaction needs a tenant');
    const runner = this.source.createQueryRunner();
    try {
      await runner.connect();
      const transaction = new OpenTransaction({
        tenantId,
        access,
        runner,
        prepares: this.settings.prepares ?? true,
        onStatement: sql => this.onStatement?.(sql),
        ...(signal ? { signal } : {}),
      });
      await transaction.start(this.firstMessage(tenantId, access));
      return transaction;
    } catch (error) {
      await runner.release();
      throw error;
    }
  }

  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  async transaction<T>(
    tenantId: number,
    access: Access,
    work: (transaction: Transaction) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const transaction = await this.begin(tenantId, access, signal);
    try {
      const result = await work(transaction);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  }

  /** The tenant's version; in one message, since it is asked before every answer that is given again. */
  async version(tenantId: number): Promise<string> {
    const runner = this.source.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      const message = `${this.firstMessage(tenantId, 'read')}; ${selectVersion(tenantId)}; commit`;
      const results = (await client.query(message)) as unknown as { rows: { version: string }[] }[];
      return results.at(-2)!.rows[0]!.version;
    } finally {
      await runner.release();
    }
  }

  /** Rejects where the database cannot be reached. */
  async ping(): Promise<void> {
    await this.source.query('select 1');
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  /** Begin and settings in one message: one way to the server instead of four. Only integers and our own words go in. */
  private firstMessage(tenantId: number, access: Access): string {
    return [
      access === 'read' ? 'begin isolation level repeatable read read only' : 'begin',
      ...(this.settings.stepDown ? [`set local role ${applicationRole}`] : []),
      `set local app.tenant_id = '${tenantId}'`,
      `set local statement_timeout = ${this.settings.statementTimeout ?? 30_000}`,
    ].join('; ');
  }
}

/** A prepared statement's name: the same text, the same plan. The texts are this program's own, some hundred in all. */
const nameOf = (sql: string): string => {
  let name = names.get(sql);
  if (!name) names.set(sql, (name = `s${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`));
  return name;
};
const names = new Map<string, string>();

interface TransactionParts {
  tenantId: number;
  access: Access;
  runner: QueryRunner;
  prepares: boolean;
  onStatement: (sql: string) => void;
  signal?: AbortSignal;
}

export class OpenTransaction implements Transaction {
  private open = false;
  private readonly acts: (() => void)[] = [];

  private readonly runner: QueryRunner;
  private readonly onStatement: (sql: string) => void;
  readonly tenantId: number;
  private movesVersion: boolean;
  private readonly prepares: boolean;
  private readonly signal: AbortSignal | undefined;
  private cancelling: Promise<void> | undefined;

  constructor({ tenantId, access, runner, prepares, onStatement, signal }: TransactionParts) {
    this.tenantId = tenantId;
    this.movesVersion = access === 'write';
    this.runner = runner;
    this.prepares = prepares;
    this.onStatement = onStatement;
    this.signal = signal;
  }

  get manager(): EntityManager {
    return this.runner.manager;
  }

  async start(firstMessage: string): Promise<void> {
    await this.runner.query(firstMessage);
    // Told to TypeORM, so that a repository's save() joins this transaction instead of beginning one of its own.
    (this.runner as { isTransactionActive: boolean }).isTransactionActive = true;
    this.open = true;
    this.signal?.addEventListener('abort', this.cancel, { once: true });
  }

  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    if (!this.open) throw new Error('this transaction has ended');
    if (this.signal?.aborted) throw new Problem('UNAVAILABLE', 'This took too long. Please ask for less, or try again.');
    this.onStatement(sql);
    const client = (await this.runner.connect()) as PoolClient;
    const { rows } = await client.query(this.prepares ? { name: nameOf(sql), text: sql, values: parameters } : { text: sql, values: parameters });
    return rows as Row[];
  }

  private readonly cancel = (): void => {
    this.cancelling = this.runner.connect().then(client => cancelStatement(client as PoolClient), () => undefined);
  };

  keepVersion(): void {
    this.movesVersion = false;
  }

  afterCommit(act: () => void): void {
    this.acts.push(act);
  }

  async commit(): Promise<void> {
    await this.end(this.movesVersion ? `${moveVersion(this.tenantId)}; commit` : 'commit');
    for (const act of this.acts.splice(0)) act();
  }

  rollback(): Promise<void> {
    return this.end('rollback');
  }

  private async end(message: string): Promise<void> {
    if (!this.open) return;
    this.open = false;
    this.signal?.removeEventListener('abort', this.cancel);
    try {
      await this.cancelling; // else it could hit the message that ends this, or the connection's next user
      await this.runner.query(message);
    } catch (error) {
      if (message !== 'rollback') throw error; // after a lost connection there is nothing left to roll back
    } finally {
      (this.runner as { isTransactionActive: boolean }).isTransactionActive = false;
      await this.runner.release();
    }
  }
}
