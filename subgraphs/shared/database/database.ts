import type { Pool, PoolClient } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { beginSpan } from '../tracing';
import { AskedTogether } from './asked-together';
import { Beginning, type Seen } from './beginning';
import { OwnClient } from './client';
import { Expectations } from './expected';
import { Memory, noMemory } from './memory';
import { makeSound, OpenTransaction } from './open-transaction';
import { poolWaitSeconds, tellPool } from './pool.metrics';
import { Replica, type ReplicaSettings } from './replica';
import { selectReplicaMoment } from './replica.queries';
import type { FirstQuestion } from './standing-statements';
import type { Access, Transaction } from './transaction';

export type { Access, Transaction } from './transaction';

export interface DatabaseSettings {
  url: string;
  /** Whether to step down to the application's role in each transaction; false where the login is that role's own. */
  stepDown: boolean;
  entities: Function[];
  /** By which its connections are known in the figures: a subgraph's; 'other' when omitted. */
  name?: string;
  poolSize?: number | undefined;
  /** Milliseconds a statement may take before the database cancels it. */
  statementTimeout?: number;
  /** Whether statements are prepared once a connection; not behind a pooler that hands connections on. As `Database` says when omitted. */
  prepares?: boolean | undefined;
  /** See `firstAnswer`. */
  firstQuestion?: FirstQuestion | undefined;
  /** Another, of what the database itself is asked for; see `lastAnswer`. */
  lastQuestion?: (tenantId: number) => string;
  /** A streaming replica of it, for reads that may be of a moment ago. */
  replica?: ReplicaSettings | undefined;
  /**
   * The way past a pooler that hands connections on: for what lives as long as a connection. The owner's login, say, which
   * steps down; unset: `url` leads there itself.
   */
  directUrl?: string | undefined;
}

/** Settings as another thread can be told them, which has entities and questions of its own. */
export type TellableSettings = Omit<DatabaseSettings, 'entities' | 'firstQuestion' | 'lastQuestion' | 'replica'>;

/** How a transaction goes about it. */
export interface Manner {
  /** When it is aborted, the database gives up what it does, and the transaction takes no more statements. */
  signal?: AbortSignal | undefined;
  /** Of a read: whether it may go on by what the one before saw; see `OpenTransaction.begun`. */
  ahead?: boolean;
}

type BesideSettings = Pick<DatabaseSettings, 'poolSize' | 'statementTimeout' | 'prepares'>;

/** The way to the tables of one subgraph. Each transaction belongs to one tenant, under row-level security. */
export class Database {
  private constructor(
    private readonly source: DataSource,
    private readonly settings: DatabaseSettings,
  ) {
    const { name = otherName, prepares = Database.prepares } = settings;
    this.prepares = prepares;
    this.beginning = new Beginning({ ...settings, prepares });
    this.expectations = new Expectations(settings.firstQuestion);
    this.tellsNoMore = tellPool(name, (source.driver as unknown as { master: Pool }).master);
    const seconds = poolWaitSeconds.labels(name);
    this.waited = taken => seconds.observe(taken);
    this.replica = settings.replica && this.replicaOf(settings.replica);
  }

  private readonly memory = new Memory();
  private readonly prepares: boolean;
  private readonly beginning: Beginning;
  private readonly expectations: Expectations;
  private readonly versions = new AskedTogether<number, string>(
    async tenantId => (await this.asking(client => this.beginning.askVersion(client, tenantId))).version,
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
  beside(settings: BesideSettings): Promise<Database> {
    const { entities, firstQuestion } = this.settings;
    return Database.connect({ entities, firstQuestion, ...this.tellableSettings(settings) });
  }

  /** The settings of such a way, for a thread of its own. */
  tellableSettings(settings: BesideSettings): TellableSettings {
    const { entities: _entities, firstQuestion: _first, lastQuestion: _last, replica: _replica, directUrl, ...same } = this.settings;
    return { ...same, prepares: this.prepares, ...(directUrl ? { url: directUrl, stepDown: true } : {}), ...settings };
  }

  private replicaOf({ url, mostSecondsBehind }: ReplicaSettings): Replica<OpenTransaction> {
    const { replica: _replica, directUrl: _directUrl, ...same } = this.settings;
    const connect = () => Database.connect({ ...same, url, lastQuestion: selectReplicaMoment });
    return new Replica(this, connect, mostSecondsBehind);
  }

  /**
   * Begins a transaction for one tenant. A read sees one moment (repeatable read) and writes nothing.
   * Whoever begins it must end it with `commit` or `rollback`.
   */
  async begin(tenantId: number, access: Access, { signal, ahead = false }: Manner = {}): Promise<OpenTransaction> {
    if (!Number.isInteger(tenantId)) throw new Error('a transaction needs a tenant');
    const runner = this.source.createQueryRunner();
    const span = beginSpan({ name: `transaction ${access}`, attributes: { 'strata.tenant_number': tenantId } });
    let client: PoolClient | undefined;
    try {
      client = await this.connected(runner);
      await this.beginning.prepareOn(client);
      const expected = ahead ? this.expectations.of(tenantId) : undefined;
      if (expected) (client as unknown as OwnClient).holdBack();
      const begun = this.beginning.begin(client, tenantId, access).then(seen => this.sees(seen, { tenantId, access, expected }));
      const { structure, ...seen } = expected ?? (await begun);
      return new OpenTransaction({
        tenantId,
        access,
        runner,
        client,
        prepares: this.prepares,
        onStatement: sql => this.onStatement?.(sql),
        span,
        memory: structure === undefined ? noMemory : this.memory.of(tenantId, structure),
        ...seen,
        ...(expected ? { begun } : {}),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      span?.end('no_transaction');
      await makeSound(client);
      await runner.release();
      throw error;
    }
  }

  private sees(
    seen: Seen,
    { tenantId, access, expected }: { tenantId: number; access: Access; expected: Seen | undefined },
  ): Seen {
    if (access === 'write') this.expectations.forget(tenantId);
    else this.expectations.saw(tenantId, seen);
    if (expected) this.expectations.compare(expected, seen);
    return seen;
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
    const transaction = await this.begin(tenantId, access, { signal });
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
  ask<Row>(tenantId: number, question: string): Promise<Row> {
    return this.asking(client => this.beginning.ask<Row>(client, tenantId, question));
  }

  private async asking<Row>(ask: (client: PoolClient) => Promise<Row>): Promise<Row> {
    const runner = this.source.createQueryRunner();
    let client: PoolClient | undefined;
    try {
      client = await this.connected(runner);
      await this.beginning.prepareOn(client);
      return await ask(client);
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
    const ended = transaction.endBehind().catch(() => undefined).finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }

  async close(): Promise<void> {
    await Promise.all(this.ending);
    this.tellsNoMore();
    await this.replica?.close();
    if (this.source.isInitialized) await this.source.destroy();
  }
}

const otherName = 'other';
