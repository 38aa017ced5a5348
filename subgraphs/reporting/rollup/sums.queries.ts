import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { groupBy } from '../../shared/group-by';
import { dayAfter, type Period } from '../../shared/period';
import { contextIds } from './context.queries';
import { filters, type Filter } from './context-filter';
import { coverOf, type Span } from './cover';
import { nestOf } from './nest';
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
  /** Whether anything accepted is not folded yet, where that is known: else it is looked for. */
  waiting?: boolean;
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

/** What of a node's sums a row holds. */
const whole = 0;
/** What of it is read below a cut, in none of the nodes within it that are read there too. */
const belowCut = 1;
/** What of it is not folded yet, in none of the nodes within it. */
const unfolded = 2;

type Row = { key: string; interval: number; piece: number } & Record<keyof Sums, string>;

/**
 * The sums of each node and interval, by the node's public id and the interval's place; one statement, of one moment,
 * however many nodes: stored rows where the plan says so, with what was accepted since they were folded, else facts.
 * What nodes have in common, as a report's node and its children have, is read once and added up here.
 */
export async function selectSums(tx: Transaction, question: Question): Promise<Map<string, Map<number, Sums>>> {
  const { asked, intervals, waiting = true } = question;
  if (asked.length === 0 || intervals.length === 0) return new Map();
  const statement = new Statement();
  statement.add(tx.tenantId, 'int');
  const fromStored = asked.filter(({ source }) => source.read !== 'classes');
  const fromClasses = asked.filter(({ source }) => source.read === 'classes');
  const parts = [
    ...(fromStored.length > 0 ? storedParts(statement, question, fromStored) : []),
    ...(fromStored.length > 0 && waiting ? [deltaPart(statement, question, fromStored)] : []),
    ...(fromClasses.length > 0 ? [classPart(statement, question, fromClasses)] : []),
  ];
  const rows = await tx.query<Row>(
    `select part.key, part.interval, part.piece, sum(part.score_sum) as "scoreSum", sum(part.attempts) as attempts,
       sum(part.collection_seconds) as "collectionSeconds", sum(part.assessment_seconds) as "assessmentSeconds"
     from (${parts.join('\nunion all\n')}) part(key, interval, piece, score_sum, attempts, collection_seconds, assessment_seconds)
     group by part.key, part.interval, part.piece`,
    statement.parameters,
  );
  return putTogether(rows, fromStored);
}

function putTogether(rows: Row[], fromStored: readonly Asked[]): Map<string, Map<number, Sums>> {
  const pieces = [whole, belowCut, unfolded].map(() => new Map<string, Map<number, Sums>>());
  for (const { key, interval, piece, ...sums } of rows) {
    addTo(pieces[piece]!, key, [[interval, sumsOf(sums)]]);
  }
  const climb = (piece: number, nodes: readonly Asked[]): void => {
    for (const [inner, outer] of nestOf(rangesOf(nodes)).within) {
      addTo(pieces[piece]!, outer, pieces[piece]!.get(inner) ?? []);
    }
  };
  for (const cut of cutsOf(fromStored).values()) climb(belowCut, cut);
  if (pieces[unfolded]!.size > 0) climb(unfolded, groupsOf(fromStored));
  const [found, ...others] = pieces;
  for (const other of others) for (const [key, intervals] of other) addTo(found!, key, intervals);
  return found!;
}

const sumsOf = (row: Record<keyof Sums, string>): Sums => ({
  scoreSum: Number(row.scoreSum),
  attempts: Number(row.attempts),
  collectionSeconds: Number(row.collectionSeconds),
  assessmentSeconds: Number(row.assessmentSeconds),
});

function addTo(found: Map<string, Map<number, Sums>>, key: string, intervals: Iterable<[number, Sums]>): void {
  let ofNode = found.get(key);
  if (!ofNode) found.set(key, (ofNode = new Map()));
  for (const [interval, sums] of intervals) {
    const there = ofNode.get(interval);
    ofNode.set(interval, there ? added(there, sums) : sums);
  }
}

