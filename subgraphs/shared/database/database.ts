import type { Pool, PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { applicationRole } from '../../../migrations/row-level-security';
import { Problem } from '../errors';
import { beginSpan, type LongSpan } from '../tracing';
import { shareAcceptance } from './acceptance-lock.queries';
import { AskedTogether } from './asked-together';
import { cancelStatement } from './cancel';
import { OwnClient } from './client';
import { Memory, noMemory, type TenantMemory } from './memory';
import { poolWaitSeconds, tellPool } from './pool.metrics';
import { Replica, type ReplicaSettings } from './replica';
import { selectReplicaMoment } from './replica.queries';
import { execute, nameOf, prepareOn, type Question } from './standing-statements';
import { moveSlot, moveVersion, nextSlot, selectVersion, type Changed } from './version.queries';

/** One tenant's transaction. Whatever is read or written goes through it; it cannot see another tenant's rows. */
export interface Transaction {
  readonly tenantId: number;
  readonly manager: EntityManager;
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** What this transaction writes changes no answer: the tenant's version stays. Sums that are only moved, say. */
  keepVersion(): void;
  /** What was read of the tenant's structure at this transaction's version; nothing where that may change within it. */
  readonly memory: TenantMemory;
  /** The tenant's version as a read sees it. */
  readonly version?: string | undefined;
  /** The row that the database's `firstQuestion` found; not of a `write`. */
  readonly firstAnswer?: object | undefined;
  /** Likewise of its `lastQuestion`. */
  readonly lastAnswer?: object | undefined;
  /** `act` is called once this transaction has committed, and never where it does not. */
  afterCommit(act: () => void): void;
}

export interface DatabaseSettings {
  url: string;
  /** Whether to step down to the application's role in each transaction; false where the login is that role's own. */
  stepDown: boolean;
  entities: Function[];
  /** By which its connections are known in the figures: a subgraph's; 'other' when omitted. */
  name?: string;
  poolSize?: number;
  /** Milliseconds a statement may take before the database cancels it. */
  statementTimeout?: number;
  /** Whether statements are prepared once a connection; not behind a pooler that hands connections on. As `Database` says when omitted. */
  prepares?: boolean;
  /** A question that every read begins with, in the message that begins it; see `firstAnswer`. */
  firstQuestion?: Question;
  /** Another, of what the database itself is asked for; see `lastAnswer`. */
  lastQuestion?: (tenantId: number) => string;
  /** A streaming replica of it, for reads that may be of a moment ago. */
  replica?: ReplicaSettings;
  /**
   * The way past a pooler that hands connections on: for what lives as long as a connection. The owner's login, say, which
   * steps down; unset: `url` leads there itself.
   */
  directUrl?: string;
}

/** `activity`: a write of activity and its figures alone, by which who sees which node where stays as it is. */
export type Access = 'read' | 'write' | 'activity';

/** The way to the tables of one subgraph. Each transaction belongs to one tenant, under row-level security. */
export class Database {
  private constructor(
    private readonly source: DataSource,
    private readonly settings: DatabaseSettings,
  ) {
    const { name = otherName } = settings;
    this.tellsNoMore = tellPool(name, (source.driver as unknown as { master: Pool }).master);
    const seconds = poolWaitSeconds.labels(name);
    this.waited = taken => seconds.observe(taken);
    this.replica = settings.replica && this.replicaOf(settings.replica);
  }

  private readonly memory = new Memory();
  private readonly versions = new AskedTogether<number, string>(
    async tenantId => (await this.ask<{ version: string }>(tenantId, this.asked(selectVersion, tenantId))).version,
  );
  /** Where reads may go that say of which moment they are; undefined without one. */
  readonly replica: Replica<OpenTransaction> | undefined;
  /** Reads that are being ended behind their answers. */
  private readonly ending = new Set<Promise<void>>();
  private readonly tellsNoMore: () => void;
  private readonly waited: (seconds: number) => void;

  /** Whether statements are prepared where the settings do not say. */
  static prepares = true;

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
      extra: {
        ...{ idleTimeoutMillis: 30_000, application_name: 'strata' },
        ...{ Client: OwnClient, poolName: settings.name ?? otherName },
      },
      // A connection that breaks while idle is replaced by the pool; without this TypeORM would log it as an error.
      poolErrorHandler: () => undefined,
    });
    await source.initialize();
    return new Database(source, settings);
  }

  /** A way of its own to the same tables, with the same rights, past any pooler. Whoever asks for it closes it. */
  beside(settings: Pick<DatabaseSettings, 'poolSize' | 'statementTimeout' | 'prepares'>): Promise<Database> {
    const { replica: _replica, directUrl, ...same } = this.settings;
    return Database.connect({ ...same, ...(directUrl ? { url: directUrl, stepDown: true } : {}), ...settings });
  }

  private replicaOf({ url, mostSecondsBehind }: ReplicaSettings): Replica<OpenTransaction> {
    const { replica: _replica, directUrl: _directUrl, ...same } = this.settings;
    const connect = () => Database.connect({ ...same, url, lastQuestion: selectReplicaMoment });
    return new Replica(this, connect, mostSecondsBehind);
  }

  /**
   * Begins a transaction for one tenant. A read sees one moment (repeatable read) and writes nothing.
   * Whoever begins it must end it with `commit` or `rollback`. When `signal` is aborted, the database gives up what it
   * does, and the transaction takes no more statements.
   */
  async begin(tenantId: number, access: Access, signal?: AbortSignal): Promise<OpenTransaction> {
    if (!Number.isInteger(tenantId)) throw new Error('a transaction needs a tenant');
    const runner = this.source.createQueryRunner();
    const span = beginSpan({ name: `transaction ${access}`, attributes: { 'strata.tenant_number': tenantId } });
    let client: PoolClient | undefined;
    try {
      client = await this.connected(runner);
      await this.prepareStanding(client);
      const results = (await client.query(this.firstMessage(tenantId, access))) as unknown as { rows: object[] }[];
      const answers = access === 'write' ? [] : results.slice(this.beginning(tenantId, access).length);
      const { firstQuestion, lastQuestion } = this.settings;
      const seen = answers[0]?.rows[0] as { version: string; structure: string } | undefined;
      return new OpenTransaction({
        tenantId,
        access,
        runner,
        client,
        prepares: this.prepares,
        onStatement: sql => this.onStatement?.(sql),
        span,
        version: seen?.version,
        memory: seen ? this.memory.of(tenantId, seen.structure) : noMemory,
        firstAnswer: firstQuestion && answers[1]?.rows[0],
        lastAnswer: lastQuestion && answers.at(-1)?.rows[0],
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      span?.end('no_transaction');
      await makeSound(client);
      await runner.release();
      throw error;
    }
  }

  private async connected(runner: QueryRunner): Promise<PoolClient> {
    const begun = performance.now();
    const client = (await runner.connect()) as PoolClient;
    this.waited((performance.now() - begun) / 1_000);
    return client;
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

  /** The tenant's version; asked before every answer that is given again, once for all who wait for it. */
  version(tenantId: number): Promise<string> {
    return this.versions.of(tenantId);
  }

  /** The row that answers a question without parameters; one message there and back. */
  async ask<Row>(tenantId: number, question: string): Promise<Row> {
    const runner = this.source.createQueryRunner();
    let client: PoolClient | undefined;
    try {
      client = await this.connected(runner);
      await this.prepareStanding(client);
      const message = [...this.beginning(tenantId, 'read'), question, 'commit'].join('; ');
      const results = (await client.query(message)) as unknown as { rows: Row[] }[];
      return results.at(-2)!.rows[0]!;
    } catch (error) {
      await makeSound(client);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** Rejects where the database cannot be reached. */
  async ping(): Promise<void> {
    await this.source.query('select 1');
  }

  /** Ends a read without anybody waiting for it: its answer is known, and nothing of it can be lost. */
  endBehind(transaction: OpenTransaction): void {
    const ended = transaction.commit().catch(() => undefined).finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }

  async close(): Promise<void> {
    await Promise.all(this.ending);
    this.tellsNoMore();
    await this.replica?.close();
    if (this.source.isInitialized) await this.source.destroy();
  }

  /**
   * Begin, settings and, of a read, the version it sees in one message: one way to the server instead of five. Only
   * integers and our own words go in.
   */
  private firstMessage(tenantId: number, access: Access): string {
    const { firstQuestion, lastQuestion } = this.settings;
    const questions = [selectVersion, ...(firstQuestion ? [firstQuestion] : [])].map(question => this.asked(question, tenantId));
    if (lastQuestion) questions.push(lastQuestion(tenantId));
    return [...this.beginning(tenantId, access), ...(access === 'write' ? [] : questions)].join('; ');
  }

  private get prepares(): boolean {
    return this.settings.prepares ?? Database.prepares;
  }

  private asked(question: Question, tenantId: number): string {
    return this.prepares ? execute(question('$1'), tenantId) : question(tenantId);
  }

  /** What messages begin and end with; planning these each time took longer than all else about a small write. */
  private async prepareStanding(client: PoolClient): Promise<void> {
    const { firstQuestion } = this.settings;
    const questions = [selectVersion, ...(firstQuestion ? [firstQuestion] : [])].map(question => question('$1'));
    if (this.prepares) await prepareOn(client, [moveSlot('$1', '$2'), ...questions]);
  }

  private beginning(tenantId: number, access: Access): string[] {
    return [
      access === 'read' ? 'begin isolation level repeatable read read only' : 'begin',
      ...(this.settings.stepDown ? [`set local role ${applicationRole}`] : []),
      `set local app.tenant_id = '${tenantId}'`,
      `set local statement_timeout = ${this.settings.statementTimeout ?? 30_000}`,
      // The same few statements all the time, for ten events or a thousand: planned for each number anew, small batches
      // took longer to plan than to write.
      ...(access === 'activity' ? [`set local plan_cache_mode = force_generic_plan`] : []),
      ...(access === 'activity' ? [shareAcceptance(tenantId)] : []),
    ];
  }
}

const otherName = 'other';

/**
 * A message that fails leaves the transaction open that it began, or was to end: whatever the connection's next user
 * asked would fail with it. A connection that is lost is replaced by the pool.
 */
const makeSound = async (client: PoolClient | undefined): Promise<void> => {
  await client?.query('rollback').catch(() => undefined);
};

interface TransactionParts {
  tenantId: number;
  access: Access;
  runner: QueryRunner;
  client: PoolClient;
  prepares: boolean;
  onStatement: (sql: string) => void;
  version: string | undefined;
  memory: TenantMemory;
  firstAnswer: object | undefined;
  span: LongSpan | undefined;
  lastAnswer: object | undefined;
  signal?: AbortSignal;
}

export class OpenTransaction implements Transaction {
  readonly tenantId: number;
  readonly memory: TenantMemory;
  readonly version: string | undefined;
  readonly firstAnswer: object | undefined;
  readonly lastAnswer: object | undefined;
  private open = true;
  private readonly acts: (() => void)[] = [];
  private changed: Changed | null;
  private cancelling: Promise<void> | undefined;

  constructor(private readonly parts: TransactionParts) {
    this.tenantId = parts.tenantId;
    this.memory = parts.memory;
    this.version = parts.version;
    this.firstAnswer = parts.firstAnswer;
    this.lastAnswer = parts.lastAnswer;
    this.changed = { read: null, write: 'structure' as const, activity: 'activity' as const }[parts.access];
    // Told to TypeORM, so that a repository's save() joins this transaction instead of beginning one of its own.
    (parts.runner as { isTransactionActive: boolean }).isTransactionActive = true;
    parts.signal?.addEventListener('abort', this.cancel, { once: true });
  }

  get manager(): EntityManager {
    return this.parts.runner.manager;
  }

  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    if (!this.open) throw new Error('this transaction has ended');
    const { client, prepares, onStatement, signal } = this.parts;
    if (signal?.aborted) throw new Problem('UNAVAILABLE', 'This took too long. Please ask for less, or try again.');
    onStatement(sql);
    const statement = { text: sql, values: parameters };
    const { rows } = await client.query(prepares ? { name: nameOf(sql), ...statement } : statement);
    return rows as Row[];
  }

  private readonly cancel = (): void => {
    this.cancelling = cancelStatement(this.parts.client).catch(() => undefined);
  };

  keepVersion(): void {
    this.changed = null;
  }

  afterCommit(act: () => void): void {
    this.acts.push(act);
  }

  async commit(): Promise<void> {
    await this.end(this.changed ? `${this.moveVersion(this.changed)}; commit` : 'commit');
    for (const act of this.acts.splice(0)) act();
  }

  rollback(): Promise<void> {
    return this.end('rollback');
  }

  private moveVersion(changed: Changed): string {
    if (!this.parts.prepares) return moveVersion(this.tenantId, changed);
    return execute(moveSlot('$1', '$2'), this.tenantId, nextSlot(changed));
  }

  private async end(message: string): Promise<void> {
    if (!this.open) return;
    this.open = false;
    const { client, runner, signal } = this.parts;
    signal?.removeEventListener('abort', this.cancel);
    try {
      await this.cancelling; // else it could hit the message that ends this, or the connection's next user
      await client.query(message);
    } catch (error) {
      if (message === 'rollback') return; // after a lost connection there is nothing left to roll back
      await makeSound(client);
      throw error;
    } finally {
      this.parts.span?.end(message === 'rollback' ? 'rolled_back' : undefined);
      (runner as { isTransactionActive: boolean }).isTransactionActive = false;
      await runner.release();
    }
  }
}
