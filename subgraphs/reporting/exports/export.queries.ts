import type { RoleName } from '../../shared/access/roles';
import type { Transaction } from '../../shared/database/database';
import type { IntervalName, Period } from '../../shared/period';
import type { Filter } from '../rollup/context-filter';
import type { ReportOrder } from '../reports/node-report.type';
import type { ExportFormat, ExportReport, ExportStatus } from './export.type';

/** What a file is to show. */
export interface Question {
  report: ExportReport;
  nodeId: string;
  hierarchyKey: string;
  period: Period;
  filter: Filter;
  order: ReportOrder | null;
  interval: IntervalName | null;
}

/** Whose a file is: a person of the tenant, or a super admin who acts in it. */
export interface Requester {
  personId: number;
  forPlatform: boolean;
}

export interface ExportRow {
  id: number;
  question: Question;
  format: ExportFormat;
  status: ExportStatus;
  /** The roles that counted when it was requested. */
  roles: RoleName[];
  tries: number;
  rowsDone: number;
  rowsTotal: number | null;
  reason: string | null;
  fileName: string;
  bytes: string | null;
  asOf: Date | null;
  createdAt: Date;
  expiresAt: Date | null;
}

const shownColumns = `
  exports.id, exports.question, exports.format, exports.status, exports.roles, exports.tries,
  exports.rows_done as "rowsDone", exports.rows_total as "rowsTotal", exports.reason, exports.file_name as "fileName",
  exports.bytes, exports.as_of as "asOf", exports.created_at as "createdAt", exports.expires_at as "expiresAt"`;

/** $2 and $3 say whose; what has expired is gone, whether it is purged yet or not. */
const theirs = `exports.tenant_id = $1 and exports.person_id is not distinct from $2
  and exports.platform_person_id is not distinct from $3 and (exports.expires_at is null or exports.expires_at > $4)`;
const theirParameters = (tx: Transaction, { personId, forPlatform }: Requester, now: Date): unknown[] => [
  tx.tenantId,
  forPlatform ? null : personId,
  forPlatform ? personId : null,
  now,
];

export async function selectExport(
  tx: Transaction,
  { id, requester, now }: { id: number; requester: Requester; now: Date },
): Promise<ExportRow | undefined> {
  const rows = await tx.query<ExportRow>(`select ${shownColumns} from exports where ${theirs} and exports.id = $5`, [
    ...theirParameters(tx, requester, now),
    id,
  ]);
  return rows[0];
}

/** Newest first, with how many there are in all. */
export async function selectExports(
  tx: Transaction,
  { requester, now, before, first }: { requester: Requester; now: Date; before: number | null; first: number },
): Promise<{ rows: ExportRow[]; total: number }> {
  const parameters = theirParameters(tx, requester, now);
  const rows = await tx.query<ExportRow>(
    `select ${shownColumns} from exports
     where ${theirs} and ($5::int is null or exports.id < $5) order by exports.id desc limit $6`,
    [...parameters, before, first],
  );
  const [counted] = await tx.query<{ total: number }>(`select count(*)::int as total from exports where ${theirs}`, parameters);
  return { rows, total: counted!.total };
}

/** Whoever requests at the same moment waits here, so that a limit holds. */
export async function lockRequests(tx: Transaction, { personId, forPlatform }: Requester): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1::text || ' ' || $2::text || $3::text, 7310018))`, [
    tx.tenantId, personId, forPlatform,
  ]);
}

/** A person's files: those in line, and all that are kept. */
export async function countExports(tx: Transaction, requester: Requester, now: Date): Promise<{ open: number; kept: number }> {
  const [row] = await tx.query<{ open: number; kept: number }>(
    `select count(*) filter (where exports.status in ('PENDING','PROCESSING'))::int as open, count(*)::int as kept
     from exports where ${theirs}`,
    theirParameters(tx, requester, now),
  );
  return row!;
}

export interface NewExport {
  requester: Requester;
  roles: readonly RoleName[];
  question: Question;
  format: ExportFormat;
  fileName: string;
  now: Date;
}

export async function insertExport(tx: Transaction, made: NewExport): Promise<ExportRow> {
  const { personId, forPlatform } = made.requester;
  const [row] = await tx.query<ExportRow>(
    `insert into exports (tenant_id, person_id, platform_person_id, roles, question, format, file_name, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${shownColumns}`,
    [
      tx.tenantId, forPlatform ? null : personId, forPlatform ? personId : null, made.roles, JSON.stringify(made.question),
      made.format, made.fileName, made.now,
    ],
  );
  return row!;
}

/** Its contents go along; who is making it finds it gone. */
export async function deleteExport(
  tx: Transaction,
  { id, requester, now }: { id: number; requester: Requester; now: Date },
): Promise<ExportRow | undefined> {
  const rows = await tx.query<ExportRow>(`delete from exports where ${theirs} and exports.id = $5 returning ${shownColumns}`, [
    ...theirParameters(tx, requester, now),
    id,
  ]);
  return rows[0];
}

/** What a finished file shows. */
export async function selectShown(tx: Transaction, id: number): Promise<{ groups: string; classes: string }> {
  const [row] = await tx.query<{ groups: string; classes: string }>(
    `select exports.shown_groups::text as groups, exports.shown_classes::text as classes
     from exports where exports.tenant_id = $1 and exports.id = $2`,
    [tx.tenantId, id],
  );
  return row!;
}

/** A piece of a finished file; undefined behind the last one, and where the file is gone. */
export async function selectChunk(
  tx: Transaction,
  { id, tries, number }: { id: number; tries: number; number: number },
): Promise<Buffer | undefined> {
  const rows = await tx.query<{ bytes: Buffer }>(
    `select export_chunks.bytes from export_chunks
     where export_chunks.tenant_id = $1 and export_chunks.export_id = $2 and export_chunks.try = $3
       and export_chunks.number = $4`,
    [tx.tenantId, id, tries, number],
  );
  return rows[0]?.bytes;
}

/** Removes all files of a person. */
export async function deleteExportsOf(tx: Transaction, personId: number): Promise<void> {
  await tx.query(`delete from exports where exports.tenant_id = $1 and exports.person_id = $2`, [tx.tenantId, personId]);
}

/** Removes what has expired; how many files, and their bytes. */
export async function deleteExpired(tx: Transaction, now: Date): Promise<{ files: number; bytes: number }> {
  const [row] = await tx.query<{ files: number; bytes: number }>(
    `with gone as (
       delete from exports where exports.tenant_id = $1 and exports.expires_at <= $2 returning exports.bytes
     )
     select count(*)::int as files, coalesce(sum(gone.bytes), 0)::float8 as bytes from gone`,
    [tx.tenantId, now],
  );
  return row!;
}
