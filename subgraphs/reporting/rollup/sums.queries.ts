import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { dayAfter, type Period } from '../../shared/period';
import { contextIds } from './context.queries';
import { filters, type Filter } from './context-filter';
import { coverOf } from './cover';
import type { Source } from './plan';
import type { Sums } from './sums';

/** Below every level: the cells. */
const belowAllLevels = 1_000_000;

/** A node that the view has shown to be visible, and where its figures are read. */
export interface Asked {
  node: Node;
  source: Source;
}

export interface Question {
  caller: Caller;
  view: View;
  asked: readonly Asked[];
  filter: Filter;
  /** Consecutive periods; sums are told apart by the one they fall into. */
  intervals: readonly Period[];
}

/** Puts a statement together and numbers its parameters. */
export class Statement {
  readonly parameters: unknown[] = [];

  add(value: unknown, type: string): string {
    return `$${this.parameters.push(value)}::${type}`;
  }
}

/**
 * Rows looked up for each row before them, in this order and no other. The database guesses badly about a tenant it has
 * no statistics of, and a guess must not decide whether a report takes a millisecond or a minute.
 */
const lookUp = (select: string): string => `cross join lateral (${select} offset 0)`;

const columns = (table: string): string =>
  ['score_sum', 'attempts', 'collection_seconds', 'assessment_seconds'].map(column => `${table}.${column}`).join(', ');

/**
 * The sums of each node and interval, by the node's public id and the interval's place; one statement, of one moment,
 * however many nodes: stored rows where the plan says so, with what was accepted since they were folded, else facts.
 */
export async function selectSums(tx: Transaction, question: Question): Promise<Map<string, Map<number, Sums>>> {
  const { asked, intervals } = question;
  if (asked.length === 0 || intervals.length === 0) return new Map();
  const statement = new Statement();
  statement.add(tx.tenantId, 'int');
  const fromStored = asked.filter(({ source }) => source.read !== 'classes');
  const fromClasses = asked.filter(({ source }) => source.read === 'classes');
  const parts = [
    ...(fromStored.length > 0 ? [storedPart(statement, question, fromStored), deltaPart(statement, question, fromStored)] : []),
    ...(fromClasses.length > 0 ? [classPart(statement, question, fromClasses)] : []),
  ];
  const rows = await tx.query<{ key: string; interval: number } & Record<keyof Sums, string>>(
    `select part.key, part.interval, sum(part.score_sum) as "scoreSum", sum(part.attempts) as attempts,
       sum(part.collection_seconds) as "collectionSeconds", sum(part.assessment_seconds) as "assessmentSeconds"
     from (${parts.join('\nunion all\n')}) part(key, interval, score_sum, attempts, collection_seconds, assessment_seconds)
     group by part.key, part.interval`,
    statement.parameters,
  );
  const found = new Map<string, Map<number, Sums>>();
  for (const { key, interval, ...sums } of rows) {
    const ofNode = found.get(key) ?? new Map<number, Sums>();
    found.set(key, ofNode);
    ofNode.set(interval, {
      scoreSum: Number(sums.scoreSum),
      attempts: Number(sums.attempts),
      collectionSeconds: Number(sums.collectionSeconds),
      assessmentSeconds: Number(sums.assessmentSeconds),
    });
  }
  return found;
}

/** The stored rows whose sum each node is: whose they are (owner), and which buckets of them (span). */
function storedPart(statement: Statement, { view, filter, intervals }: Question, asked: readonly Asked[]): string {
  const spans = intervals.flatMap((interval, index) => coverOf(interval).map(span => ({ ...span, index })));
  const span = [
    statement.add(spans.map(({ grain }) => grain), 'smallint[]'),
    statement.add(spans.map(({ from }) => from), 'date[]'),
    statement.add(spans.map(({ before }) => before), 'date[]'),
    statement.add(spans.map(({ index }) => index), 'int[]'),
  ];
  const context = filters(filter) ? `in (${contextIds(filter, value => statement.add(value, 'text'))})` : '= 0';
  return `
    select owner.key, span.interval, ${columns('stored')}
    from (${owners(statement, view, asked)}) owner(key, hierarchy_id, owner_id)
    cross join unnest(${span.join(', ')}) span(grain, first, before, interval)
    ${lookUp(`
      select ${columns('aggregates')} from aggregates
      where aggregates.tenant_id = $1 and aggregates.hierarchy_id = owner.hierarchy_id
        and aggregates.owner_id = owner.owner_id and aggregates.grain = span.grain
        and aggregates.start >= span.first and aggregates.start < span.before
        and aggregates.context_id ${context}`)} stored`;
}

