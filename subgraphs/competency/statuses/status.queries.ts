import type { Transaction } from '../../shared/database/database';

/** What an accepted event says about a person's competency. */
export interface StatusEvent {
  eventId: string;
  personNumber: number;
  competencyId: number;
  occurredAt: Date;
  /** 0 not started, 1 in progress, 2 inferred, 3 completed. */
  status: number;
}

/**
 * Keeps the last status of each person, competency and day: the later moment wins, then the greater event id, in
 * whatever order the events arrive.
 */
export async function recordStatuses(tx: Transaction, events: StatusEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    `insert into competency_statuses as known (tenant_id, person_id, competency_id, day, status, occurred_at, event_id)
     select distinct on (event.person_id, event.competency_id, local.day)
       $1, event.person_id, event.competency_id, local.day, event.status, event.occurred_at, event.event_id
     from unnest($2::text[], $3::int[], $4::int[], $5::timestamptz[], $6::smallint[])
       event(event_id, person_id, competency_id, occurred_at, status)
     join tenant_settings on tenant_settings.tenant_id = $1
     cross join lateral (select (event.occurred_at at time zone tenant_settings.time_zone)::date as day) local
     order by event.person_id, event.competency_id, local.day, event.occurred_at desc, event.event_id collate "C" desc
     on conflict (tenant_id, person_id, competency_id, day) do update set
       status = excluded.status, occurred_at = excluded.occurred_at, event_id = excluded.event_id
     where (excluded.occurred_at, excluded.event_id) > (known.occurred_at, known.event_id)`,
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
