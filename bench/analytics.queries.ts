import type { Client } from 'pg';
import type { Transaction } from '../subgraphs/shared/database/database';
import type { Period } from '../subgraphs/shared/period';
import { withoutForeignKeyChecks } from './tenant.queries';

/** Every third day a learner is active, over a quarter of a year up to a day. */
export async function insertLearnerDays(tx: Transaction, through: string): Promise<void> {
  await withoutForeignKeyChecks(tx);
  await tx.query(
    `insert into activity_contexts (tenant_id, subject, content_source, framework) values ($1, null, null, null)
     on conflict do nothing`,
    [tx.tenantId],
  );
  await tx.query(
    `insert into learner_days (tenant_id, person_id, day, class_id, context_id, score_sum, attempts, collection_seconds,
       assessment_seconds)
     select $1, enrolments.person_id, $2::date - n, enrolments.class_id, context.id, 10000 * (n * 7 % 100), 1, 0, 300
     from enrolments
     cross join generate_series(0, 90) n
     cross join lateral (
       select min(activity_contexts.id) as id from activity_contexts where activity_contexts.tenant_id = $1
     ) context
     where enrolments.tenant_id = $1 and enrolments.type = 'STUDENT' and (enrolments.person_id + n) % 3 = 0`,
    [tx.tenantId, through],
  );
}

/** A row for each learner with the figures of a window, as somebody would keep them who makes them at night. */
export async function fillLearnerFloor(tx: Transaction, rows: object[]): Promise<void> {
  await tx.query(
    `create table if not exists bench.learner_floor (
       tenant_id int not null, "personId" int not null, expected int not null, completed int not null, begun int not null,
       "newlyCompleted" int not null, "activeDays" int not null, primary key (tenant_id, "personId")
     )`,
  );
  await tx.query(
    `insert into bench.learner_floor
     select $1, made."personId", made.expected, made.completed, made.begun, made."newlyCompleted", made."activeDays"
     from jsonb_to_recordset($2) made("personId" int, expected int, completed int, begun int, "newlyCompleted" int, "activeDays" int)
     on conflict do nothing`,
    [tx.tenantId, JSON.stringify(rows)],
  );
}

export interface FloorRow {
  learners: number;
  newlyCompleted: number;
  activeDays: number;
}

/** The kept rows, added up. */
export async function readLearnerFloor(client: Client, tenantId: number): Promise<FloorRow> {
  const { rows } = await client.query<FloorRow>({
    name: 'learner floor',
    text: `select count(*)::float8 as learners, sum(learner_floor."newlyCompleted")::float8 as "newlyCompleted",
             avg(learner_floor.completed::float8 / nullif(learner_floor.expected, 0)) as "masteryProgress",
             sum(learner_floor."activeDays")::float8 as "activeDays"
           from bench.learner_floor where learner_floor.tenant_id = $1`,
    values: [tenantId],
  });
  return rows[0]!;
}

/** The kept windows themselves, under their keys. */
export async function readWindows(client: Client, tenantId: number, windows: readonly Period[]): Promise<number> {
  const { rows } = await client.query({
    name: `windows ${windows.length}`,
    text: `select organisation_figures.* from unnest($2::date[], $3::date[]) asked(first, through)
           join organisation_figures on organisation_figures.tenant_id = $1
             and organisation_figures.through = asked.through and organisation_figures.first = asked.first`,
    values: [tenantId, windows.map(({ from }) => from), windows.map(({ through }) => through)],
  });
  return rows.length;
}
