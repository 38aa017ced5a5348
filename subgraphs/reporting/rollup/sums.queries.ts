import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { dayAfter, monthMasks, type Period } from '../../shared/period';
import type { Learners, Sums } from './sums';

export interface Filter {
  subject?: string | null | undefined;
  contentSource?: string | null | undefined;
  framework?: string | null | undefined;
}

/** Figures of nodes the view has shown to be visible, over a period. */
export interface Question {
  caller: Caller;
  view: View;
  nodes: readonly Node[];
  period: Period;
  filter: Filter;
}

const isGiven = (value: string | null | undefined): value is string => value !== null && value !== undefined;

/** Whether a fact's context matches the filter; $2 to $4 are the filter's subject, content source and framework. */
function contextCondition({ subject, contentSource, framework }: Filter, fact: string) {
  const conditions = [
    isGiven(subject) ? 'activity_contexts.subject = $2' : '$2::text is null',
    isGiven(contentSource) ? 'activity_contexts.content_source = $3' : '$3::text is null',
    isGiven(framework) ? 'activity_contexts.framework = $4' : '$4::text is null',
  ];
  return {
    parameters: [subject ?? null, contentSource ?? null, framework ?? null],
    sql: [subject, contentSource, framework].some(isGiven)
      ? `${fact}.context_id in (select activity_contexts.id from activity_contexts
           where activity_contexts.tenant_id = $1 and ${conditions.join(' and ')})`
      : conditions.join(' and '),
  };
}

const sumColumns = `
  sum(class_days.score_sum) as "scoreSum", sum(class_days.attempts) as attempts,
  sum(class_days.collection_seconds) as "collectionSeconds", sum(class_days.assessment_seconds) as "assessmentSeconds"`;

type SumsRow = Record<keyof Sums, string> & { key: string };

const readSums = (row: SumsRow): Sums => ({
  scoreSum: Number(row.scoreSum),
  attempts: Number(row.attempts),
  collectionSeconds: Number(row.collectionSeconds),
  assessmentSeconds: Number(row.assessmentSeconds),
});

/** The sums of each node by its public id, from the classes' facts; one statement however many nodes. */
export async function selectSums(tx: Transaction, { caller, view, nodes, period, filter }: Question): Promise<Map<string, Sums>> {
  const context = contextCondition(filter, 'class_days');
  const member = memberClasses({ nodes, view, caller }, 7);
  const rows = await tx.query<SumsRow>(
    `with member as (${member.sql})
     select member.key, ${sumColumns}
     from member
     join class_days on class_days.tenant_id = $1 and class_days.class_id = member.class_id
       and class_days.day >= $5 and class_days.day < $6
     where ${context.sql}
     group by member.key`,
    [tx.tenantId, ...context.parameters, period.from, dayAfter(period.through), ...member.parameters],
  );
  return new Map(rows.map(row => [row.key, readSums(row)]));
}

/** The sums of each node and interval: by the node's public id, in the order of the intervals. */
export async function selectTrendSums(
  tx: Transaction,
  { caller, view, nodes, period, filter, intervals }: Question & { intervals: Period[] },
): Promise<Map<string, Map<number, Sums>>> {
  const context = contextCondition(filter, 'class_days');
  const member = memberClasses({ nodes, view, caller }, 8);
  const rows = await tx.query<SumsRow & { interval: number }>(
    `with member as (${member.sql})
     select member.key, width_bucket(class_days.day, $7::date[]) - 1 as interval, ${sumColumns}
     from member
     join class_days on class_days.tenant_id = $1 and class_days.class_id = member.class_id
       and class_days.day >= $5 and class_days.day < $6
     where ${context.sql}
     group by 1, 2`,
    [
      tx.tenantId,
      ...context.parameters,
      period.from,
      dayAfter(period.through),
      intervals.map(interval => interval.from),
      ...member.parameters,
    ],
  );
  const trends = new Map<string, Map<number, Sums>>();
  for (const row of rows) {
    const trend = trends.get(row.key) ?? new Map<number, Sums>();
    trends.set(row.key, trend.set(row.interval, readSums(row)));
  }
  return trends;
}

/** The distinct learners of each node, exact, by its public id. */
export async function selectLearners(
  tx: Transaction,
  { caller, view, nodes, period, filter }: Question,
): Promise<Map<string, Learners>> {
  const context = contextCondition(filter, 'learner_months');
  const member = memberClasses({ nodes, view, caller }, 7);
  const months = monthMasks(period);
  const rows = await tx.query<{ key: string; scored: string; timed: string }>(
    `with member as (${member.sql})
     select member.key,
       count(distinct learner_months.person_id) filter (where learner_months.scored_days & asked.mask <> 0) as scored,
       count(distinct learner_months.person_id) filter (where learner_months.timed_days & asked.mask <> 0) as timed
     from member
     cross join unnest($5::date[], $6::int[]) asked(month, mask)
     join learner_months on learner_months.tenant_id = $1 and learner_months.class_id = member.class_id
       and learner_months.month = asked.month
     where ${context.sql}
     group by member.key`,
    [
      tx.tenantId,
      ...context.parameters,
      months.map(({ month }) => month),
      months.map(({ mask }) => mask),
      ...member.parameters,
    ],
  );
  return new Map(rows.map(({ key, scored, timed }) => [key, { scored: Number(scored), timed: Number(timed) }]));
}
