import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';

export interface KeptDays {
  figuresFrom: Day | null;
  competenciesFrom: Day | null;
  eventIdsFrom: Date | null;
  /** The first day of acceptance (UTC) that counts; null where everything does. */
  firstKept: Day | null;
  /** Where some days have expired and are not purged yet: all days of which there is something, in order. */
  days: { day: Day; expired: boolean }[] | null;
}

/**
 * Which days of figures have expired by `today` and are still there, and what went before. $3: for how many days a
 * tenant keeps figures that has set nothing.
 */
export async function selectKeptDays(
  tx: Transaction,
  { today, usualDays }: { today: Day; usualDays: number | null },
): Promise<KeptDays> {
  const [row] = await tx.query<KeptDays>(
    `with kept as materialized (
       select retention_settings.figures_from, retention_settings.competencies_from, retention_settings.event_ids_from,
         greatest($2::date - case when retention_settings.tenant_id is null then $3::int else retention_settings.figure_days end,
           retention_settings.figures_accepted_from) as first
       from (values (1)) one
       left join retention_settings on retention_settings.tenant_id = $1
     )
     select kept.figures_from::text as "figuresFrom", kept.competencies_from::text as "competenciesFrom",
       kept.event_ids_from as "eventIdsFrom", kept.first::text as "firstKept",
       case when exists (
         select from accepted_days old
         where old.tenant_id = $1 and old.accepted_on < kept.first and not exists (
           select from accepted_days later
           where later.tenant_id = $1 and later.day = old.day and later.accepted_on >= kept.first)
       ) then (
         select json_agg(json_build_object('day', known.day::text, 'expired', known.last < kept.first) order by known.day)
         from (
           select accepted_days.day, max(accepted_days.accepted_on) as last
           from accepted_days where accepted_days.tenant_id = $1
           group by accepted_days.day
         ) known
       ) end as days
     from kept`,
    [tx.tenantId, today, usualDays],
  );
  return row!;
}

/** Notes on which day (UTC) something was accepted of the days of these moments, days of the tenant's time zone. */
export async function insertAcceptedDays(tx: Transaction, moments: readonly Date[], now: Date): Promise<void> {
  await tx.query(
    `insert into accepted_days (tenant_id, day, accepted_on)
     select distinct $1::int, (happened.at at time zone tenant_settings.time_zone)::date, ($3::timestamptz at time zone 'UTC')::date
     from unnest($2::timestamptz[]) happened(at)
     join tenant_settings on tenant_settings.tenant_id = $1
     order by 2
     on conflict do nothing`,
    [tx.tenantId, moments, now],
  );
}
