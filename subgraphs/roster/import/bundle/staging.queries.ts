import type { Transaction } from '../../../shared/database/database';
import type { Row } from './shapes';

/**
 * The temporary tables in which a load keeps its rows until all of them are read: `staged_…` with line and these
 * fields, all of them text. The subgraphs merge their tables from them (their bundle.queries.ts).
 */
const stagedColumns = {
  groups: ['tenant', 'group_id', 'type', 'name', 'code'],
  users: ['tenant', 'user_id', 'login', 'roles', 'given_name', 'family_name'],
  classes: ['tenant', 'class_id', 'name', 'code', 'grade', 'subject', 'school_id', 'active'],
  placements: ['tenant', 'file', 'hierarchy', 'child_type', 'child_id', 'parent_type', 'parent_id'],
  grants: ['tenant', 'user_id', 'group_type', 'group_id'],
  enrolments: ['tenant', 'class_id', 'user_id', 'type', 'status', 'enrolled_at', 'ended_at'],
  competencies: ['tenant', 'framework', 'subject', 'grade', 'competency', 'title'],
} as const;

export type Staged = keyof typeof stagedColumns;

/** They live as long as the connection. */
export async function createStagedTables(tx: Transaction): Promise<void> {
  for (const [name, columns] of Object.entries(stagedColumns)) {
    const fields = columns.map(column => `${column} text`).join(', ');
    await tx.query(`create temporary table staged_${name} (line int not null, ${fields})`);
  }
}

export async function stage(tx: Transaction, into: Staged, rows: readonly { line: number; row: Row }[]): Promise<void> {
  const columns = stagedColumns[into];
  const fields = columns.map((_, index) => `$${index + 2}::text[]`).join(', ');
  await tx.query(
    `insert into staged_${into} (line, ${columns.join(', ')}) select * from unnest($1::int[], ${fields})`,
    [rows.map(({ line }) => line), ...columns.map(column => rows.map(({ row }) => row[column] ?? null))],
  );
}

/** Nobody else counts a temporary table's rows for the planner. */
export async function finishStaging(tx: Transaction, { tenants }: { tenants: number }): Promise<void> {
  for (const name of Object.keys(stagedColumns)) {
    if (tenants > 1) await tx.query(`create index on staged_${name} (tenant)`);
    await tx.query(`analyze staged_${name}`);
  }
}

export interface Stray {
  file: string | null;
  rows: number;
  told: { line: number; reason: string }[];
}

/** The rows of tenants that there are not. */
export async function selectStrays(tx: Transaction, from: Staged, knownTenants: string[]): Promise<Stray[]> {
  const file = from === 'placements' ? 'stray.file' : 'null::text';
  return tx.query(
    `select ${file} as file, count(*)::int as rows,
       to_jsonb((array_agg(jsonb_build_object('line', stray.line, 'reason', format(
         'tenant_id: expected a tenant of tenants.csv or of an earlier load; there is no tenant ''%s''', stray.tenant))
         order by stray.line))[1:1000]) as told
     from staged_${from} stray
     where stray.tenant <> all($1)
     group by 1`,
    [knownTenants],
  );
}
