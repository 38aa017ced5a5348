import type { Transaction } from './database';

/** Of the whole database, as it tells of itself; what it has counted grows since its figures were last reset. */
export interface DatabaseFigures {
  connections: number;
  active: number;
  most_connections: number;
  /** Seconds. */
  longest_transaction: number;
  commits: number;
  rollbacks: number;
  blocks_hit: number;
  blocks_read: number;
  deadlocks: number;
  temporary_bytes: number;
  tables: { name: string; dead: number; live: number; bytes: number; index_bytes: number }[];
  /** Of each replica: what it has yet to apply of what was written. Seconds where it is told. */
  replicas: { name: string; seconds: number | null; bytes: number | null }[];
}

/** A partitioned table's partitions are told of together, under its name. */
export async function selectDatabaseFigures(tx: Transaction): Promise<DatabaseFigures> {
  const [row] = await tx.query<{ figures: DatabaseFigures }>(
    `select json_build_object(
       'connections', pg_stat_database.numbackends,
       'active', (select count(*) from pg_stat_activity
         where pg_stat_activity.datname = current_database() and pg_stat_activity.state = 'active'),
       'most_connections', current_setting('max_connections')::int,
       'longest_transaction', (
         select coalesce(max(extract(epoch from clock_timestamp() - pg_stat_activity.xact_start)), 0) from pg_stat_activity
         where pg_stat_activity.datname = current_database() and pg_stat_activity.pid <> pg_backend_pid()),
       'commits', pg_stat_database.xact_commit,
       'rollbacks', pg_stat_database.xact_rollback,
       'blocks_hit', pg_stat_database.blks_hit,
       'blocks_read', pg_stat_database.blks_read,
       'deadlocks', pg_stat_database.deadlocks,
       'temporary_bytes', pg_stat_database.temp_bytes,
       'tables', (
         select coalesce(json_agg(json_build_object('name', counted.name, 'dead', counted.dead, 'live', counted.live,
           'bytes', counted.bytes, 'index_bytes', counted.index_bytes)), '[]')
         from (
           select coalesce(root.relname, pg_stat_user_tables.relname) as name,
             sum(pg_stat_user_tables.n_dead_tup) as dead, sum(pg_stat_user_tables.n_live_tup) as live,
             sum(pg_table_size(pg_stat_user_tables.relid)) as bytes,
             sum(pg_indexes_size(pg_stat_user_tables.relid)) as index_bytes
           from pg_stat_user_tables
           left join pg_class root on root.oid = pg_partition_root(pg_stat_user_tables.relid)
           where pg_stat_user_tables.schemaname = 'public'
           group by 1
         ) counted),
       'replicas', (
         select coalesce(json_agg(json_build_object('name', pg_stat_replication.application_name,
           'seconds', extract(epoch from pg_stat_replication.replay_lag),
           'bytes', pg_wal_lsn_diff(pg_current_wal_lsn(), pg_stat_replication.replay_lsn))), '[]')
         from pg_stat_replication where pg_stat_replication.state <> 'backup')
     ) as figures
     from pg_stat_database where pg_stat_database.datname = current_database()`,
  );
  return row!.figures;
}

/** Something to count in each tenant: what it comes to for all of them is added up, or the greatest. */
export interface TenantFigure {
  over: 'sum' | 'greatest';
  /** A select of one number. `tenant`: SQL for the number of the tenant. */
  select: (tenant: string) => string;
}

/**
 * What is counted in every tenant, in the order of `figures`. No login sees the rows of several tenants, so the database
 * goes from one to the next, in one statement of the platform's transaction.
 */
export async function selectTenantFigures(tx: Transaction, figures: readonly TenantFigure[]): Promise<number[]> {
  if (figures.length === 0) return [];
  const kept = ({ over }: TenantFigure, at: number): string =>
    over === 'sum' ? `totals[${at}] + coalesce(counted[${at}], 0)` : `greatest(totals[${at}], counted[${at}])`;
  await tx.query(
    `do $figures$
     declare
       own text := current_setting('app.tenant_id');
       -- All at once: once the first tenant's turn has come, the platform's sight of the others is gone.
       everybody int[] := array(select tenants.id from tenants);
       tenant int;
       counted numeric[];
       totals numeric[] := array_fill(0::numeric, array[${figures.length}]);
     begin
       foreach tenant in array everybody loop
         perform set_config('app.tenant_id', tenant::text, true);
         counted := array[${figures.map(figure => `(${figure.select('tenant')})::numeric`).join(', ')}];
         totals := array[${figures.map((figure, index) => kept(figure, index + 1)).join(', ')}];
       end loop;
       perform set_config('app.tenant_id', own, true);
       perform set_config('app.figures', array_to_json(totals)::text, true);
     end $figures$`,
  );
  const [row] = await tx.query<{ totals: number[] }>(`select current_setting('app.figures')::json as totals`);
  return row!.totals;
}
