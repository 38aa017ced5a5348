import type { Database } from './database';
import { platformTenant } from '../../../migrations/row-level-security';
import { createPartition, lockPartitions, selectPartitions, type Partition } from './partitions.queries';

/** A table that is partitioned by a column of days, each partition a day or a month (UTC). */
export interface PartitionedTable {
  table: string;
  by: 'day' | 'month';
  /** How many partitions stand ready beyond that of today. */
  ahead: number;
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/** The partition of today and those that follow it. */
export function partitionsAhead({ table, by, ahead }: PartitionedTable, now: Date): Partition[] {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const start = (step: number): string =>
    dayOf(new Date(by === 'day' ? Date.UTC(year, month, day + step) : Date.UTC(year, month + step, 1)));
  return Array.from({ length: ahead + 1 }, (_, step) => {
    const from = start(step);
    const label = (by === 'day' ? from : from.slice(0, 7)).replaceAll('-', '_');
    return { name: `${table}_${label}`, from, before: start(step + 1) };
  });
}

/**
 * Makes the partitions that will be needed, as the tables' owner; returns the names of the new ones. Safe to run by
 * several at once. Rows that came before their partition stay in the default one, and that partition is not made.
 */
export async function makePartitionsAhead(
  owner: Database,
  { tables, now }: { tables: readonly PartitionedTable[]; now: Date },
): Promise<string[]> {
  const made: string[] = [];
  for (const table of tables) {
    for (const partition of partitionsAhead(table, now)) {
      const isNew = await owner
        .transaction(platformTenant, 'write', async tx => {
          tx.keepVersion();
          await lockPartitions(tx);
          if ((await selectPartitions(tx, table.table)).has(partition.name)) return false;
          await createPartition(tx, table.table, partition);
          return true;
        })
        .catch((error: unknown) => {
          if (holdsSuchRows(error)) return false;
          throw error;
        });
      if (isNew) made.push(partition.name);
    }
  }
  return made;
}

/** The default partition has rows that would belong to the new one (check_violation). */
const holdsSuchRows = (error: unknown): boolean =>
  (error as { code?: string; driverError?: { code?: string } }).code === '23514';
