import type { Transaction } from '../../../shared/database/database';

export type ImportStatus = 'ACCEPTED' | 'PROCESSED' | 'BAD_DATA';

/** A file that was sent, and what became of it. */
export interface ImportRow {
  id: number;
  contentType: string;
  digest: string;
  status: ImportStatus;
  batch: string | null;
  /** The login of who sent it first. */
  creator: string;
  message: string;
  /** Of the file. */
  bytes: number;
  /** Data records, and how many of them have been worked on. */
  records: number;
  recordsDone: number;
  /** UTC, to the microsecond. */
  created: string;
  updated: string;
}

const moment = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const shownColumns = `
  imports.id, imports.content_type as "contentType", imports.digest, imports.status, imports.batch, imports.creator,
  imports.message, imports.bytes::float8 as bytes, imports.records, imports.records_done as "recordsDone",
  ${moment('imports.created_at')} as created, ${moment('imports.updated_at')} as updated`;

/** Whose imports: those a person has sent, or with null every one of the tenant. */
export type Sender = number | null;

const sentBy = (parameter: string): string => `(${parameter}::int is null or ${parameter}::int = any(imports.senders))`;

export async function selectImport(
  tx: Transaction,
  { id, sender }: { id: number; sender: Sender },
): Promise<ImportRow | undefined> {
  const rows = await tx.query<ImportRow>(
    `select ${shownColumns} from imports where imports.tenant_id = $1 and imports.id = $2 and ${sentBy('$3')}`,
    [tx.tenantId, id, sender],
  );
  return rows[0];
}

/** The sound import of some content: accepted or processed. */
export async function selectSoundImport(
  tx: Transaction,
  { digest, sender }: { digest: string; sender: Sender },
): Promise<ImportRow | undefined> {
  const rows = await tx.query<ImportRow>(
    `select ${shownColumns} from imports
     where imports.tenant_id = $1 and imports.content = 'GROUPS' and imports.digest = $2
       and imports.status <> 'BAD_DATA' and ${sentBy('$3')}`,
    [tx.tenantId, digest, sender],
  );
  return rows[0];
}

/** Whether an import's file is still there; sent before `since` and done with, it has expired. */
const hasFile = (since: string): string => `
  (imports.status = 'ACCEPTED' or ${since}::timestamptz is null or imports.queued_at >= ${since})
  and (imports.bytes = 0 or exists (select from import_chunks
    where import_chunks.tenant_id = $1 and import_chunks.import_id = imports.id))`;

export async function keepsFile(tx: Transaction, importId: number, since: Date | null): Promise<boolean> {
  const rows = await tx.query(
    `select from imports where imports.tenant_id = $1 and imports.id = $2 and ${hasFile('$3')}`,
    [tx.tenantId, importId, since],
  );
  return rows.length > 0;
}

/** Newest first; `before`: those older than the import with this id. */
export const selectImports = (
  tx: Transaction,
  { sender, status, before, first }: { sender: Sender; status: ImportStatus | null; before: number | null; first: number },
): Promise<ImportRow[]> =>
  tx.query(
    `select ${shownColumns} from imports
     where imports.tenant_id = $1 and ${sentBy('$2')} and ($3::text is null or imports.status = $3)
       and ($4::int is null or imports.id < $4)
     order by imports.id desc limit $5`,
    [tx.tenantId, sender, status, before, first],
  );

/**
 * The imports that have failed or are not finished and whose file is there, oldest first, unless the same content has
 * gone in otherwise.
 */
export const selectUnfinished = (
  tx: Transaction,
  { sender, since, first }: { sender: Sender; since: Date | null; first: number },
): Promise<ImportRow[]> =>
  tx.query(
    `select ${shownColumns} from imports
     where imports.tenant_id = $1 and ${sentBy('$2')} and imports.status <> 'PROCESSED' and ${hasFile('$4')}
       and not exists (select from imports sound
         where sound.tenant_id = $1 and sound.content = imports.content and sound.digest = imports.digest
           and sound.status <> 'BAD_DATA' and sound.id <> imports.id)
     order by imports.id limit $3`,
    [tx.tenantId, sender, first, since],
  );

