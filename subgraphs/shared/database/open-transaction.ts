import type { PoolClient } from 'pg';
import type { EntityManager, QueryRunner } from 'typeorm';
import { Problem } from '../errors';
import type { LongSpan } from '../tracing';
import { cancelStatement } from './cancel';
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
  version?: string;
  memory: TenantMemory;
  firstAnswer?: object | undefined;
  lastAnswer?: object | undefined;
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
