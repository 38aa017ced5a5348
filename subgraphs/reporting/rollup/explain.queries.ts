import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { dayAfter, type Period } from '../../shared/period';
import type { Span } from './cover';
import { owners, Statement, type Asked } from './owners.queries';
import type { Sums } from './sums';
import { cellLabel, classLabel } from './verify-labels.queries';

/** The stored rows of one owner within a cover. */
export interface OwnerRows {
  owner: string;
  days: number;
  weeks: number;
  months: number;
  sums: Sums;
}

/** One class's facts within a period, and what of them still waits as deltas. */
export interface LeafRows {
  class: string;
  facts: number;
  sums: Sums;
  waiting: number;
}

/** The first few of a list, with what the whole list comes to. */
export interface Told<Row> {
  count: number;
  rows: number;
  sums: Sums;
  first: Row[];
}

type Text<Of> = { [Name in keyof Of]: string };

const sumsAsText = (table: string): string => `
  coalesce(sum(${table}.score_sum), 0) as "scoreSum", coalesce(sum(${table}.attempts), 0) as attempts,
  coalesce(sum(${table}.collection_seconds), 0) as "collectionSeconds",
  coalesce(sum(${table}.assessment_seconds), 0) as "assessmentSeconds"`;

const asSums = (row: Text<Sums>): Sums => ({
  scoreSum: Number(row.scoreSum),
  attempts: Number(row.attempts),
  collectionSeconds: Number(row.collectionSeconds),
  assessmentSeconds: Number(row.assessmentSeconds),
});

const added = (all: Sums[]): Sums =>
  all.reduce(
    (sum, one) => ({
      scoreSum: sum.scoreSum + one.scoreSum,
      attempts: sum.attempts + one.attempts,
      collectionSeconds: sum.collectionSeconds + one.collectionSeconds,
      assessmentSeconds: sum.assessmentSeconds + one.assessmentSeconds,
    }),
    { scoreSum: 0, attempts: 0, collectionSeconds: 0, assessmentSeconds: 0 },
  );

/** The stored rows that a node's sums are read from, by owner, and `most` of these in words. */
export async function selectOwnerRows(
  tx: Transaction,
  { view, asked, cover, most }: { view: View; asked: Asked; cover: Span[]; most: number },
): Promise<Told<OwnerRows>> {
  const statement = new Statement(tx);
  const span = [
    statement.add(cover.map(({ grain }) => grain), 'smallint[]'),
    statement.add(cover.map(({ from }) => from), 'date[]'),
    statement.add(cover.map(({ before }) => before), 'date[]'),
  ];
  const rows = await tx.query<
    Text<Sums> & { hierarchy: number; owner: number; days: number; weeks: number; months: number }
  >(
    `select owner.hierarchy_id as hierarchy, owner.owner_id as owner,
       count(*) filter (where aggregates.grain = 1)::int as days,
       count(*) filter (where aggregates.grain = 7)::int as weeks,
       count(*) filter (where aggregates.grain = 30)::int as months, ${sumsAsText('aggregates')}
     from (${owners(statement, view, [asked])}) owner(key, hierarchy_id, owner_id)
     cross join unnest(${span.join(', ')}) span(grain, first, before)
     join aggregates on aggregates.tenant_id = $1 and aggregates.hierarchy_id = owner.hierarchy_id
       and aggregates.owner_id = owner.owner_id and aggregates.grain = span.grain
       and aggregates.start >= span.first and aggregates.start < span.before and aggregates.context_id = 0
     group by owner.hierarchy_id, owner.owner_id
     order by owner.hierarchy_id, owner.owner_id`,
    statement.parameters,
  );
  const few = rows.slice(0, most);
  const labels = await tx.query<{ label: string }>(
    `select case
         when owner.hierarchy_id = 0 and owner.id = 0 then 'the tenant'
         when owner.hierarchy_id = 0 then ${cellLabel('owner.id')}
         else groups.type || ':' || coalesce(groups.external_id, '#' || groups.id)
       end as label
     from unnest($2::int[], $3::int[]) with ordinality owner(hierarchy_id, id, place)
     left join groups on groups.tenant_id = $1 and owner.hierarchy_id <> 0 and groups.id = owner.id
     order by owner.place`,
    [tx.tenantId, few.map(({ hierarchy }) => hierarchy), few.map(({ owner }) => owner)],
  );
  return {
    count: rows.length,
    rows: rows.reduce((sum, { days, weeks, months }) => sum + days + weeks + months, 0),
    sums: added(rows.map(asSums)),
    first: few.map(({ days, weeks, months, ...row }, index) => ({
      owner: labels[index]!.label,
      ...{ days, weeks, months, sums: asSums(row) },
    })),
  };
}

