import type { Transaction } from '../subgraphs/shared/database/database';

/** So many deltas of nothing, of the tenant's class and day. */
export const insertManyDeltas = (tx: Transaction, many: number): Promise<unknown> =>
  tx.query(
    `insert into fact_deltas (tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds, assessment_seconds)
     select class_days.tenant_id, class_days.class_id, class_days.day, class_days.context_id, 0, 0, 0, 0
     from class_days cross join generate_series(1, $2::int)
     where class_days.tenant_id = $1`,
    [tx.tenantId, many],
  );

/** How many deltas wait. */
export async function selectWaiting(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ waiting: number }>(
    'select count(*)::int as waiting from fact_deltas where fact_deltas.tenant_id = $1',
    [tx.tenantId],
  );
  return row!.waiting;
}

/** Whether anybody has the lock of the tenant's stored sums. */
export async function selectIsStoredHeld(tx: Transaction): Promise<boolean> {
  const [row] = await tx.query<{ held: boolean }>(
    `select exists (
       select from pg_locks where pg_locks.locktype = 'advisory' and pg_locks.classid = 7310003
         and pg_locks.objid = $1::int::oid and pg_locks.granted
         and pg_locks.database = (select pg_database.oid from pg_database where pg_database.datname = current_database())
     ) as held`,
    [tx.tenantId],
  );
  return row!.held;
}
