import type { Transaction } from '../../shared/database/database';
import type { KnownEvent, SoundEvent } from './event';

/** Whether events name classes and people by the customer's ids or by the graph's. */
export type IdKind = 'external' | 'public';

export interface References {
  classes: Map<string, number>;
  people: Map<string, number>;
}

/** The numbers behind the customer's ids of classes and people; what does not exist in the tenant is missing. */
export async function selectByExternalId(tx: Transaction, ids: { classes: string[]; people: string[] }): Promise<References> {
  const rows = await tx.query<{ kind: string; id: string; number: number }>(
    `select 'class' as kind, classes.external_id as id, classes.id as number
     from classes where classes.tenant_id = $1 and classes.external_id = any($2)
     union all
     select 'person', people.external_id, people.id
     from people where people.tenant_id = $1 and people.external_id = any($3) and people.deleted_at is null`,
    [tx.tenantId, ids.classes, ids.people],
  );
  return asReferences(rows);
}

/** Those of these numbers that stand for classes and people of the tenant. */
export async function selectByNumber(tx: Transaction, ids: { classes: number[]; people: number[] }) {
  const rows = await tx.query<{ kind: string; id: number; number: number }>(
    `select 'class' as kind, classes.id, classes.id as number
     from classes where classes.tenant_id = $1 and classes.id = any($2)
     union all
     select 'person', people.id, people.id
     from people where people.tenant_id = $1 and people.id = any($3) and people.deleted_at is null`,
    [tx.tenantId, ids.classes, ids.people],
  );
  return asReferences(rows);
}

function asReferences<Id>(rows: { kind: string; id: Id; number: number }[]) {
  const of = (kind: string) => new Map(rows.filter(row => row.kind === kind).map(row => [row.id, row.number]));
  return { classes: of('class'), people: of('person') };
}

const contextKey = (subject: string | null, contentSource: string | null, framework: string | null): string =>
  JSON.stringify([subject, contentSource, framework]);

export const contextKeyOf = (event: Pick<SoundEvent, 'subject' | 'contentSource' | 'framework'>): string => contextKey(event.subject, event.contentSource, event.framework);

type WithContext = Pick<SoundEvent, 'subject' | 'contentSource' | 'framework'>;

function contextColumns(events: readonly WithContext[]): (string | null)[][] {
  const distinct = [...new Map(events.map(event => [contextKeyOf(event), event])).values()];
  return [
    distinct.map(event => event.subject),
    distinct.map(event => event.contentSource),
    distinct.map(event => event.framework),
  ];
}

/** The numbers of the events' contexts (subject, content source, framework), by their keys; of those that are there. */
export async function selectContexts(tx: Transaction, events: readonly WithContext[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ id: number; subject: string | null; content_source: string | null; framework: string | null }>(
    `select activity_contexts.id, activity_contexts.subject, activity_contexts.content_source, activity_contexts.framework
     from unnest($2::text[], $3::text[], $4::text[]) wanted(subject, content_source, framework)
     join activity_contexts on activity_contexts.tenant_id = $1
       and activity_contexts.subject is not distinct from wanted.subject
       and activity_contexts.content_source is not distinct from wanted.content_source
       and activity_contexts.framework is not distinct from wanted.framework`,
    [tx.tenantId, ...contextColumns(events)],
  );
  return new Map(rows.map(row => [contextKey(row.subject, row.content_source, row.framework), row.id]));
}

/** Writes contexts that are not there yet; another sender may do so at the same moment. */
export async function insertContexts(tx: Transaction, events: readonly WithContext[]): Promise<Map<string, number>> {
  await tx.query(
    `insert into activity_contexts (tenant_id, subject, content_source, framework)
     select $1, wanted.subject, wanted.content_source, wanted.framework
     from unnest($2::text[], $3::text[], $4::text[]) wanted(subject, content_source, framework)
     order by wanted.subject, wanted.content_source, wanted.framework
     on conflict do nothing`,
    [tx.tenantId, ...contextColumns(events)],
  );
  return selectContexts(tx, events);
}

/**
 * Claims event ids: returns those that nobody has claimed before. Waits for a claim that is under way, and takes them
 * in order, so that two senders of the same events cannot wait for each other.
 */
export async function claimEventIds(
  tx: Transaction,
  claims: { eventId: string; hash: string }[],
  now: Date,
): Promise<Set<string>> {
  const rows = await tx.query<{ event_id: string }>(
    `insert into event_ids (tenant_id, event_id, content_hash, accepted_at)
     select $1, claim.event_id, claim.hash, $4
     from unnest($2::text[], $3::uuid[]) claim(event_id, hash)
     order by claim.event_id collate "C"
     on conflict do nothing
     returning event_ids.event_id`,
    [tx.tenantId, claims.map(claim => claim.eventId), claims.map(claim => claim.hash), now],
  );
  return new Set(rows.map(row => row.event_id));
}

