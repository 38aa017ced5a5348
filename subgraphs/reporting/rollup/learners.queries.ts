import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { monthMasks, type Day, type Period } from '../../shared/period';
import { contextIds } from './context.queries';
import { filters, type Filter } from './context-filter';
import type { Learners } from './sums';

interface Question {
  caller: Caller;
  view: View;
  nodes: readonly Node[];
  periods: readonly Period[];
  filter: Filter;
}

/** Each month once, with the days of it that are in one of the periods. */
function monthsOf(periods: readonly Period[]): { month: Day; mask: number }[] {
  const masks = new Map<Day, number>();
  for (const { month, mask } of periods.flatMap(monthMasks)) masks.set(month, (masks.get(month) ?? 0) | mask);
  return [...masks].map(([month, mask]) => ({ month, mask }));
}

/** The distinct learners of each node over periods that follow each other, exact, by the node's public id. */
export async function selectLearners(
  tx: Transaction,
  { caller, view, nodes, periods, filter }: Question,
): Promise<Map<string, Learners>> {
  const months = monthsOf(periods);
  const parameters: unknown[] = [tx.tenantId, months.map(({ month }) => month), months.map(({ mask }) => mask)];
  const member = memberClasses({ nodes, view, caller }, parameters.length + 1);
  parameters.push(...member.parameters);
  const context = filters(filter)
    ? `and learner_months.context_id in (${contextIds(filter, value => `$${parameters.push(value)}::text`)})`
    : '';
  const rows = await tx.query<{ key: string; scored: string; timed: string }>(
    `select member.key,
       count(distinct learner.person_id) filter (where learner.scored_days & asked.mask <> 0) as scored,
       count(distinct learner.person_id) filter (where learner.timed_days & asked.mask <> 0) as timed
     from (${member.sql}) member
     cross join unnest($2::date[], $3::int[]) asked(month, mask)
     cross join lateral (
       select learner_months.person_id, learner_months.scored_days, learner_months.timed_days
       from learner_months
       where learner_months.tenant_id = $1 and learner_months.class_id = member.class_id
         and learner_months.month = asked.month ${context}
       offset 0 -- looked up class by class, whatever the statistics say
     ) learner
     group by member.key`,
    parameters,
  );
  return new Map(rows.map(({ key, scored, timed }) => [key, { scored: Number(scored), timed: Number(timed) }]));
}
