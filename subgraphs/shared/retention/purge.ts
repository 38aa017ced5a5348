import { writeAudit } from '../audit/audit';
import type { Database, Transaction } from '../database/database';
import { leads } from '../database/led-task.queries';
import { selectRetention, type Retention } from './retention.queries';

/** Another process purges at this moment: this one leaves it at that. */
export class LedElsewhere extends Error {
  override readonly name = 'LedElsewhere';
}

/** What a purge of one tenant works with: each call is a transaction of the owner's, in which this process leads. */
export interface PurgeTools {
  readonly now: Date;
  readonly retention: Retention;
  /** Rows that one transaction deletes at most. */
  readonly most: number;
  /**
   * Deletes some rows; what `work` returns is how many of which table, and goes into the audit log in the same
   * transaction. Returns how many in all. No figure that anybody sees may change by it.
   */
  delete(work: (tx: Transaction) => Promise<Record<string, number>>): Promise<number>;
  /** Moves a bound that answers depend on; the tenant's version moves with it. */
  note<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  read<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

export type Purge = (tools: PurgeTools) => Promise<void>;

const rowsAtOnce = 10_000;

export interface PurgeParts {
  owner: Database;
  tenantId: number;
  now: Date;
  most?: number;
}

/** What a purge of one tenant at this moment works with. */
export async function purgeTools({ owner, tenantId, now, most = rowsAtOnce }: PurgeParts): Promise<PurgeTools> {
  const inTurn = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    owner.transaction(tenantId, 'write', async tx => {
      if (!(await leads(tx, 'purge'))) throw new LedElsewhere();
      return work(tx);
    });
  return {
    ...{ now, most },
    retention: await owner.transaction(tenantId, 'read', selectRetention),
    delete: work =>
      inTurn(async tx => {
        tx.keepVersion(); // what is deleted was out of sight before
        const deleted = await work(tx);
        await auditPurge(tx, deleted, now);
        return Object.values(deleted).reduce((sum, rows) => sum + rows, 0);
      }),
    note: inTurn,
    read: work => owner.transaction(tenantId, 'read', work),
  };
}

/** A row of the audit log for each table of which something was deleted. */
export async function auditPurge(tx: Transaction, deleted: Record<string, number>, now: Date): Promise<void> {
  for (const [table, rows] of Object.entries(deleted)) {
    if (rows > 0) await writeAudit(tx, { action: 'PURGE', resourceType: table, details: { rows } }, { now });
  }
}

/** Deletes some at a time until there is nothing left. */
export async function deleteAll(tools: PurgeTools, table: string, step: (tx: Transaction, most: number) => Promise<number>): Promise<void> {
  while ((await tools.delete(async tx => ({ [table]: await step(tx, tools.most) }))) > 0);
}
