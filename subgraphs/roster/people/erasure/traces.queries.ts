import type { Transaction } from '../../../shared/database/database';
import { spellings, type Eraser } from '../../../shared/erased-words';

/**
 * Takes somebody out of the activity log, as its owner: what was said of them, and the words that name them in what was
 * said of others. That it happened, and when, stays.
 */
export async function eraseFromLog(
  tx: Transaction,
  { personId, words, eraser }: { personId: number; words: readonly string[]; eraser: Eraser },
): Promise<void> {
  await tx.query(
    `update activity_log set metadata = null
     where activity_log.tenant_id = $1 and activity_log.metadata is not null
       and (activity_log.student_id = $2
         or (activity_log.user_id = $2 and activity_log.action in ('TEACHER_ASSIGNED', 'TEACHER_REMOVED')))`,
    [tx.tenantId, personId],
  );
  const rows = await tx.query<{ id: string; metadata: unknown }>(
    `select activity_log.id, activity_log.metadata from activity_log
     where activity_log.tenant_id = $1 and exists (
       select from unnest($2::text[]) word(text) where position(lower(word.text) in lower(activity_log.metadata::text)) > 0)`,
    [tx.tenantId, spellings(words)],
  );
  const erased = rows.map(({ id, metadata }) => ({ id, metadata: eraser.json(metadata) }));
  await tx.query(
    `update activity_log set metadata = erased.metadata
     from jsonb_to_recordset($2::jsonb) erased(id bigint, metadata jsonb)
     where activity_log.tenant_id = $1 and activity_log.id = erased.id`,
    [tx.tenantId, JSON.stringify(erased)],
  );
}

/** What imports say of themselves: their message and the name of their file. */
export async function eraseFromImports(tx: Transaction, words: readonly string[], eraser: Eraser): Promise<void> {
  const rows = await tx.query<{ id: number; message: string; batch: string | null }>(
    `select imports.id, imports.message, imports.batch from imports
     where imports.tenant_id = $1 and exists (
       select from unnest($2::text[]) word(text)
       where position(lower(word.text) in lower(concat(imports.message, ' ', imports.batch))) > 0)`,
    [tx.tenantId, spellings(words)],
  );
  for (const { id, message, batch } of rows) {
    await tx.query(`update imports set message = $3, batch = $4 where imports.tenant_id = $1 and imports.id = $2`, [
      ...[tx.tenantId, id, eraser.text(message)],
      batch === null ? null : eraser.text(batch),
    ]);
  }
}

/** The imports whose files are there and done with; one that waits may yet name somebody anew. */
export async function selectKeptFiles(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select imports.id from imports
     where imports.tenant_id = $1 and imports.status <> 'ACCEPTED' and exists (
       select from import_chunks where import_chunks.tenant_id = $1 and import_chunks.import_id = imports.id)
     order by imports.id`,
    [tx.tenantId],
  );
  return rows.map(row => row.id);
}

export async function selectPieces(tx: Transaction, importId: number): Promise<Buffer[]> {
  const rows = await tx.query<{ bytes: Buffer }>(
    `select import_chunks.bytes from import_chunks
     where import_chunks.tenant_id = $1 and import_chunks.import_id = $2 order by import_chunks.number`,
    [tx.tenantId, importId],
  );
  return rows.map(row => row.bytes);
}

export const deletePieces = (tx: Transaction, importId: number): Promise<unknown> =>
  tx.query(`delete from import_chunks where import_chunks.tenant_id = $1 and import_chunks.import_id = $2`, [
    tx.tenantId,
    importId,
  ]);
