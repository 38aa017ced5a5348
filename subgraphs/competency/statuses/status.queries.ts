import type { Transaction } from '../../shared/database/database';
import type { Day } from '../../shared/period';

/** What an accepted event says about a person's competency. */
export interface StatusEvent {
  eventId: string;
  personNumber: number;
  competencyId: number;
  occurredAt: Date;
  /** 0 not started, 1 in progress, 2 inferred, 3 completed. */
  status: number;
}

/** Days on which a person's latest status of a competency is another one than it was. */
export interface StatusChange {
  personNumber: number;
  competencyId: number;
  fromDay: Day;
  /** The day before which it ends: 'infinity' where no later status is known. */
  beforeDay: Day;
  was: number;
  is: number;
}

/**
 * Keeps the last status of each person, competency and day: the later moment wins, then the greater event id, in
 * whatever order the events arrive. Returns what that changes; nobody else may write statuses of these people
 * meanwhile. The statement sees the statuses as they were before it, so that both sides are at hand.
 */
export async function recordStatuses(tx: Transaction, events: StatusEvent[]): Promise<StatusChange[]> {
  if (events.length === 0) return [];
  return tx.query<StatusChange>(
    `with written as (
       insert into competency_statuses as known (tenant_id, person_id, competency_id, day, status, occurred_at, event_id)
       select distinct on (event.person_id, event.competency_id, local.day)
         $1, event.person_id, event.competency_id, local.day, event.status, event.occurred_at, event.event_id
       from unnest($2::text[], $3::int[], $4::int[], $5::timestamptz[], $6::smallint[])
         event(event_id, person_id, competency_id, occurred_at, status)
       join tenant_settings on tenant_settings.tenant_id = $1
       cross join lateral (select (event.occurred_at at time zone tenant_settings.time_zone)::date as day) local
       order by event.person_id, event.competency_id, local.day, event.occurred_at desc, event.event_id collate "C" desc
       on conflict (tenant_id, person_id, competency_id, day) do update set
         status = excluded.status, occurred_at = excluded.occurred_at, event_id = excluded.event_id
       where (excluded.occurred_at, excluded.event_id) > (known.occurred_at, known.event_id)
       returning known.person_id, known.competency_id, known.day, known.status
     )
     select written.person_id as "personNumber", written.competency_id as "competencyId", written.day::text as "fromDay",
       coalesce(least(later.day, written.next_day), 'infinity')::text as "beforeDay",
       coalesce(earlier.status, 0) as was, written.status as is
     from (
       select written.*, lead(written.day) over (
         partition by written.person_id, written.competency_id order by written.day) as next_day
       from written
     ) written
     left join lateral (
       select competency_statuses.status from competency_statuses
       where competency_statuses.tenant_id = $1 and competency_statuses.person_id = written.person_id
         and competency_statuses.competency_id = written.competency_id and competency_statuses.day <= written.day
       order by competency_statuses.day desc limit 1
     ) earlier on true
     left join lateral (
       select competency_statuses.day from competency_statuses
       where competency_statuses.tenant_id = $1 and competency_statuses.person_id = written.person_id
         and competency_statuses.competency_id = written.competency_id and competency_statuses.day > written.day
       order by competency_statuses.day limit 1
     ) later on true
     where coalesce(earlier.status, 0) <> written.status`,
    [
      tx.tenantId,
      events.map(event => event.eventId),
      events.map(event => event.personNumber),
      events.map(event => event.competencyId),
      events.map(event => event.occurredAt),
      events.map(event => event.status),
    ],
  );
}
