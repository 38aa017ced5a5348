import type { Transaction } from '../subgraphs/shared/database/database';

/** Softly, as whoever takes an account away does. */
export const deletePeople = (tx: Transaction, people: readonly number[]): Promise<unknown> =>
  tx.query('update people set deleted_at = now() where tenant_id = $1 and id = any($2)', [tx.tenantId, people]);
