import type { Transaction } from '../../shared/database/database';
import { activityMeasures } from '../rollup/measures';
import { integers, moments, texts, uuids } from './columns';
import type { KnownEvent, SoundEvent } from './event';
import type { Bytes } from './event-key';

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

/** No text of these is empty or has a NUL. */
const contextKey = (subject: string | null, contentSource: string | null, framework: string | null): string =>
  `${subject ?? ''}\u0000${contentSource ?? ''}\u0000${framework ?? ''}`;

type WithContext = Pick<SoundEvent, 'subject' | 'contentSource' | 'framework'>;

export const contextKeyOf = (event: WithContext): string =>
  contextKey(event.subject, event.contentSource, event.framework);

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

/** An event with what it is known by. */
export interface KeyedEvent extends KnownEvent {
  key: Bytes;
  hash: Bytes;
}

/** Which of these events' ids were claimed with the same contents, by their places in the list. */
export async function selectSameContents(tx: Transaction, events: readonly KeyedEvent[]): Promise<Set<number>> {
  const rows = await tx.query<{ place: number }>(
    `select sent.place::int as place
     from unnest($2::uuid[], $3::uuid[]) with ordinality sent(key, hash, place)
     join event_ids on event_ids.tenant_id = $1 and event_ids.event_key = sent.key and event_ids.content_hash = sent.hash`,
    [tx.tenantId, uuids(events.map(event => event.key)), uuids(events.map(event => event.hash))],
  );
  return new Set(rows.map(row => row.place - 1));
}

/** Null in a column of numbers that are never negative. */
const none = -1;

/** A column that is empty where no event has a value: what is missing at its end is null. */
const seldom = (values: readonly (number | null)[]): Buffer =>
  integers(values.some(value => value !== null) ? values.map(value => value ?? none) : []);

/**
 * Claims the events' ids, stores those events whose ids nobody has claimed before, adds them to the facts of classes and
 * of learners, and leaves what they add as deltas for the stored sums: in one statement. Returns the places of those
 * that it stored, or null where it stored all. An event's day is that of the tenant's time zone now.
 *
 * Waits for a claim that is under way. Ids are claimed in order, then facts written in key order: no two senders wait for
 * each other. The claims come first, since all else is made of what they return.
 */
export async function storeEvents(
  tx: Transaction,
  events: readonly KeyedEvent[],
  now: Date,
): Promise<Set<number> | null> {
  const [row] = await tx.query<{ places: number[] | null }>(
    `with sent as materialized (
       select sent.*
       from unnest($2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::int[], $7::timestamptz[], $8::int[], $9::int[],
                   $10::int[], $11::int[], $12::int[], $13::int[])
         with ordinality sent(key, hash, event_id, class_id, person_id, occurred_at, is_assessment, score, seconds,
           context_id, competency_id, status, place)
     ),
     claimed as (
       insert into event_ids (tenant_id, event_key, content_hash)
       select $1, sent.key, sent.hash from sent
       order by sent.key
       on conflict do nothing
       returning event_ids.event_key as key
     ),
     event as materialized (
       select sent.place, sent.event_id, sent.class_id, sent.person_id, sent.occurred_at, sent.context_id,
         sent.is_assessment = 1 as is_assessment,
         nullif(sent.score, ${none}) as score, nullif(sent.seconds, ${none}) as seconds,
         nullif(sent.competency_id, ${none}) as competency_id, nullif(sent.status, ${none}) as status,
         (sent.occurred_at at time zone tenant_settings.time_zone)::date as day
       from claimed
       join sent on sent.key = claimed.key
       join tenant_settings on tenant_settings.tenant_id = $1
     ),
     raw as (
       insert into activity_events (tenant_id, accepted_on, event_id, class_id, person_id, occurred_at, day, kind, score,
         seconds, context_id, competency_id, status, accepted_at)
       select $1, $14::date, event.event_id, event.class_id, event.person_id, event.occurred_at, event.day,
         case when event.is_assessment then 'ASSESSMENT' else 'COLLECTION' end, event.score, event.seconds,
         event.context_id, event.competency_id, event.status, $15::timestamptz
       from event
     ),
     learner as materialized (
       select event.person_id, event.day, event.class_id, event.context_id,
         coalesce(sum(event.score), 0) as score_sum, count(event.score) as attempts,
         coalesce(sum(event.seconds) filter (where not event.is_assessment), 0) as collection_seconds,
         coalesce(sum(event.seconds) filter (where event.is_assessment), 0) as assessment_seconds
       from event
       where event.score is not null or event.seconds > 0
       group by 1, 2, 3, 4
       order by 1, 2, 3, 4
     ),
     learners as (
       insert into learner_days as fact (tenant_id, person_id, day, class_id, context_id, ${sums.join(', ')})
       select $1, learner.* from learner
       on conflict (tenant_id, person_id, day, class_id, context_id) do update set ${sums.map(grown).join(', ')}
     ),
     months as (
       insert into learner_months as seen (tenant_id, class_id, month, context_id, person_id, scored_days, timed_days)
       select $1, learner.class_id, date_trunc('month', learner.day)::date, learner.context_id, learner.person_id,
         bit_or((learner.attempts > 0)::int << extract(day from learner.day)::int - 1),
         bit_or((learner.collection_seconds + learner.assessment_seconds > 0)::int << extract(day from learner.day)::int - 1)
       from learner
       group by 2, 3, 4, 5
       order by 2, 3, 4, 5
       on conflict (tenant_id, class_id, month, context_id, person_id) do update set
         scored_days = seen.scored_days | excluded.scored_days, timed_days = seen.timed_days | excluded.timed_days
     ),
     change as materialized (
       select learner.class_id, learner.day, learner.context_id,
         ${sums.map(sum => `sum(learner.${sum})::bigint`).join(', ')}
       from learner
       group by 1, 2, 3
       order by 1, 2, 3
     ),
     facts as (
       insert into class_days as fact (tenant_id, class_id, day, context_id, ${sums.join(', ')})
       select $1, change.* from change
       on conflict (tenant_id, class_id, day, context_id) do update set ${sums.map(grown).join(', ')}
     ),
     deltas as (
       insert into fact_deltas (tenant_id, class_id, day, context_id, ${sums.join(', ')})
       select $1, change.* from change
     )
     select case when count(*) < $16::int then coalesce(array_agg(event.place::int - 1), '{}') end as places
     from event`,
    [
      tx.tenantId,
      uuids(events.map(event => event.key)),
      uuids(events.map(event => event.hash)),
      texts(events.map(event => event.eventId)),
      integers(events.map(event => event.classNumber)),
      integers(events.map(event => event.personNumber)),
      moments(events.map(event => event.occurredAt)),
      integers(events.map(event => (event.kind === 'ASSESSMENT' ? 1 : 0))),
      seldom(events.map(event => event.score)),
      seldom(events.map(event => event.seconds)),
      integers(events.map(event => event.contextId)),
      seldom(events.map(event => event.competencyId)),
      seldom(events.map(event => event.status)),
      now.toISOString().slice(0, 10),
      now,
      events.length,
    ],
  );
  const { places } = row!;
  return places && new Set(places);
}

const sums = activityMeasures;
const grown = (sum: string): string => `${sum} = fact.${sum} + excluded.${sum}`;
