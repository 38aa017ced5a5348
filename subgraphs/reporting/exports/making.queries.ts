import type { Node, View } from '../../hierarchy/published';
import { memberClasses } from '../../hierarchy/published';
import type { RoleName } from '../../shared/access/roles';
import type { Transaction } from '../../shared/database/database';
import type { ExportRow, Requester } from './export.queries';

/** SQL for the number by which a file is locked while it is made. */
const lockOf = (tenant: string, id: string): string => `hashtextextended(${tenant}::text || ' ' || ${id}::text, 7310019)`;

/** What waits for somebody to make it and is not being made, oldest first. */
export async function selectInLine(tx: Transaction): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select exports.id from exports
     where exports.tenant_id = $1 and exports.status in ('PENDING','PROCESSING') and not exists (
       select from pg_locks
       where pg_locks.locktype = 'advisory' and pg_locks.objsubid = 1
         and pg_locks.database = (select pg_database.oid from pg_database where pg_database.datname = current_database())
         and (pg_locks.classid::bigint << 32 | pg_locks.objid::bigint) = ${lockOf('$1', 'exports.id')})
     order by exports.created_at, exports.id`,
    [tx.tenantId],
  );
  return rows.map(({ id }) => id);
}

/** One worker at a time for a file: true where this transaction's is it, until it ends, be it by the process's death. */
export async function lockMaking(tx: Transaction, id: number): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(${lockOf('$1', '$2')}) as locked`,
    [tx.tenantId, id],
  );
  return row!.locked;
}

type Claimed = ExportRow & { requester: Requester };

/** Begins a try, without what an earlier one left behind; undefined where the file is finished or gone by now. */
export async function beginTry(tx: Transaction, id: number): Promise<Claimed | undefined> {
  const [row] = await tx.query<Omit<Claimed, 'requester'> & { person: number | null; platformPerson: number | null }>(
    `update exports set status = 'PROCESSING', tries = exports.tries + 1, rows_done = 0, rows_total = null
     from (
       select next.id from exports next
       where next.tenant_id = $1 and next.id = $2 and next.status in ('PENDING','PROCESSING') for update skip locked
     ) next
     where exports.tenant_id = $1 and exports.id = next.id
     returning exports.id, exports.question, exports.format, exports.roles, exports.tries,
       exports.person_id as person, exports.platform_person_id as "platformPerson"`,
    [tx.tenantId, id],
  );
  if (!row) return undefined;
  await tx.query(`delete from export_chunks where export_chunks.tenant_id = $1 and export_chunks.export_id = $2`, [tx.tenantId, id]);
  const { person, platformPerson, ...claimed } = row;
  return { ...claimed, requester: { personId: (person ?? platformPerson)!, forPlatform: person === null } };
}

/** A try of a file: what it writes is refused once another has begun. */
export interface Try {
  id: number;
  tries: number;
}

const stillIt = `exports.tenant_id = $1 and exports.id = $2 and exports.tries = $3 and exports.status = 'PROCESSING'`;

/** False where this try is not the file's any more. */
export async function updateProgress(tx: Transaction, { id, tries }: Try, rows: { done: number; total: number }): Promise<boolean> {
  const updated = await tx.query(
    `update exports set rows_done = $4, rows_total = $5 where ${stillIt} returning exports.id`,
    [tx.tenantId, id, tries, rows.done, rows.total],
  );
  return updated.length > 0;
}

/** False where this try is not the file's any more. */
export async function insertChunk(tx: Transaction, { id, tries }: Try, chunk: { number: number; bytes: Buffer }): Promise<boolean> {
  const inserted = await tx.query(
    `insert into export_chunks (tenant_id, export_id, try, number, bytes)
     select exports.tenant_id, exports.id, exports.tries, $4, $5 from exports where ${stillIt} for key share
     returning export_chunks.number`,
    [tx.tenantId, id, tries, chunk.number, chunk.bytes],
  );
  return inserted.length > 0;
}

export interface Completed {
  bytes: number;
  rows: number;
  /** What is in it, as sets of ranges of our numbers. */
  shownGroups: string;
  shownClasses: string;
  asOf: Date;
  now: Date;
  expiresAt: Date;
}

export async function markCompleted(tx: Transaction, { id, tries }: Try, completed: Completed): Promise<boolean> {
  const updated = await tx.query(
    `update exports set status = 'COMPLETED', bytes = $4, rows_done = $5, rows_total = $5,
       shown_groups = $6::int4multirange, shown_classes = $7::int4multirange, as_of = $8, finished_at = $9, expires_at = $10
     where ${stillIt} returning exports.id`,
    [
      tx.tenantId, id, tries, completed.bytes, completed.rows, completed.shownGroups, completed.shownClasses,
      completed.asOf, completed.now, completed.expiresAt,
    ],
  );
  return updated.length > 0;
}

/** Ends a try without a file: for good with a reason, else to be begun anew. Nothing of it is kept. */
export async function endTry(
  tx: Transaction,
  { id, tries }: Try,
  failed: { reason: string; now: Date; expiresAt: Date } | null,
): Promise<void> {
  const ended = await tx.query(
    `update exports set status = case when $4::text is null then 'PENDING' else 'FAILED' end, reason = $4,
       rows_done = 0, rows_total = null, finished_at = $5, expires_at = $6
     where ${stillIt} returning exports.id`,
    [tx.tenantId, id, tries, failed?.reason ?? null, failed?.now ?? null, failed?.expiresAt ?? null],
  );
  if (ended.length === 0) return;
  await tx.query(`delete from export_chunks where export_chunks.tenant_id = $1 and export_chunks.export_id = $2`, [tx.tenantId, id]);
}

/** A person by number, as they are now; undefined of who was deleted. */
export async function selectRequester(
  tx: Transaction,
  personId: number,
): Promise<{ id: number; login: string; roles: RoleName[] } | undefined> {
  const rows = await tx.query<{ id: number; login: string; roles: RoleName[] }>(
    `select people.id, people.login, people.roles from people
     where people.tenant_id = $1 and people.id = $2 and people.deleted_at is null`,
    [tx.tenantId, personId],
  );
  return rows[0];
}

export async function selectOwnTenant(tx: Transaction): Promise<{ id: number; external_id: string; name: string }> {
  const [row] = await tx.query<{ id: number; external_id: string; name: string }>(
    `select tenants.id, tenants.external_id, tenants.name from tenants where tenants.id = $1`,
    [tx.tenantId],
  );
  return row!;
}

/** The classes at or below a node that was found visible, as a set of ranges. */
export async function selectClassRanges(tx: Transaction, { node, view }: { node: Node; view: View }): Promise<string> {
  const member = memberClasses({ nodes: [node], view }, 2);
  const [row] = await tx.query<{ ranges: string }>(
    `select coalesce(range_agg(int4range(member.class_id, member.class_id + 1)), '{}')::text as ranges
     from (${member.sql}) member`,
    [tx.tenantId, ...member.parameters],
  );
  return row!.ranges;
}
