import type { Logger } from 'pino';
import { platformTenant } from '../../../migrations/row-level-security';
import type { Database, Transaction } from '../database/database';
import { leads } from '../database/led-task.queries';
import { selectPartitions } from '../database/partitions.queries';
import { tenantNumbers } from '../database/tenants.queries';
import { countAndHold, dropPartition, turnTo } from './partitions.queries';
import { auditPurge, LedElsewhere } from './purge';
import { selectRetention, type RetentionTimes } from './retention.queries';

/** A table that is partitioned by day or month (UTC), and when its rows expire. */
export interface ExpiringTable {
  table: string;
  /** Rows from before this moment have expired; null: none ever does. */
  expiredBefore: (times: RetentionTimes, now: Date) => Date | null;
  /** Whether a tenant's rows from before a moment must stay all the same. */
  stays?: (tx: Transaction, before: Date) => Promise<boolean>;
  /** Called when a tenant's rows from before a moment are gone. */
  gone?: (tx: Transaction, before: Date) => Promise<void>;
}

interface Parts {
  tables: readonly ExpiringTable[];
  now: Date;
  log: Pick<Logger, 'warn'>;
}

/** Drops the partitions in which every tenant's rows have expired; returns their names. */
export async function dropExpiredPartitions(owner: Database, { tables, now, log }: Parts): Promise<string[]> {
  const tenants = await tenantNumbers(owner);
  const times = new Map<number, RetentionTimes>();
  for (const tenant of tenants) times.set(tenant, await owner.transaction(tenant, 'read', selectRetention));
  const dropped: string[] = [];
  for (const table of tables) {
    const expired = new Map([...times].map(([tenant, known]) => [tenant, table.expiredBefore(known, now)]));
    const names = await owner.transaction(platformTenant, 'read', tx => selectPartitions(tx, table.table));
    for (const name of [...names].sort()) {
      const end = endOf(name);
      if (end === null || ![...expired.values()].some(before => before !== null && end <= before)) continue;
      try {
        if (await dropOne(owner, { table, name, end, expired, now })) dropped.push(name);
      } catch (error) {
        if (!isHeld(error)) throw error;
        log.warn({ partition: name }, 'an expired partition is in use; the next round tries again');
      }
    }
  }
  return dropped;
}

interface OnePartition {
  table: ExpiringTable;
  name: string;
  end: Date;
  expired: ReadonlyMap<number, Date | null>;
  now: Date;
}

class Stays extends Error {}

async function dropOne(owner: Database, { table, name, end, expired, now }: OnePartition): Promise<boolean> {
  try {
    await owner.transaction(platformTenant, 'write', async tx => {
      tx.keepVersion(); // what is dropped was out of sight before
      if (!(await leads(tx, 'purge'))) throw new LedElsewhere();
      const counts = await countAndHold(tx, name);
      for (const [tenant, rows] of counts) {
        const before = expired.get(tenant) ?? null;
        const own = await turnTo(tx, tenant);
        if (before === null || end > before || (await table.stays?.(own, before))) throw new Stays();
        await auditPurge(own, { [table.table]: rows }, now);
        await table.gone?.(own, before);
      }
      await turnTo(tx, platformTenant);
      await dropPartition(tx, name);
    });
    return true;
  } catch (error) {
    if (error instanceof Stays) return false;
    throw error;
  }
}

/** The first moment behind a partition, by its name: table_2026_03_14 or table_2026_03; null of any other. */
function endOf(name: string): Date | null {
  const [, year, month, day] = /_(\d{4})_(\d\d)(?:_(\d\d))?$/.exec(name) ?? [];
  if (year === undefined) return null;
  return new Date(day === undefined ? Date.UTC(Number(year), Number(month), 1) : Date.UTC(Number(year), Number(month) - 1, Number(day) + 1));
}

/** lock_not_available: somebody works in it. */
const isHeld = (error: unknown): boolean =>
  (error as { code?: string }).code === '55P03' || (error as { driverError?: { code?: string } }).driverError?.code === '55P03';