const added = (one: Sums, other: Sums): Sums => ({
  scoreSum: one.scoreSum + other.scoreSum,
  attempts: one.attempts + other.attempts,
  collectionSeconds: one.collectionSeconds + other.collectionSeconds,
  assessmentSeconds: one.assessmentSeconds + other.assessmentSeconds,
});

const groupsOf = (asked: readonly Asked[]): Asked[] => asked.filter(({ node }) => node.kind === 'group');

const rangesOf = (asked: readonly Asked[]) => asked.map(({ node: { id, pre, post } }) => ({ id, pre, post }));

/** The groups that are not read from their own rows, by the level they are read from. */
function cutsOf(asked: readonly Asked[]): Map<number, Asked[]> {
  const below = groupsOf(asked).filter(({ source }) => source.read !== 'own');
  return groupBy(below, ({ source }) => (source.read === 'level' ? source.sequence : belowAllLevels));
}

/** The stored rows whose sum each node is: whose they are (owner), and which buckets of them (span). */
function storedParts(statement: Statement, { view, filter, intervals }: Question, asked: readonly Asked[]): string[] {
  const spans = spansOf(intervals);
  const columnsOfSpans = [
    { values: spans.map(({ grain }) => grain), type: 'smallint' },
    { values: spans.map(({ from }) => from), type: 'date' },
    { values: spans.map(({ before }) => before), type: 'date' },
  ];
  // One range of buckets, as a month or each of its days is, needs no list: a fifth of the time of many small reads.
  const single = spans.length === 1;
  const [grain, first, before] = single
    ? columnsOfSpans.map(({ values, type }) => statement.add(values[0], type))
    : ['span.grain', 'span.first', 'span.before'];
  const lists = single ? [] : columnsOfSpans.map(({ values, type }) => statement.add(values, `${type}[]`));
  const span = single ? '' : `cross join unnest(${lists.join(', ')}) span(grain, first, before)`;
  const context = filters(filter) ? `in (${contextIds(filter, value => statement.add(value, 'text'))})` : '= 0';
  const interval = intervalOf(statement, intervals, 'stored.start');
  const isCut = ({ node, source }: Asked): boolean => node.kind === 'group' && source.read !== 'own';
  const pieces = [
    { piece: whole, of: asked.filter(one => !isCut(one)) },
    { piece: belowCut, of: asked.filter(isCut) },
  ];
  return pieces.filter(({ of }) => of.length > 0).map(({ piece, of }) => `
    select owner.key, ${interval}, ${piece} as piece, ${columns('stored')}
    from (${owners(statement, view, of)}) owner(key, hierarchy_id, owner_id)
    ${span}
    ${lookUp(`
      select aggregates.start, ${columns('aggregates')} from aggregates
      where aggregates.tenant_id = $1 and aggregates.hierarchy_id = owner.hierarchy_id
        and aggregates.owner_id = owner.owner_id and aggregates.grain = ${grain}
        and aggregates.start >= ${first} and aggregates.start < ${before}
        and aggregates.context_id ${context}`)} stored`);
}

/** The buckets that make up consecutive intervals; those of one grain that follow each other are one range of them. */
function spansOf(intervals: readonly Period[]): Span[] {
  const spans: Span[] = [];
  for (const span of intervals.flatMap(coverOf)) {
    const last = spans.at(-1);
    if (last?.grain === span.grain && last.before === span.from) last.before = span.before;
    else spans.push({ ...span });
  }
  return spans;
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
    for (const { from, hierarchyId, owner } of ownersBelow(statement, hierarchy, cut)) {
      parts.push(`select asked.key, ${hierarchyId}, owner.id from ${from} ${lookUp(owner)} owner(id)`);
    }
  }
  return parts.join('\nunion all\n');
}

/** Owners of one kind: of each asked part (key, pre, post, cut) a select of their ids, and their hierarchy. */
interface OwnersBelow {
  from: string;
  hierarchyId: string;
  owner: string;
}

