import type { Transaction } from '../../shared/database/database';

interface Constraint {
  table: string;
  name: string;
  definition: string;
}

const foreignKeys: Constraint[] = [
  { table: 'classes', name: 'class_school_exists', definition: 'foreign key (tenant_id, school_id) references groups' },
  {
    table: 'enrolments',
    name: 'enrolment_in_a_class',
    definition: 'foreign key (tenant_id, class_id) references classes',
  },
  {
    table: 'enrolments',
    name: 'enrolment_of_a_person',
    definition: 'foreign key (tenant_id, person_id) references people',
  },
  {
    ...{ table: 'class_test_series', name: 'assignment_to_a_class' },
    definition: 'foreign key (tenant_id, class_id) references classes',
  },
  {
    ...{ table: 'class_test_series', name: 'assignment_of_a_test_series' },
    definition: 'foreign key (tenant_id, test_series_id) references test_series',
  },
];
const keys: Constraint[] = [
  { table: 'enrolments', name: 'enrolments_pkey', definition: 'primary key (tenant_id, class_id, person_id, type)' },
  {
    table: 'class_test_series',
    name: 'class_test_series_pkey',
    definition: 'primary key (tenant_id, class_id, test_series_id)',
  },
];
const tables = ['people', 'groups', 'classes', 'test_series', 'enrolments', 'class_test_series'];

/** Those of these constraints that stand, and hold for every row. */
async function selectStanding(tx: Transaction, constraints: Constraint[]): Promise<Set<string>> {
  const rows = await tx.query<{ name: string }>(
    `select pg_constraint.conname as name
     from unnest($1::text[], $2::text[]) asked(relation, name)
     join pg_constraint on pg_constraint.conrelid = to_regclass(asked.relation)
       and pg_constraint.conname = asked.name and pg_constraint.convalidated`,
    [constraints.map(({ table }) => table), constraints.map(({ name }) => name)],
  );
  return new Set(rows.map(({ name }) => name));
}

export const areForeignKeysEnforced = async (tx: Transaction): Promise<boolean> =>
  (await selectStanding(tx, foreignKeys)).size === foreignKeys.length;

/**
 * Puts back which of the roster's constraints are missing; returns their names. For the owner of the tables, in a
 * transaction that is of no tenant's rows. Fails where a row, of whichever tenant, would break one of them.
 */
export async function restoreConstraints(tx: Transaction): Promise<string[]> {
  const all = [...keys, ...foreignKeys];
  const standing = await selectStanding(tx, all);
  const missing = all.filter(({ name }) => !standing.has(name));
  const [column] = await tx.query<{ missing: boolean }>(
    `select not pg_attribute.attnotnull as missing from pg_attribute
     where pg_attribute.attrelid = to_regclass('enrolments') and pg_attribute.attname = 'enrolled_at'`,
  );
  if (missing.length === 0 && !column!.missing) return [];
  // Forced row-level security would hide the rows to be checked from the owner, too. Nobody sees the tables meanwhile.
  for (const table of tables) await tx.query(`alter table ${table} no force row level security`);
  if (column!.missing) await tx.query('alter table enrolments alter enrolled_at set not null');
  for (const { table, name, definition } of missing) {
    await tx.query(`alter table ${table} drop constraint if exists ${name}, add constraint ${name} ${definition}`);
  }
  for (const table of tables) await tx.query(`alter table ${table} force row level security`);
  return [...(column!.missing ? ['enrolled_at'] : []), ...missing.map(({ name }) => name)];
}
