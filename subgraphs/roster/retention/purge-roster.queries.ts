import type { Transaction } from '../../shared/database/database';

/** Deletes lines of the activity log from before a moment, `most` at a time. */
export async function deleteLog(tx: Transaction, before: Date, most: number): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(
    `with gone as (
       delete from activity_log
       where activity_log.tenant_id = $1 and activity_log.id = any(array(
         select old.id from activity_log old where old.tenant_id = $1 and old.created_at < $2 order by old.created_at limit $3))
       returning 1
     )
     select count(*)::int as rows from gone`,
    [tx.tenantId, before, most],
  );
  return row!.rows;
}

/** Deletes the contents of files that were sent before a moment and are done with, some pieces at a time. */
export async function deletePayloads(tx: Transaction, before: Date, most: number): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(
    `with gone as (
       delete from import_chunks
       where import_chunks.tenant_id = $1 and (import_chunks.import_id, import_chunks.number) in (
         select old.import_id, old.number from import_chunks old
         join imports on imports.tenant_id = $1 and imports.id = old.import_id
         where old.tenant_id = $1 and imports.queued_at < $2 and imports.status <> 'ACCEPTED'
         limit $3)
       returning 1
     )
     select count(*)::int as rows from gone`,
    [tx.tenantId, before, most],
  );
  return row!.rows;
}
