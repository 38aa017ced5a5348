import type { Transaction } from '../../shared/database/database';
import type { Bound, Found } from './verify-labels.queries';

/**
 * Days of which there are facts or raw activity, and no note that it was accepted then or later: they would never expire,
 * or before their time.
 */
export const selectDaysUnlikeAcceptance = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `with noted as materialized (
       select accepted_days.day, max(accepted_days.accepted_on) as last
       from accepted_days where accepted_days.tenant_id = $1 group by accepted_days.day
     ),
     there as (
       select known.day, max(known.accepted_on) as last
       from (
         select class_days.day, null::date as accepted_on from class_days where class_days.tenant_id = $1
         union
         select activity_events.day, activity_events.accepted_on from activity_events where activity_events.tenant_id = $1
       ) known
       group by known.day
     )
     select 'day ' || there.day as subject, jsonb_build_object('accepted', coalesce(there.last::text, 'some day')) as expected,
       case when noted.day is not null then jsonb_build_object('accepted', noted.last) end as found, count(*) over () as total
     from there
     left join noted on noted.day = there.day
     where noted.day is null or noted.last < there.last
     order by there.day limit $2`,
    [tx.tenantId, most],
  );

/** Raw activity whose ids nobody would know again: sent once more it would be counted twice. Erased ids are digests. */
export const selectUnknownIds = (tx: Transaction, { most }: Bound): Promise<Found[]> =>
  tx.query(
    `select 'event ' || left(activity_events.event_id, 60) as subject,
       jsonb_build_object('id', 'known') as expected, null as found, count(*) over () as total
     from activity_events
     left join retention_settings on retention_settings.tenant_id = $1
     where activity_events.tenant_id = $1 and activity_events.event_id not like 'erased-%'
       and activity_events.accepted_at >= coalesce(retention_settings.event_ids_from, '-infinity')
       and not exists (
         select from event_ids
         where event_ids.tenant_id = $1 and event_ids.event_key
           = encode(substr(sha256(convert_to(activity_events.event_id, 'UTF8')), 1, 16), 'hex')::uuid)
     order by activity_events.event_id limit $2`,
    [tx.tenantId, most],
  );
