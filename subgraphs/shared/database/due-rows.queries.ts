import type { Transaction } from './database';

/** What became of the rows of one file and tenant. The rest of them were there already. */
export interface Merged {
  rows: number;
  added: number;
  changed: number;
  rejected: number;
  /** The first of the rejected rows. */
  told: { line: number; reason: string }[];
}

const mostTold = 1_000;

/**
 * Looks up what staged rows refer to: makes the temporary table `due` of what a select gives. It must have the columns
 * line and reason: why the row cannot be written, or null.
 */
export async function lookUpDueRows(tx: Transaction, select: string, parameters: unknown[]): Promise<void> {
  await tx.query('drop table if exists due');
  await tx.query(`create temporary table due on commit drop as ${select}`, parameters);
  await tx.query('analyze due');
}

/**
 * Of rows about the same thing that say different things, the first stands; the later ones get a reason. Rows that are
 * the same stay. `key` and `content` are columns of due; `reason` is SQL over `due` (the later row) and `first`.
 */
export async function rejectContradictions(
  tx: Transaction,
  { key, content, order = 'line', reason }: { key: string[]; content: string[]; order?: string; reason?: string },
): Promise<void> {
  const list = (table: string, columns: string[]) => columns.map(column => `${table}.${column}`).join(', ');
  const differs = `(${list('due', content)}) is distinct from (${list('first', content)})`;
  await tx.query(
    `with twice as (
       select ${list('due', key)} from due where due.reason is null group by ${list('due', key)} having count(*) > 1
     ),
     first as (
       select distinct on (${list('due', key)}) due.*
       from due join twice on (${list('twice', key)}) = (${list('due', key)})
       where due.reason is null
       order by ${list('due', key)}, ${order}
     )
     update due set reason = ${reason ?? defaultReason(content)}
     from first
     where due.reason is null and (${list('first', key)}) = (${list('due', key)}) and ${differs}`,
  );
}

const defaultReason = (content: string[]): string =>
  `format('expected one row for each; line %s says otherwise about ${content.join(', ')}, and stands', first.line)`;

/** Counts the rows that a statement with `returning` writes. */
export async function countWritten(tx: Transaction, statement: string, parameters: unknown[] = []): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(
    `with written as (${statement}) select count(*)::int as rows from written`,
    parameters,
  );
  return row!.rows;
}

/** Ends with the table due: what was written, and why the rest was not. `only`: SQL that selects a part of due. */
export async function settleDueRows(
  tx: Transaction,
  { added, changed, only = 'true' }: { added: number; changed: number; only?: string },
): Promise<Merged> {
  const [counts] = await tx.query<{ rows: number; rejected: number }>(
    `select count(*)::int as rows, count(due.reason)::int as rejected from due where ${only}`,
  );
  const told = await tx.query<{ line: number; reason: string }>(
    `select due.line, due.reason from due where due.reason is not null and ${only} order by due.line limit ${mostTold}`,
  );
  return { ...counts!, added, changed, told };
}
