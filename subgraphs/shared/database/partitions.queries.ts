import { closeToOtherTenants } from '../../../migrations/row-level-security';
import type { Transaction } from './database';

/** A partition's name and its days, the second excluded. */
export interface Partition {
  name: string;
  from: string;
  before: string;
}

const partitionLock = 7_310_002;

/** Held to the end of the transaction: one makes partitions at a time. */
export const lockPartitions = (tx: Transaction): Promise<unknown> =>
  tx.query('select pg_advisory_xact_lock($1)', [partitionLock]);

/** The names of a table's partitions. */
export async function selectPartitions(tx: Transaction, table: string): Promise<Set<string>> {
  const rows = await tx.query<{ name: string }>(
    `select child.relname as name
     from pg_inherits
     join pg_class child on child.oid = pg_inherits.inhrelid
     where pg_inherits.inhparent = to_regclass($1)`,
    [table],
  );
  return new Set(rows.map(row => row.name));
}

/** Adds a partition, closed to other tenants and granted to nobody: the application goes through the whole table. */
export async function createPartition(tx: Transaction, table: string, { name, from, before }: Partition): Promise<void> {
  const statements = [
    `create table ${name} partition of ${table} for values from ('${from} 00:00+00') to ('${before} 00:00+00')`,
    ...closeToOtherTenants(name),
  ];
  for (const statement of statements) await tx.manager.query(statement);
}
