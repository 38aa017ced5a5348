import { Counter, Gauge, Registry } from 'prom-client';
import { platformTenant } from '../../../migrations/row-level-security';
import { tellMore } from '../metrics';
import type { Database, Transaction } from './database';
import { selectDatabaseFigures, selectTenantFigures, type DatabaseFigures, type TenantFigure } from './figures.queries';
import { partitionsAhead, type PartitionedTable } from './partitions';
import { selectPartitions } from './partitions.queries';

/** A figure over all tenants, as it is told. */
export interface ToldFigure extends TenantFigure {
  name: string;
  help: string;
  labels?: Record<string, string>;
}

export interface FiguresParts {
  /** The owner's way to the database. */
  owner: Database;
  tables: readonly PartitionedTable[];
  figures: readonly ToldFigure[];
  now: () => Date;
  /** Milliseconds for which what was found is told again. */
  every?: number;
  /** Milliseconds after which nobody waits for it any more. */
  patience?: number;
  onError: (error: unknown) => void;
}

/**
 * Tells /metrics of the database, however often it is asked, by looking every 15 seconds at most. Where the database does
 * not answer, that is told, and nothing that was so before. Returns what ends it.
 */
export function tellDatabase(parts: FiguresParts): () => Promise<void> {
  const { every = 15_000, patience = 4_000, now, onError } = parts;
  let looking: Promise<string> | undefined;
  let lookedAt = -Infinity;
  let ended = false;
  const look = async (): Promise<string> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(reject, patience, new Error(`the database's figures were not there within ${patience} ms`));
    });
    try {
      return await Promise.race([found(parts), late]);
    } catch (error) {
      if (!ended) onError(error);
      return text({ up: 0 });
    } finally {
      clearTimeout(timer);
    }
  };
  const forget = tellMore(() => {
    const at = now().getTime();
    if (!looking || at - lookedAt >= every || at < lookedAt) [looking, lookedAt] = [look(), at];
    return looking;
  });
  return async () => {
    ended = true;
    forget();
    await looking;
  };
}

async function found({ owner, tables, figures, now }: FiguresParts): Promise<string> {
  return owner.transaction(platformTenant, 'read', async tx => {
    const database = await selectDatabaseFigures(tx);
    const totals = await selectTenantFigures(tx, figures);
    const ahead: [string, number][] = [];
    for (const table of tables) ahead.push([table.table, await partitionsReady(tx, { table, now: now() })]);
    return text({ up: 1, database, ahead, totals: figures.map((figure, index) => [figure, totals[index]!]) });
  });
}

/** How many partitions without a gap stand ready after today's; -1 where today's is missing. */
async function partitionsReady(tx: Transaction, { table, now }: { table: PartitionedTable; now: Date }): Promise<number> {
  const there = await selectPartitions(tx, table.table);
  const gap = partitionsAhead(table, now).findIndex(({ name }) => !there.has(name));
  return (gap < 0 ? table.ahead + 1 : gap) - 1;
}

interface Found {
  up: 0 | 1;
  database?: DatabaseFigures;
  ahead?: [string, number][];
  totals?: [ToldFigure, number][];
}

function text({ up, database, ahead = [], totals = [] }: Found): Promise<string> {
  const registry = new Registry();
  const told = new Map<string, Gauge>();
  const tell = (name: string, help: string, { value, labels = {} }: { value: number | null; labels?: Record<string, string> }): void => {
    if (value === null) return;
    let gauge = told.get(name);
    if (!gauge) told.set(name, (gauge = new Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] })));
    gauge.set(labels, Number(value));
  };
  const count = (name: string, help: string, value: number): void => {
    new Counter({ name, help, registers: [registry] }).inc(value);
  };
  tell('strata_database_up', 'Whether the database answered when its figures were looked at.', { value: up });
  if (database) {
    tell('strata_database_connections', 'Connections to the database, from anywhere.', { value: database.connections });
    tell('strata_database_active_connections', 'Connections in which a statement runs.', { value: database.active });
    tell('strata_database_connections_limit', 'Connections that the server may have: max_connections.', { value: database.most_connections });
    tell('strata_database_longest_transaction_seconds', 'Age of the oldest transaction.', { value: database.longest_transaction });
    count('strata_database_commits_total', 'Transactions that were committed.', database.commits);
    count('strata_database_rollbacks_total', 'Transactions that were rolled back.', database.rollbacks);
    count('strata_database_blocks_hit_total', 'Blocks that were found in the server\'s cache.', database.blocks_hit);
    count('strata_database_blocks_read_total', 'Blocks that were not.', database.blocks_read);
    count('strata_database_deadlocks_total', 'Deadlocks that were broken.', database.deadlocks);
    count('strata_database_temporary_bytes_total', 'Bytes written to temporary files.', database.temporary_bytes);
    for (const { name: table, dead, live, bytes, index_bytes } of database.tables) {
      tell('strata_table_dead_rows', 'Rows that vacuum has yet to take away.', { value: dead, labels: { table } });
      tell('strata_table_live_rows', 'About how many rows there are.', { value: live, labels: { table } });
      tell('strata_table_bytes', 'Size of a table, its partitions included.', { value: bytes, labels: { table } });
      tell('strata_index_bytes', 'Size of a table\'s indexes.', { value: index_bytes, labels: { table } });
    }
    for (const { name: replica, seconds, bytes } of database.replicas) {
      tell('strata_replica_lag_seconds', 'How far a replica is behind, by the time its last changes took.', { value: seconds, labels: { replica } });
      tell('strata_replica_lag_bytes', 'What a replica has yet to apply of what was written.', { value: bytes, labels: { replica } });
    }
  }
  for (const [table, value] of ahead) {
    tell('strata_partitions_ahead', 'Partitions that stand ready after the present one; -1: that one is missing.', { value, labels: { table } });
  }
  for (const [{ name, help, labels = {} }, value] of totals) tell(name, help, { value, labels });
  return registry.metrics();
}
