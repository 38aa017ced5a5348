import type { Transaction } from '../../../shared/database/database';
import type { Row } from '../bundle/shapes';
import type { Kind } from './records';

/**
 * How a bundle's rows come into oneroster_records, which holds what all bundles so far have said. The rest of an import
 * follows from there: what a record becomes (the derive-… files) is compared with what was made of it before.
 */

export interface ReadRecord {
  line: number;
  /** With sourced_id, ended and problem: null where the row is sound. */
  row: Row;
}

/** These tables live as long as the transaction. */
export async function createImportTables(tx: Transaction): Promise<void> {
  await tx.query(
    `create temporary table staged_oneroster (
       kind text not null, line int not null, sourced_id text not null, ended boolean not null, sound boolean not null,
       fields jsonb not null
     ) on commit drop`,
  );
  // What is to be done: records that the bundle lists, and others that come out differently now.
  await tx.query(
    `create temporary table oneroster_due (
       n int generated always as identity primary key, kind text not null, sourced_id text, line int, content jsonb,
       applied jsonb, more jsonb, differs boolean not null, reason text
     ) on commit drop`,
  );
}

export async function stageRecords(tx: Transaction, kind: Kind, rows: readonly ReadRecord[]): Promise<void> {
  const fieldsOf = ({ sourced_id: _id, ended: _ended, problem: _problem, ...fields }: Row) => JSON.stringify(fields);
  await tx.query(
    `insert into staged_oneroster (kind, line, sourced_id, ended, sound, fields)
     select $1, staged.line, staged.sourced_id, staged.ended, staged.sound, staged.fields
     from unnest($2::int[], $3::text[], $4::boolean[], $5::boolean[], $6::jsonb[])
       staged(line, sourced_id, ended, sound, fields)`,
    [
      kind,
      rows.map(({ line }) => line),
      rows.map(({ row }) => row.sourced_id),
      rows.map(({ row }) => row.ended === 'true'),
      rows.map(({ row }) => row.problem === null),
      rows.map(({ row }) => fieldsOf(row)),
    ],
  );
}

export async function finishStagingRecords(tx: Transaction): Promise<void> {
  await tx.query('create index on staged_oneroster (kind, sourced_id)');
  await tx.query('analyze staged_oneroster');
}

export interface Rejections {
  rows: number;
  told: { line: number; reason: string }[];
}

/** Of rows about one record that say different things the first stands; the others are no longer sound. */
export async function rejectDoubles(tx: Transaction): Promise<Map<Kind, Rejections>> {
  const rejected = await tx.query<{ kind: Kind; line: number; reason: string }>(
    `with doubled as materialized (
       select staged.kind, staged.sourced_id from staged_oneroster staged
       where staged.sound group by staged.kind, staged.sourced_id having count(*) > 1
     ),
     first as materialized (
       select distinct on (staged.kind, staged.sourced_id) staged.*
       from doubled
       join staged_oneroster staged on staged.kind = doubled.kind and staged.sourced_id = doubled.sourced_id
       where staged.sound
       order by staged.kind, staged.sourced_id, staged.line
     )
     update staged_oneroster staged set sound = false
     from first
     where staged.kind = first.kind and staged.sourced_id = first.sourced_id and staged.sound
       and (staged.ended, staged.fields) is distinct from (first.ended, first.fields)
     returning staged.kind, staged.line, format('sourcedId: expected each once in the file; line %s says otherwise about '
       '''%s'', and stands', first.line, staged.sourced_id) as reason`,
  );
  const byKind = new Map<Kind, Rejections>();
  for (const { kind, line, reason } of rejected.sort((one, other) => one.line - other.line)) {
    const of = byKind.get(kind) ?? { rows: 0, told: [] };
    of.rows++;
    of.told.push({ line, reason });
    byKind.set(kind, of);
  }
  return byKind;
}