/** Whose stored rows add up to each node, as a select of the node's public id, the hierarchy and the owner. */
export function owners(statement: Statement, view: View, asked: readonly Asked[]): string {
  const parts: string[] = [];
  // The tenant's own row is of no hierarchy; a parameter that no part uses would be refused.
  const hierarchy = asked.some(({ node }) => node.kind !== 'tenant') ? statement.add(view.hierarchyId, 'int') : '';
  const own = asked.filter(({ node, source }) => source.read === 'own' && node.kind === 'group');
  if (own.length > 0) {
    parts.push(`
      select own.key, ${hierarchy} as hierarchy_id, own.owner_id
      from unnest(${statement.add(own.map(({ node }) => node.id), 'text[]')},
                  ${statement.add(own.map(({ node }) => node.number), 'int[]')}) own(key, owner_id)`);
  }
  const tenant = asked.find(({ node }) => node.kind === 'tenant');
  if (tenant) parts.push(`select ${statement.add(tenant.node.id, 'text')} as key, 0 as hierarchy_id, 0 as owner_id`);
  const other = asked.find(({ node }) => node.kind === 'other');
  if (other) {
    parts.push(`
      select ${statement.add(other.node.id, 'text')} as key, 0 as hierarchy_id, cells.id as owner_id
      from cells
      where cells.tenant_id = $1 and not exists (
        select from cell_parents
        ${lookUp(`
          select from tree_nodes
          where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
            and tree_nodes.group_id = cell_parents.parent_id`)} connected
        where cell_parents.tenant_id = $1
          and cell_parents.hierarchy_id = ${hierarchy} and cell_parents.cell_id = cells.id
        offset 0)`);
  }
  const cut = asked.filter(({ node, source }) => node.kind === 'group' && source.read !== 'own');
  if (cut.length > 0) {
    const nodes = `unnest(
      ${statement.add(cut.map(({ node }) => node.id), 'text[]')},
      ${statement.add(cut.map(({ node }) => node.pre), 'int[]')},
      ${statement.add(cut.map(({ node }) => node.post), 'int[]')},
      ${statement.add(cut.map(({ source }) => (source.read === 'level' ? source.sequence : belowAllLevels)), 'int[]')}
    ) asked(key, pre, post, cut)`;
    const below = (condition: string): string =>
      lookUp(`
        select tree_nodes.group_id from tree_nodes
        where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
          and tree_nodes.pre between asked.pre and asked.post and ${condition}`);
    const cellsUnderNode = lookUp(`
      select cell_parents.cell_id from cell_parents
      where cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = ${hierarchy}
        and cell_parents.parent_id = node.group_id`);
    // The nodes of the level; those that stand in for it where a branch skips it; and classes that hang above it.
    parts.push(
      `select asked.key, ${hierarchy}, node.group_id from ${nodes} ${below('tree_nodes.level = asked.cut')} node`,
      `select asked.key, ${hierarchy}, node.group_id from ${nodes} ${below(
        'tree_nodes.stand_in and tree_nodes.level > asked.cut and tree_nodes.parent_level < asked.cut',
      )} node`,
      `select asked.key, 0, cell.cell_id from ${nodes} ${below(
        'tree_nodes.level < asked.cut and tree_nodes.direct_classes > 0',
      )} node ${cellsUnderNode} cell`,
    );
  }
  return parts.join('\nunion all\n');
}

/** What was accepted and is not yet in the stored rows, for nodes that are read from these. */
function deltaPart(statement: Statement, { view, filter, intervals }: Question, asked: readonly Asked[]): string {
  const groups = asked.filter(({ node }) => node.kind === 'group');
  const whole = statement.add(asked.find(({ node }) => node.kind === 'tenant')?.node.id ?? null, 'text');
  const other = statement.add(asked.find(({ node }) => node.kind === 'other')?.node.id ?? null, 'text');
  const hierarchy = statement.add(view.hierarchyId, 'int');
  return `
    select place.key, ${intervalOf(statement, intervals, 'fact_deltas.day')}, ${columns('fact_deltas')}
    from fact_deltas
    left join lateral (
      select tree_nodes.pre from class_placements
      ${lookUp(`
        select tree_nodes.pre from tree_nodes
        where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
          and tree_nodes.group_id = class_placements.parent_id`)} tree_nodes
      where class_placements.tenant_id = $1
        and class_placements.hierarchy_id = ${hierarchy} and class_placements.class_id = fact_deltas.class_id
      offset 0
    ) parent on true
    cross join lateral (
      select asked.key
      from unnest(${statement.add(groups.map(({ node }) => node.id), 'text[]')},
                  ${statement.add(groups.map(({ node }) => node.pre), 'int[]')},
                  ${statement.add(groups.map(({ node }) => node.post), 'int[]')}) asked(key, pre, post)
      where parent.pre between asked.pre and asked.post
      union all select ${whole} where ${whole} is not null
      union all select ${other} where ${other} is not null and parent.pre is null
    ) place
    where fact_deltas.tenant_id = $1 and ${inPeriod(statement, intervals, 'fact_deltas.day')}
      ${contextCondition(statement, filter, 'fact_deltas')}`;
}

/** The class-day facts themselves; what was accepted is in them at once. */
function classPart(statement: Statement, question: Question, asked: readonly Asked[]): string {
  const { caller, view, filter, intervals } = question;
  const member = memberClasses({ nodes: asked.map(({ node }) => node), view, caller }, statement.parameters.length + 1);
  statement.parameters.push(...member.parameters);
  return `
    select member.key, ${intervalOf(statement, intervals, 'fact.day')}, ${columns('fact')}
    from (${member.sql}) member
    ${lookUp(`
      select class_days.day, ${columns('class_days')} from class_days
      where class_days.tenant_id = $1 and class_days.class_id = member.class_id
        and ${inPeriod(statement, intervals, 'class_days.day')}
        ${contextCondition(statement, filter, 'class_days')}`)} fact`;
}

const inPeriod = (statement: Statement, intervals: readonly Period[], day: string): string =>
  `${day} >= ${statement.add(intervals[0]!.from, 'date')} and ${day} < ${statement.add(dayAfter(intervals.at(-1)!.through), 'date')}`;

const intervalOf = (statement: Statement, intervals: readonly Period[], day: string): string =>
  intervals.length === 1
    ? '0 as interval'
    : `width_bucket(${day}, ${statement.add(intervals.map(({ from }) => from), 'date[]')}) - 1 as interval`;

const contextCondition = (statement: Statement, filter: Filter, table: string): string =>
  filters(filter) ? `and ${table}.context_id in (${contextIds(filter, value => statement.add(value, 'text'))})` : '';