/** Whose stored rows add up to groups that are read from a lower level or from the cells. */
function ownersBelow(statement: Statement, hierarchy: string, cut: readonly Asked[]): OwnersBelow[] {
  const ranges = [...cutsOf(cut)].flatMap(([level, nodes]) => nestOf(rangesOf(nodes)).parts.map(part => ({ ...part, level })));
  const asked = (of: typeof ranges): string => `unnest(
    ${statement.add(of.map(({ id }) => id), 'text[]')},
    ${statement.add(of.map(({ pre }) => pre), 'int[]')},
    ${statement.add(of.map(({ post }) => post), 'int[]')},
    ${statement.add(of.map(({ level }) => level), 'int[]')}
  ) asked(key, pre, post, cut)`;
  const below = (condition: string): string => `
    select tree_nodes.group_id from tree_nodes
    where tree_nodes.tenant_id = $1 and tree_nodes.hierarchy_id = ${hierarchy}
      and tree_nodes.pre between asked.pre and asked.post and ${condition}`;
  const cellsUnder = (nodes: string): string => `
    select cell.id from (${nodes} offset 0) node
    ${lookUp(`
      select cell_parents.cell_id as id from cell_parents
      where cell_parents.tenant_id = $1 and cell_parents.hierarchy_id = ${hierarchy}
        and cell_parents.parent_id = node.group_id`)} cell`;
  const fromCells = ranges.filter(({ level }) => level === belowAllLevels);
  const fromLevels = ranges.filter(({ level }) => level !== belowAllLevels);
  const found: OwnersBelow[] = [];
  if (fromLevels.length > 0) {
    const from = asked(fromLevels);
    // The nodes of the level, and those that stand in for it where a branch skips it; and classes that hang above it.
    const level = `${below('tree_nodes.level = asked.cut')} union all ${below(
      'tree_nodes.stand_in and tree_nodes.level > asked.cut and tree_nodes.parent_level < asked.cut',
    )}`;
    const above = `
      select node.group_id
      from (
        select hierarchy_levels.sequence from hierarchy_levels
        where hierarchy_levels.hierarchy_id = ${hierarchy} and hierarchy_levels.sequence < asked.cut
        offset 0
      ) higher
      ${lookUp(below('tree_nodes.level = higher.sequence and tree_nodes.direct_classes > 0'))} node`;
    found.push({ from, hierarchyId: hierarchy, owner: level }, { from, hierarchyId: '0', owner: cellsUnder(above) });
  }
  if (fromCells.length > 0) {
    found.push({ from: asked(fromCells), hierarchyId: '0', owner: cellsUnder(below('tree_nodes.direct_classes > 0')) });
  }
  return found;
}

/** What was accepted and is not yet in the stored rows, for nodes that are read from these. */
function deltaPart(statement: Statement, { view, filter, intervals }: Question, asked: readonly Asked[]): string {
  const { parts } = nestOf(rangesOf(groupsOf(asked)));
  const tenant = statement.add(asked.find(({ node }) => node.kind === 'tenant')?.node.id ?? null, 'text');
  const other = statement.add(asked.find(({ node }) => node.kind === 'other')?.node.id ?? null, 'text');
  const hierarchy = statement.add(view.hierarchyId, 'int');
  return `
    select place.key, ${intervalOf(statement, intervals, 'fact_deltas.day')}, place.piece, ${columns('fact_deltas')}
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
      select asked.key, ${unfolded} as piece
      from unnest(${statement.add(parts.map(({ id }) => id), 'text[]')},
                  ${statement.add(parts.map(({ pre }) => pre), 'int[]')},
                  ${statement.add(parts.map(({ post }) => post), 'int[]')}) asked(key, pre, post)
      where parent.pre between asked.pre and asked.post
      union all select ${tenant}, ${whole} where ${tenant} is not null
      union all select ${other}, ${whole} where ${other} is not null and parent.pre is null
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
    select member.key, ${intervalOf(statement, intervals, 'fact.day')}, ${whole} as piece, ${columns('fact')}
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