/** People's names and logins are not kept twice: they stand on the person. */
const kept = (fields: string): string => `${fields} - array['login', 'given_name', 'family_name']`;

/** Brings the records up to date with the file's sound rows. A bulk file ends what it leaves out. Returns how many changed. */
export async function mergeRecords(
  tx: Transaction,
  { kind, endsTheRest }: { kind: Kind; endsTheRest: boolean },
): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(
    `with listed as materialized (
       select distinct on (staged.sourced_id) staged.sourced_id, staged.ended, ${kept('staged.fields')} as fields
       from staged_oneroster staged
       where staged.kind = $2 and staged.sound
       order by staged.sourced_id, staged.line
     ),
     changed as (
       update oneroster_records known
       set ended = listed.ended, fields = case when listed.ended then known.fields else listed.fields end
       from listed
       where known.tenant_id = $1 and known.kind = $2 and known.sourced_id = listed.sourced_id
         and (known.ended <> listed.ended or not listed.ended and known.fields <> listed.fields)
       returning known.sourced_id
     ),
     added as (
       insert into oneroster_records (tenant_id, kind, sourced_id, ended, fields)
       select $1, $2, listed.sourced_id, false, listed.fields
       from listed
       where not listed.ended and not exists (select from oneroster_records known
         where known.tenant_id = $1 and known.kind = $2 and known.sourced_id = listed.sourced_id)
       order by listed.sourced_id
       returning sourced_id
     ),
     left_out as (
       update oneroster_records known set ended = true
       where known.tenant_id = $1 and known.kind = $2 and $3 and not known.ended
         and not exists (select from staged_oneroster staged
           where staged.kind = $2 and staged.sourced_id = known.sourced_id)
       returning known.sourced_id
     )
     select (select count(*) from changed)::int + (select count(*) from added)::int
       + (select count(*) from left_out)::int as rows`,
    [tx.tenantId, kind, endsTheRest],
  );
  return row!.rows;
}

/**
 * Copies all records of the tenant into gathered_records, from which the rest of an import reads: nobody has counted
 * the rows of a table that was filled a moment ago, and what is derived from them would be planned badly.
 */
export async function gatherRecords(tx: Transaction): Promise<void> {
  await tx.query(
    `create temporary table gathered_records on commit drop as
     select known.* from oneroster_records known where known.tenant_id = $1`,
    [tx.tenantId],
  );
  await tx.query('create index on gathered_records (kind, sourced_id)');
  await tx.query('analyze gathered_records');
}

export interface Reference {
  kind: Kind;
  field: string;
  column: string;
  list?: boolean;
  to: Kind;
}

/** Listed rows that name a record nobody has sent, or one that has ended. */
export const selectDangling = (
  tx: Transaction,
  { kind, field, column, list = false, to }: Reference,
): Promise<{ line: number; reason: string }[]> =>
  tx.query(
    `select staged.line,
       format(case when known.ended then '%s: expected one that has not ended; ''%s'' of %s.csv has'
         else '%s: expected one of this bundle or of an earlier one; there is no ''%s'' of %s.csv' end,
         $4::text, named.id, $6::text) as reason
     from staged_oneroster staged
     cross join lateral unnest(
       case when $5 then string_to_array(staged.fields->>$3, ',') else array[staged.fields->>$3] end
     ) named(id)
     left join gathered_records known
       on known.tenant_id = $1 and known.kind = $6 and known.sourced_id = named.id
     where staged.kind = $2 and staged.sound and not staged.ended and named.id is not null
       and (known.sourced_id is null or known.ended)
     order by staged.line
     limit 1000`,
    [tx.tenantId, kind, field, column, list, to],
  );

/**
 * What is to be done about the records of a kind: those that are listed, and those that come out differently. `derived`
 * selects sourced_id, content and, where it has something that is not kept, more and more_differs; $1 is the tenant.
 */
