import { acceptanceLock } from '../subgraphs/shared/database/acceptance-lock.queries';
import type { Transaction } from '../subgraphs/shared/database/database';

const facts = `kept.day::text, sum(kept.score_sum)::int as scores, sum(kept.attempts)::int as attempts,
  sum(kept.collection_seconds)::int as collection, sum(kept.assessment_seconds)::int as assessment`;
const ofClass = `join classes on classes.tenant_id = $1 and classes.id = kept.class_id
  join activity_contexts context on context.tenant_id = $1 and context.id = kept.context_id`;
const ofPerson = 'join people on people.tenant_id = $1 and people.id = kept.person_id';
const klass = 'classes.external_id as class, context.subject';
const person = 'people.external_id as person';

const statements = {
  activity: `select kept.event_id, ${klass}, ${person}, kept.score, kept.seconds
    from activity_events kept ${ofClass} ${ofPerson} where kept.tenant_id = $1 order by 1`,
  ids: 'select kept.event_key, kept.content_hash is not null as hashed from event_ids kept where kept.tenant_id = $1 order by 1',
  classes: `select ${klass}, ${facts} from class_days kept ${ofClass} where kept.tenant_id = $1 group by 1, 2, 3 order by 1, 2, 3`,
  deltas: `select ${klass}, ${facts} from fact_deltas kept ${ofClass} where kept.tenant_id = $1 group by 1, 2, 3 order by 1, 2, 3`,
  learners: `select ${klass}, ${person}, ${facts} from learner_days kept ${ofClass} ${ofPerson}
    where kept.tenant_id = $1 group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
  months: `select ${klass}, ${person}, kept.month::text, kept.scored_days, kept.timed_days
    from learner_months kept ${ofClass} ${ofPerson} where kept.tenant_id = $1 order by 1, 2, 3, 4`,
  statuses: `select ${person}, kept.day::text, kept.status, kept.event_id
    from competency_statuses kept ${ofPerson} where kept.tenant_id = $1 order by 1, 2, 3, 4`,
};

/** What is kept of a tenant's activity, in words that another tenant with the same names has too. */
export async function selectKept(tx: Transaction): Promise<Record<string, unknown[]>> {
  const kept: Record<string, unknown[]> = {};
  for (const [name, statement] of Object.entries(statements)) kept[name] = await tx.query(statement, [tx.tenantId]);
  return kept;
}

/** As if so many deltas were waiting: of some class, and of nothing. */
export const pretendBacklog = (tx: Transaction, deltas: number): Promise<unknown> =>
  tx.query(
    `insert into fact_deltas
       (tenant_id, id, class_id, day, context_id, score_sum, attempts, collection_seconds, assessment_seconds)
     overriding system value
     select kept.tenant_id, next.id + far, kept.class_id, kept.day, kept.context_id, 0, 0, 0, 0
     from (select coalesce(max(fact_deltas.id), 0) as id from fact_deltas) next
     cross join unnest(array[1, $2::int]) far
     cross join (select * from class_days where class_days.tenant_id = $1 limit 1) kept`,
    [tx.tenantId, deltas],
  );

/** Keeps everybody from accepting activity of the tenant until the transaction ends. */
export const holdActivity = (tx: Transaction): Promise<unknown> =>
  tx.query('select pg_advisory_xact_lock($1, $2)', [acceptanceLock, tx.tenantId]);

export const countOfTransactions = async (tx: Transaction): Promise<number> =>
  (
    await tx.query<{ count: number }>(
      'select count(distinct kept.xmin::text)::int as count from activity_events kept where kept.tenant_id = $1',
      [tx.tenantId],
    )
  )[0]!.count;
