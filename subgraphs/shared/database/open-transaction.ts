import type { PoolClient } from 'pg';
import type { EntityManager, QueryRunner } from 'typeorm';
import { Problem } from '../errors';
import type { LongSpan } from '../tracing';
import { cancelStatement } from './cancel';
import type { Seen } from './beginning';
import type { OwnClient } from './client';
import type { TenantMemory } from './memory';
import { execute, nameOf } from './standing-statements';
import type { Access, Transaction } from './transaction';
import { moveSlot, moveVersion, nextSlot, type Changed } from './version.queries';

/**
 * A message that fails leaves the transaction open that it began, or was to end: whatever the connection's next user
 * asked would fail with it. A connection that is lost is replaced by the pool.
 */
export const makeSound = async (client: PoolClient | undefined): Promise<void> => {
  await client?.query('rollback').catch(() => undefined);
};

interface TransactionParts {
  tenantId: number;
  access: Access;
  runner: QueryRunner;
  client: PoolClient;
  prepares: boolean;
  onStatement: (sql: string) => void;
  span: LongSpan | undefined;
  version?: string | undefined;
  memory: TenantMemory;
  begun?: Promise<Seen>;
  firstAnswer?: object | undefined;
  lastAnswer?: object | undefined;
  signal?: AbortSignal;
}

export class OpenTransaction implements Transaction {
  readonly tenantId: number;
  readonly access: Access;
  readonly memory: TenantMemory;
  readonly lastAnswer: object | undefined;
  /**
   * Of a read that goes on by what the one before saw: rejects with `SeenOtherwise` where it sees otherwise. What is read
   * is told, and remembered, only once it has resolved; what follows from what was recalled is to be believed then alone.
   */
  readonly begun: Promise<Seen> | undefined;
  version: string | undefined;
  firstAnswer: object | undefined;
  private open = true;
  private readonly acts: (() => void)[] = [];
  private changed: Changed | null;
  private cancelling: Promise<void> | undefined;

  constructor(private readonly parts: TransactionParts) {
    this.tenantId = parts.tenantId;
    this.access = parts.access;
    this.memory = parts.begun ? this.memoryOnceBegun(parts.memory) : parts.memory;
    this.version = parts.begun ? undefined : parts.version;
    this.begun = parts.begun?.then(seen => this.hasBegun(seen));
    this.begun?.catch(() => undefined); // whoever needs it asks
    this.firstAnswer = parts.firstAnswer;
    this.lastAnswer = parts.lastAnswer;
    this.changed = { read: null, write: 'structure' as const, activity: 'activity' as const }[parts.access];
    // Told to TypeORM, so that a repository's save() joins this transaction instead of beginning one of its own.
    (parts.runner as { isTransactionActive: boolean }).isTransactionActive = true;
    parts.signal?.addEventListener('abort', this.cancel, { once: true });
  }

  private hasBegun(seen: Seen): Seen {
    this.version = seen.version;
    this.firstAnswer = seen.firstAnswer;
    return seen;
  }

  private memoryOnceBegun(memory: TenantMemory): TenantMemory {
    const remember: TenantMemory['remember'] = (key, value, rows) =>
      this.version === undefined ? value : memory.remember(key, value, rows);
    return { recall: memory.recall, remember };
  }

  get manager(): EntityManager {
    return this.parts.runner.manager;
  }

  query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.send(sql, parameters, this.parts.prepares);
  }

  queryPlannedAnew<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.send(sql, parameters, false);
  }

  private async send<Row>(sql: string, parameters: unknown[], prepares: boolean): Promise<Row[]> {
    if (!this.open) throw new Error('this transaction has ended');
    const { client, onStatement, signal } = this.parts;
    if (signal?.aborted) throw new Problem('UNAVAILABLE', 'This took too long. Please ask for less, or try again.');
    onStatement(sql);
    const statement = { text: sql, values: parameters };
    const asked = client.query(prepares ? { name: nameOf(sql), ...statement } : statement);
    const { rows } = await (this.begun ? this.onceBegun(asked) : asked);
    return rows as Row[];
  }

  /** What was asked of a transaction that turned out not to have begun says nothing, whatever came of it. */
  private async onceBegun<T>(asked: Promise<T>): Promise<T> {
    const [answered] = await Promise.allSettled([asked]);
    await this.begun;
    if (answered.status === 'rejected') throw answered.reason;
    return answered.value;
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

  /**
   * Ends a read without anybody waiting for it: its answer is known, and nothing of it can be lost. With the next message
   * where the connection is ours alone; a pooler hands one on only between two transactions, which would be in one message.
   */
  async endBehind(): Promise<void> {
    const { signal, prepares } = this.parts;
    const client = this.parts.client as unknown as OwnClient;
    if (!this.open || !prepares || this.cancelling || this.changed || !client.isIdle) return this.commit();
    this.open = false;
    signal?.removeEventListener('abort', this.cancel);
    client.endRead();
    await this.release();
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
    const { client, signal } = this.parts;
    signal?.removeEventListener('abort', this.cancel);
    try {
      await this.cancelling; // else it could hit the message that ends this, or the connection's next user
      await client.query(message);
    } catch (error) {
      if (message === 'rollback') return; // after a lost connection there is nothing left to roll back
      await makeSound(client);
      throw error;
    } finally {
      await this.release(message === 'rollback' ? 'rolled_back' : undefined);
    }
  }

  private async release(outcome?: string): Promise<void> {
    const { runner, span } = this.parts;
    span?.end(outcome);
    (runner as { isTransactionActive: boolean }).isTransactionActive = false;
    await runner.release();
  }
}