interface LeafQuestion {
  caller: Caller;
  view: View;
  node: Node;
  period: Period;
  hidden: readonly Period[];
  most: number;
}

/** The facts of the classes at or below a node, by class; of these the first that have any. */
export async function selectLeafRows(
  tx: Transaction,
  { caller, view, node, period, hidden, most }: LeafQuestion,
): Promise<Told<LeafRows> & { waiting: { deltas: number; sums: Sums } }> {
  const parameters: unknown[] = [tx.tenantId, period.from, dayAfter(period.through)];
  const bounds = hidden.map(({ from, through }) => [`$${parameters.push(from)}::date`, `$${parameters.push(through)}::date`]);
  const seen = (day: string): string => bounds.map(([from, through]) => `and ${day} not between ${from} and ${through}`).join(' ');
  const member = memberClasses({ nodes: [node], view, caller }, parameters.length + 1);
  parameters.push(...member.parameters);
  const rows = await tx.query<Text<Sums> & { kind: 'fact' | 'delta'; class: string; count: number }>(
    `with leaf as materialized (
       select fact.* from (${member.sql}) member
       cross join lateral (
         select 'fact' as kind, class_days.class_id, class_days.score_sum, class_days.attempts,
           class_days.collection_seconds, class_days.assessment_seconds
         from class_days
         where class_days.tenant_id = $1 and class_days.class_id = member.class_id
           and class_days.day >= $2::date and class_days.day < $3::date ${seen('class_days.day')}
       ) fact
       union all
       select 'delta', fact_deltas.class_id, fact_deltas.score_sum, fact_deltas.attempts,
         fact_deltas.collection_seconds, fact_deltas.assessment_seconds
       from fact_deltas
       join (${member.sql}) member on member.class_id = fact_deltas.class_id
       where fact_deltas.tenant_id = $1 and fact_deltas.day >= $2::date and fact_deltas.day < $3::date ${seen('fact_deltas.day')}
     ),
     by_class as (
       select leaf.kind, leaf.class_id, count(*)::int as count, ${sumsAsText('leaf')}
       from leaf group by leaf.kind, leaf.class_id
     )
     select by_class.*, ${classLabel('classes')} as class
     from by_class
     join classes on classes.tenant_id = $1 and classes.id = by_class.class_id
     order by by_class.class_id`,
    parameters,
  );
  const facts = rows.filter(({ kind }) => kind === 'fact');
  const deltas = rows.filter(({ kind }) => kind === 'delta');
  const waitingOf = new Map(deltas.map(row => [row.class, row.count]));
  const total = (list: typeof rows) => list.reduce((sum, { count }) => sum + count, 0);
  return {
    count: facts.length,
    rows: total(facts),
    sums: added(facts.map(asSums)),
    waiting: { deltas: total(deltas), sums: added(deltas.map(asSums)) },
    first: facts.slice(0, most).map(row => ({
      ...{ class: row.class, facts: row.count, sums: asSums(row), waiting: waitingOf.get(row.class) ?? 0 },
    })),
  };
}