export async function noteDue(
  tx: Transaction,
  { kind, derived, parameters = [] }: { kind: Kind; derived: string; parameters?: unknown[] },
): Promise<void> {
  await tx.query(
    `insert into oneroster_due (kind, sourced_id, line, content, applied, more, differs)
     select '${kind}', derived.sourced_id, listed.line, derived.content, known.applied, derived.more,
       derived.content is distinct from known.applied or derived.more_differs
     from (${derived}) derived
     join gathered_records known
       on known.tenant_id = $1 and known.kind = '${kind}' and known.sourced_id = derived.sourced_id
     left join (
       select staged.sourced_id, min(staged.line) as line from staged_oneroster staged
       where staged.kind = '${kind}' and staged.sound group by staged.sourced_id
     ) listed on listed.sourced_id = derived.sourced_id
     where listed.line is not null or derived.content is distinct from known.applied or derived.more_differs
     order by listed.line`,
    [tx.tenantId, ...parameters],
  );
}

/** Records that become nothing by themselves, and are looked at by others: sessions, courses, roles. */
export const noteDueAlone = (tx: Transaction, kind: Kind): Promise<void> =>
  noteDue(tx, {
    kind,
    derived: `
      select record.sourced_id, record.fields || jsonb_build_object('ended', record.ended) as content,
        null::jsonb as more, false as more_differs
      from gathered_records record where record.tenant_id = $1 and record.kind = '${kind}'`,
  });

/** As gatherRecords does, for what is due. */
export const countDue = (tx: Transaction): Promise<unknown> => tx.query('analyze oneroster_due');

/** Why the last merge would not write some of the rows staged from here: their line is n. Call it before the next one. */
export async function noteRejected(tx: Transaction): Promise<void> {
  await tx.query(
    `update oneroster_due set reason = due.reason from due where due.line = oneroster_due.n and due.reason is not null`,
  );
}

export interface Outcome {
  added: number;
  changed: number;
  unchanged: number;
  ended: number;
  /** Of those that ended, the ones that the file lists. */
  endedRows: number;
  rejected: Rejections;
}

/** What became of the records of a kind. */
export async function selectOutcome(tx: Transaction, kind: Kind): Promise<Outcome> {
  const [counts] = await tx.query<Omit<Outcome, 'rejected'> & { rows: number }>(
    `select count(*) filter (where outcome.word = 'added')::int as added,
       count(*) filter (where outcome.word = 'changed')::int as changed,
       count(*) filter (where outcome.word = 'unchanged')::int as unchanged,
       count(*) filter (where outcome.word = 'ended')::int as ended,
       count(*) filter (where outcome.word = 'ended' and due.line is not null)::int as "endedRows",
       count(*) filter (where outcome.word = 'rejected')::int as rows
     from oneroster_due due
     cross join lateral (
       select case
         when due.reason is not null then case when due.line is not null then 'rejected' end
         when (due.content->>'ended')::boolean and not (due.applied->>'ended')::boolean then 'ended'
         when due.line is null then null
         when due.applied is null then 'added'
         when due.differs then 'changed'
         else 'unchanged' end as word
     ) outcome
     where due.kind = $1 and due.sourced_id is not null`,
    [kind],
  );
  const told = await tx.query<{ line: number; reason: string }>(
    `select due.line, due.reason from oneroster_due due
     where due.kind = $1 and due.reason is not null and due.line is not null order by due.line limit 1000`,
    [kind],
  );
  const { rows, ...outcome } = counts!;
  return { ...outcome, rejected: { rows, told } };
}

/** Remembers what was made of each record. Returns how many were made into something else than before. */
export async function rememberApplied(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(
    `with written as (
       update oneroster_records known set applied = due.content
       from oneroster_due due
       where known.tenant_id = $1 and known.kind = due.kind and known.sourced_id = due.sourced_id
         and due.reason is null and known.applied is distinct from due.content
       returning known.sourced_id
     )
     select count(*)::int as rows from written`,
    [tx.tenantId],
  );
  return row!.rows;
}