/** Whoever brings the same content at the same moment waits here, until this transaction has ended. */
export async function lockContent(tx: Transaction, digest: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1::text || ' ' || $2::text, 7310013))`, [tx.tenantId, digest]);
}

export interface NewImport {
  contentType: string;
  digest: string;
  status: ImportStatus;
  batch: string | null;
  creator: string;
  /** Null of a super admin, who is no person of the tenant. */
  creatorId: number | null;
  message: string;
  bytes: number;
  records: number;
}

export async function insertImport(tx: Transaction, made: NewImport, now: Date): Promise<number> {
  const [row] = await tx.query<{ id: number }>(
    `insert into imports (tenant_id, content, content_type, digest, status, batch, creator, creator_id, senders, message,
       bytes, records, created_at, updated_at, queued_at)
     values ($1, 'GROUPS', $2, $3, $4, $5, $6, $7, array_remove(array[$7::int], null), $8, $9, $10, $11, $11, $11)
     returning imports.id`,
    [
      tx.tenantId, made.contentType, made.digest, made.status, made.batch, made.creator, made.creatorId, made.message,
      made.bytes, made.records, now,
    ],
  );
  return row!.id;
}

/** Who brings content that is there already may follow its import from now on. */
export async function addSender(tx: Transaction, importId: number, personId: number | null): Promise<void> {
  await tx.query(
    `update imports set senders = imports.senders || $3::int
     where imports.tenant_id = $1 and imports.id = $2 and $3::int is not null and $3 <> all(imports.senders)`,
    [tx.tenantId, importId, personId],
  );
}

/** The failed import of this content by this sender, which a new try of theirs takes up again, as long as it has its file. */
export async function selectFailedImport(
  tx: Transaction,
  { digest, creatorId, since }: { digest: string; creatorId: number | null; since: Date | null },
): Promise<number | undefined> {
  const rows = await tx.query<{ id: number }>(
    `select imports.id from imports
     where imports.tenant_id = $1 and imports.content = 'GROUPS' and imports.digest = $2 and imports.status = 'BAD_DATA'
       and imports.creator_id is not distinct from $3 and ${hasFile('$4')}
     order by imports.id limit 1`,
    [tx.tenantId, digest, creatorId, since],
  );
  return rows[0]?.id;
}

/** What a new check of the same content has found; accepted, it goes to the end of the line. */
export async function updateChecked(
  tx: Transaction,
  { id, ...checked }: Pick<NewImport, 'status' | 'message' | 'records' | 'contentType' | 'batch'> & { id: number },
  now: Date,
): Promise<void> {
  await tx.query(
    `update imports set status = $3, message = $4, records = $5, content_type = $6, batch = coalesce($7, imports.batch),
       records_done = 0, failed_tries = 0, updated_at = $8, queued_at = $8
     where imports.tenant_id = $1 and imports.id = $2 and imports.status = 'BAD_DATA'`,
    [tx.tenantId, id, checked.status, checked.message, checked.records, checked.contentType, checked.batch, now],
  );
}

export interface Chunk {
  importId: number;
  number: number;
}

export async function insertChunk(tx: Transaction, { importId, number }: Chunk, bytes: Buffer): Promise<void> {
  await tx.query(
    `insert into import_chunks (tenant_id, import_id, number, bytes) values ($1, $2, $3, $4)`,
    [tx.tenantId, importId, number, bytes],
  );
}

export async function selectChunk(tx: Transaction, { importId, number }: Chunk): Promise<Buffer | undefined> {
  const rows = await tx.query<{ bytes: Buffer }>(
    `select import_chunks.bytes from import_chunks
     where import_chunks.tenant_id = $1 and import_chunks.import_id = $2 and import_chunks.number = $3`,
    [tx.tenantId, importId, number],
  );
  return rows[0]?.bytes;
}
