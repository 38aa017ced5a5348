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
