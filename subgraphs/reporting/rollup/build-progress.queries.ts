import type { Transaction } from '../../shared/database/database';

/** How far the making of a tenant's stored sums is. */
export interface BuildProgress {
  /** What is being made: 'cells', or a hierarchy's public id. */
  step: string;
  done: number;
  steps: number;
  startedAt: Date;
}

const buildLock = 7_310_005;

/** Held by a build to its end, beside the lock of the sums, so that others see that it goes on. */
export const lockBuild = (tx: Transaction): Promise<unknown> =>
  tx.query(`select pg_advisory_xact_lock(${buildLock}, $1)`, [tx.tenantId]);

export async function writeBuildProgress(tx: Transaction, progress: BuildProgress): Promise<void> {
  await tx.query(
    `insert into build_progress (tenant_id, step, done, steps, started_at, told_at) values ($1, $2, $3, $4, $5, clock_timestamp())
     on conflict (tenant_id) do update set step = excluded.step, done = excluded.done, steps = excluded.steps,
       started_at = excluded.started_at, told_at = excluded.told_at`,
    [tx.tenantId, progress.step, progress.done, progress.steps, progress.startedAt],
  );
}

/**
 * What is being made at this moment; null where nothing is. A build that was killed has left its row behind, but not
 * its lock, and one that has ended says so in its row.
 */
export async function selectBuildProgress(tx: Transaction): Promise<BuildProgress | null> {
  const [row] = await tx.query<BuildProgress>(
    `select build_progress.step, build_progress.done, build_progress.steps, build_progress.started_at as "startedAt"
     from build_progress
     where build_progress.tenant_id = $1 and build_progress.done < build_progress.steps and exists (
       select from pg_locks
       where pg_locks.locktype = 'advisory' and pg_locks.classid = ${buildLock} and pg_locks.objid = $1::int::oid
         and pg_locks.granted
         and pg_locks.database = (select pg_database.oid from pg_database where pg_database.datname = current_database())
     )`,
    [tx.tenantId],
  );
  return row ?? null;
}
