import type { Client } from 'pg';
import type { Transaction } from '../subgraphs/shared/database/database';

/** Groups of twenty students and two users, all of one school. */
export async function fillGroups(tx: Transaction, schoolId: number): Promise<void> {
  await tx.query(
    `insert into people (tenant_id, external_id, login, roles)
     select $1, 'student ' || n, 'student ' || n, '{LEARNER}' from generate_series(1, 10000) n`,
    [tx.tenantId],
  );
  await tx.query(
    `insert into student_groups (tenant_id, name, school_id, school_year, import_id, created_at, updated_at)
     select $1, 'group ' || n, $2, 2026, 1, now(), now() from generate_series(1, 500) n`,
    [tx.tenantId, schoolId],
  );
  await tx.query(
    `insert into student_group_students (tenant_id, student_group_id, person_id, position, import_id)
     select $1, grouped.id, learner.id, learner.place, 1
     from (select people.id, row_number() over (order by people.id) as place from people
           where people.tenant_id = $1 and people.login <> 'admin') learner
     join (select student_groups.id, row_number() over (order by student_groups.id) as place from student_groups
           where student_groups.tenant_id = $1) grouped on grouped.place = 1 + (learner.place - 1) / 20`,
    [tx.tenantId],
  );
  await tx.query(
    `insert into student_group_users (tenant_id, student_group_id, login_key, login, position, import_id)
     select $1, student_groups.id, login, login, 1, 1
     from student_groups cross join unnest('{one,two}'::text[]) login where student_groups.tenant_id = $1`,
    [tx.tenantId],
  );
}

/** A delta of each class on each of some days, which wait to be folded. */
export async function insertDeltas(tx: Transaction, days: number): Promise<void> {
  await tx.query(
    `insert into fact_deltas (tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds, assessment_seconds)
     select $1, classes.id, date '2026-03-01' + n, 1, 50, 1, 0, 0
     from classes cross join generate_series(1, $2::int) n where classes.tenant_id = $1`,
    [tx.tenantId, days],
  );
}

/** The facts that those deltas are of. */
export async function insertFacts(tx: Transaction, days: number): Promise<void> {
  await tx.query(
    `insert into class_days (tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds, assessment_seconds)
     select $1, classes.id, date '2026-03-01' + n, 1, 50, 1, 0, 0
     from classes cross join generate_series(1, $2::int) n where classes.tenant_id = $1`,
    [tx.tenantId, days],
  );
}

/** Counts the tables' rows for the planner; nobody does so again until the test is over. */
export async function countTables(client: Client, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await client.query(`alter table ${table} set (autovacuum_enabled = false)`);
    await client.query(`analyze ${table}`);
  }
}

/** How many rows of each table were read so far, by whomever. */
export async function selectRowsRead(client: Client, tables: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await client.query<{ name: string; read: number }>(
    `select pg_stat_user_tables.relname as name, (pg_stat_user_tables.seq_tup_read
       + (select sum(pg_stat_user_indexes.idx_tup_read) from pg_stat_user_indexes
          where pg_stat_user_indexes.relid = pg_stat_user_tables.relid))::float8 as read
     from pg_stat_user_tables where pg_stat_user_tables.relname = any($1)`,
    [tables],
  );
  return Object.fromEntries(rows.map(({ name, read }) => [name, read]));
}