/** Which of these ids were claimed with these contents. */
export async function selectSameContents(
  tx: Transaction,
  claims: { eventId: string; hash: string }[],
): Promise<Set<string>> {
  const rows = await tx.query<{ event_id: string }>(
    `select event_ids.event_id
     from unnest($2::text[], $3::uuid[]) claim(event_id, hash)
     join event_ids on event_ids.tenant_id = $1 and event_ids.event_id = claim.event_id and event_ids.content_hash = claim.hash`,
    [tx.tenantId, claims.map(claim => claim.eventId), claims.map(claim => claim.hash)],
  );
  return new Set(rows.map(row => row.event_id));
}

/**
 * Stores accepted events, adds them to the facts of classes and of learners, and leaves what they add as deltas for the
 * stored sums, in one statement. An event's day is that of the tenant's time zone now. Facts are written in key order:
 * no two senders wait for each other.
 */
export async function storeEvents(tx: Transaction, events: KnownEvent[], now: Date): Promise<void> {
  await tx.query(
    `with event as materialized (
       select event.*, (event.occurred_at at time zone tenant_settings.time_zone)::date as day
       from unnest($2::text[], $3::int[], $4::int[], $5::timestamptz[], $6::text[], $7::int[], $8::int[], $9::int[],
                   $10::int[], $11::smallint[])
         event(event_id, class_id, person_id, occurred_at, kind, score, seconds, context_id, competency_id, status)
       join tenant_settings on tenant_settings.tenant_id = $1
     ),
     raw as (
       insert into activity_events (tenant_id, accepted_on, event_id, class_id, person_id, occurred_at, day, kind, score,
         seconds, context_id, competency_id, status, accepted_at)
       select $1, ($12::timestamptz at time zone 'UTC')::date, event.event_id, event.class_id, event.person_id,
         event.occurred_at, event.day, event.kind, event.score, event.seconds, event.context_id, event.competency_id,
         event.status, $12
       from event
     ),
     change as materialized (
       select event.class_id, event.day, event.context_id, coalesce(sum(event.score), 0) as score_sum,
         count(event.score) as attempts,
         coalesce(sum(event.seconds) filter (where event.kind = 'COLLECTION'), 0) as collection_seconds,
         coalesce(sum(event.seconds) filter (where event.kind = 'ASSESSMENT'), 0) as assessment_seconds
       from event
       where event.score is not null or event.seconds > 0
       group by event.class_id, event.day, event.context_id
       order by event.class_id, event.day, event.context_id
     ),
     deltas as (
       insert into fact_deltas (tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds,
         assessment_seconds)
       select $1, change.* from change
     ),
     facts as (
       insert into class_days as fact (tenant_id, class_id, day, context_id, score_sum, attempts, collection_seconds,
         assessment_seconds)
       select $1, change.* from change
       on conflict (tenant_id, class_id, day, context_id) do update set
         score_sum = fact.score_sum + excluded.score_sum, attempts = fact.attempts + excluded.attempts,
         collection_seconds = fact.collection_seconds + excluded.collection_seconds,
         assessment_seconds = fact.assessment_seconds + excluded.assessment_seconds
     ),
     learners as (
       insert into learner_days as fact (tenant_id, person_id, day, class_id, context_id, score_sum, attempts,
         collection_seconds, assessment_seconds)
       select $1, event.person_id, event.day, event.class_id, event.context_id, coalesce(sum(event.score), 0),
         count(event.score), coalesce(sum(event.seconds) filter (where event.kind = 'COLLECTION'), 0),
         coalesce(sum(event.seconds) filter (where event.kind = 'ASSESSMENT'), 0)
       from event
       where event.score is not null or event.seconds > 0
       group by 2, 3, 4, 5
       order by 2, 3, 4, 5
       on conflict (tenant_id, person_id, day, class_id, context_id) do update set
         score_sum = fact.score_sum + excluded.score_sum, attempts = fact.attempts + excluded.attempts,
         collection_seconds = fact.collection_seconds + excluded.collection_seconds,
         assessment_seconds = fact.assessment_seconds + excluded.assessment_seconds
     )
     insert into learner_months as seen (tenant_id, class_id, month, context_id, person_id, scored_days, timed_days)
     select $1, event.class_id, date_trunc('month', event.day)::date, event.context_id, event.person_id,
       coalesce(bit_or(1 << extract(day from event.day)::int - 1) filter (where event.score is not null), 0),
       coalesce(bit_or(1 << extract(day from event.day)::int - 1) filter (where event.seconds > 0), 0)
     from event
     where event.score is not null or event.seconds > 0
     group by 2, 3, 4, 5
     order by 2, 3, 4, 5
     on conflict (tenant_id, class_id, month, context_id, person_id) do update set
       scored_days = seen.scored_days | excluded.scored_days, timed_days = seen.timed_days | excluded.timed_days`,
    [
      tx.tenantId,
      events.map(event => event.eventId),
      events.map(event => event.classNumber),
      events.map(event => event.personNumber),
      events.map(event => event.occurredAt),
      events.map(event => event.kind),
      events.map(event => event.score),
      events.map(event => event.seconds),
      events.map(event => event.contextId),
      events.map(event => event.competencyId),
      events.map(event => event.status),
      now,
    ],
  );
}
