import type { Transaction } from '../../../shared/database/database';
import type { Day, Period } from '../../../shared/period';
import type { CohortRow } from '../cohort-rows.queries';
import type { Cohort } from '../cohort.queries';
import type { UsersRow } from '../organisation-users.queries';

/** A window's figures as they were made, with the tenant's version of that moment. */
export interface StoredFigures {
  window: Period;
  /** Null: nobody was there. */
  row: CohortRow | null;
  /** Of four weeks alone. */
  users: UsersRow[] | null;
  version: string;
  computedAt: Date;
}

/** Every class of the tenant. */
export const everyClass: Cohort = {
  of: 'classes',
  whole: true,
  members: () => ({ sql: `select 'tenant' as key, classes.id as class_id from classes where classes.tenant_id = $1`, parameters: [] }),
};

export async function countClasses(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ classes: number }>(
    `select count(*)::int as classes from classes where classes.tenant_id = $1`,
    [tx.tenantId],
  );
  return row!.classes;
}

type Row = Omit<CohortRow, 'key' | 'index'> & Pick<StoredFigures, 'users' | 'version' | 'computedAt'> & { from: string; through: string };

/** What there is of these windows. */
export async function selectStoredFigures(tx: Transaction, windows: readonly Period[]): Promise<StoredFigures[]> {
  const rows = await tx.query<Row>(
    `select organisation_figures.first::text as "from", organisation_figures.through::text as through,
       organisation_figures.learners::float8 as learners, organisation_figures.active_learners::float8 as "activeLearners",
       organisation_figures.completed::float8 as completed, organisation_figures.expected::float8 as expected,
       organisation_figures.newly_completed::float8 as "newlyCompleted",
       organisation_figures.mastery_progress as "masteryProgress", organisation_figures.active_days::float8 as "activeDays",
       organisation_figures.skill_gaps::float8 as "skillGaps", coalesce(organisation_figures.at_risk, 0)::float8 as "atRisk",
       organisation_figures.last_day::text as "lastDay", organisation_figures.users, organisation_figures.version,
       organisation_figures.computed_at as "computedAt"
     from unnest($2::date[], $3::date[]) asked(first, through)
     join organisation_figures on organisation_figures.tenant_id = $1
       and organisation_figures.through = asked.through and organisation_figures.first = asked.first`,
    [tx.tenantId, windows.map(({ from }) => from), windows.map(({ through }) => through)],
  );
  return rows.map(({ from, through, users, version, computedAt, ...row }) => ({
    ...{ window: { from, through }, users, version, computedAt },
    row: row.learners === 0 ? null : { key: '', index: 0, ...row },
  }));
}

export async function storeFigures(tx: Transaction, { window, row, users, version, computedAt }: StoredFigures): Promise<void> {
  await tx.query(
    `insert into organisation_figures (tenant_id, first, through, learners, active_learners, completed, expected,
       newly_completed, mastery_progress, active_days, skill_gaps, at_risk, last_day, users, version, computed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     on conflict (tenant_id, through, first) do update set
       learners = excluded.learners, active_learners = excluded.active_learners, completed = excluded.completed,
       expected = excluded.expected, newly_completed = excluded.newly_completed,
       mastery_progress = excluded.mastery_progress, active_days = excluded.active_days,
       skill_gaps = excluded.skill_gaps, at_risk = excluded.at_risk, last_day = excluded.last_day,
       users = excluded.users, version = excluded.version, computed_at = excluded.computed_at`,
    [
      ...[tx.tenantId, window.from, window.through, row?.learners ?? 0, row?.activeLearners ?? 0, row?.completed ?? 0],
      ...[row?.expected ?? 0, row?.newlyCompleted ?? 0, row?.masteryProgress ?? null, row?.activeDays ?? 0],
      ...[row?.skillGaps ?? 0, row?.atRisk ?? null, row?.lastDay ?? null, users && JSON.stringify(users), version, computedAt],
    ],
  );
}

/** Deletes some of those that begin before a day. */
export async function deleteFiguresBefore(tx: Transaction, day: Day, most: number): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(
    `with gone as (
       delete from organisation_figures
       where organisation_figures.tenant_id = $1 and organisation_figures.ctid = any(array(
         select old.ctid from organisation_figures old where old.tenant_id = $1 and old.first < $2 limit $3))
       returning 1
     )
     select count(*)::int as rows from gone`,
    [tx.tenantId, day, most],
  );
  return row!.rows;
}
