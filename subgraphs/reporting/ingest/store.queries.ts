import type { Transaction } from '../../shared/database/database';
import { activityMeasures } from '../rollup/measures';
import { integers, longs, moments, texts, uuids } from './columns';
import type { KnownEvent } from './event';
import type { Bytes } from './event-key';
import type { Facts } from './facts';

/** An event with what it is known by, and its day in the tenant's time zone. */
export interface KeyedEvent extends KnownEvent {
  key: Bytes;
  hash: Bytes;
  day: number;
}

/** What is stored in one statement: events in the order of their keys, and the facts that they make. */
export interface Batch {
  events: readonly KeyedEvent[];
  facts: Facts;
  now: Date;
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

/**
 * Claims the events' ids, and where nobody has claimed any of them before stores the batch: returns null. Else nothing but
 * the claims is written, and the places of those that are new are returned. Waits for claims that are under way. Ids are
 * claimed in order, and then facts written in key order: no two senders wait for each other.
 */
export async function claimAndStore(tx: Transaction, batch: Batch): Promise<Set<number> | null> {
  const { events } = batch;
  const [row] = await tx.query<{ places: number[] | null }>(
    `with claimed as (
       insert into event_ids (tenant_id, event_key, content_hash, accepted_at)
       select $1::int, ($2::uuid[])[place], ($3::uuid[])[place], $9::timestamptz from generate_series(1, $4::int) place
       on conflict do nothing
       returning event_ids.event_key as key
     ),
     told as materialized (select count(*) = $4::int as all_are_new from claimed),
     ${storing(5, 'where (select told.all_are_new from told)')}
     select case when not told.all_are_new then array(
       select sent.place::int - 1
       from unnest($2::uuid[]) with ordinality sent(key, place)
       join claimed on claimed.key = sent.key
     ) end as places
     from told`,
    [
      tx.tenantId,
      uuids(events.map(event => event.key)),
      uuids(events.map(event => event.hash)),
      events.length,
      ...stored(batch),
    ],
  );
  const { places } = row!;
  return places && new Set(places);
}

/** Stores a batch whose ids this transaction has claimed. */
export const storeClaimed = (tx: Transaction, batch: Batch): Promise<unknown> =>
  tx.query(`with ${storing(2, '')} select 1`, [tx.tenantId, ...stored(batch)]);

const sums = activityMeasures;
const grown = sums.map(sum => `${sum} = fact.${sum} + excluded.${sum}`).join(', ');

/** A number that stands for null in a column of numbers that are never negative. */
const none = -1;

/**
 * What stores a batch, as parts of a `with`: the activity, the facts of learners and of classes, and the same as deltas
 * for the stored sums. Numbers of a row stand one after the other in one array, since taking one out by its place costs
 * far less than a set of rows for each column. `first` is the first parameter's number.
 */
function storing(first: number, condition: string): string {
  const given = (offset: number, type: string) => `$${first + offset}::${type}`;
  /** The numbers of row `place` in an array with so many a row. */
  const taken = (array: string, many: number): string[] =>
    Array.from({ length: many }, (_, index) => `(${array})[place * ${many} - ${many - 1 - index}]`);
  const rows = (count: string) => `from generate_series(1, ${count}) place ${condition}`;
  const dated = (day: string) => `date '2000-01-01' + ${day}`;
  const noneIsNull = (number: string) => `nullif(${number}, ${none})`;

  const [klass, person, day, isAssessment, score, seconds, context, competency, status] = taken(given(1, 'int[]'), 9) as Nine;
  const learner = taken(given(6, 'int[]'), 4);
  const month = taken(given(9, 'int[]'), 4);
  const fact = taken(given(12, 'int[]'), 3);
  const factSums = taken(given(13, 'bigint[]'), 4).join(', ');
  return `
     raw as (
       insert into activity_events (tenant_id, accepted_on, event_id, class_id, person_id, occurred_at, day, kind, score,
         seconds, context_id, competency_id, status, accepted_at)
       select $1::int, ${given(3, 'date')}, sent.event_id, ${klass}, ${person}, (${given(2, 'timestamptz[]')})[place],
         ${dated(day)}, case ${isAssessment} when 1 then 'ASSESSMENT' else 'COLLECTION' end, ${noneIsNull(score)},
         ${noneIsNull(seconds)}, ${context}, ${noneIsNull(competency)}, ${noneIsNull(status)}, ${given(4, 'timestamptz')}
       from (
         select unnested.event_id, unnested.number::int as place
         from unnest(${given(0, 'text[]')}) with ordinality unnested(event_id, number)
       ) sent ${condition}
     ),
     learners as (
       insert into learner_days as fact (tenant_id, person_id, day, class_id, context_id, ${sums.join(', ')})
       select $1::int, ${learner[0]}, ${dated(learner[1]!)}, ${learner[2]}, ${learner[3]},
         ${taken(given(7, 'bigint[]'), 4).join(', ')}
       ${rows(given(5, 'int'))}
       on conflict (tenant_id, person_id, day, class_id, context_id) do update set ${grown}
     ),
     months as (
       insert into learner_months as seen (tenant_id, class_id, month, context_id, person_id, scored_days, timed_days)
       select $1::int, ${month[0]}, ${dated(month[1]!)}, ${month[2]}, ${month[3]},
         ${taken(given(10, 'int[]'), 2).join(', ')}
       ${rows(given(8, 'int'))}
       on conflict (tenant_id, class_id, month, context_id, person_id) do update set
         scored_days = seen.scored_days | excluded.scored_days, timed_days = seen.timed_days | excluded.timed_days
     ),
     classes as (
       insert into class_days as fact (tenant_id, class_id, day, context_id, ${sums.join(', ')})
       select $1::int, ${fact[0]}, ${dated(fact[1]!)}, ${fact[2]}, ${factSums}
       ${rows(given(11, 'int'))}
       on conflict (tenant_id, class_id, day, context_id) do update set ${grown}
     ),
     deltas as (
       insert into fact_deltas (tenant_id, class_id, day, context_id, ${sums.join(', ')})
       select $1::int, ${fact[0]}, ${dated(fact[1]!)}, ${fact[2]}, ${factSums}
       ${rows(given(11, 'int'))}
     )`;
}

type Nine = [string, string, string, string, string, string, string, string, string];

/** The values of `storing`. */
function stored({ events, facts: { learners, months, classes }, now }: Batch): unknown[] {
  return [
    texts(events.map(event => event.eventId)),
    integers(numbersOf(events)),
    moments(events.map(event => event.occurredAt)),
    now.toISOString().slice(0, 10),
    now,
    learners.count,
    integers(learners.keys),
    longs(learners.sums),
    months.count,
    integers(months.keys),
    integers(months.sums),
    classes.count,
    integers(classes.keys),
    longs(classes.sums),
  ];
}

function numbersOf(events: readonly KeyedEvent[]): number[] {
  const to: number[] = [];
  for (const event of events) {
    to.push(event.classNumber, event.personNumber, event.day, event.kind === 'ASSESSMENT' ? 1 : 0);
    to.push(event.score ?? none, event.seconds ?? none, event.contextId, event.competencyId ?? none, event.status ?? none);
  }
  return to;
}
