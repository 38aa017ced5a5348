import type { Transaction } from '../database/database';

/** Deletes rows of the audit log from before a moment, `most` at a time. */
export async function deleteAuditRows(tx: Transaction, before: Date, most: number): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(
    `with gone as (
       delete from audit_log
       where audit_log.tenant_id = $1 and audit_log.recorded_at < $2 and (audit_log.recorded_at, audit_log.id) in (
         select old.recorded_at, old.id from audit_log old
         where old.tenant_id = $1 and old.recorded_at < $2 order by old.recorded_at limit $3)
       returning 1
     )
     select count(*)::int as rows from gone`,
    [tx.tenantId, before, most],
  );
  return row!.rows;
}
