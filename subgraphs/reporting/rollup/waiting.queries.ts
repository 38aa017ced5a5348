import type { Transaction } from '../../shared/database/database';

/**
 * About how many deltas wait to be folded, from the oldest number to the newest, so never fewer than there are: asked as
 * each read and each batch of activity begins, of the very moment that it sees. Where none waits, none is looked for.
 */
export const howManyDeltasWait = (tenantId: number | `$${number}`): string =>
  `select coalesce(max(fact_deltas.id) - min(fact_deltas.id) + 1, 0) as backlog
   from fact_deltas where fact_deltas.tenant_id = ${tenantId}`;

/** What the question found. */
export async function backlogOf(tx: Transaction): Promise<number> {
  const answer = tx.firstAnswer ?? (await tx.query<object>(howManyDeltasWait(tx.tenantId)))[0];
  return Number((answer as { backlog: string }).backlog);
}
