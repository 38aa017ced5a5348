import { memberClasses, type View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { Problem } from '../../shared/errors';
import { dayAfter, type Period } from '../../shared/period';
import { visibleParts } from '../retention/kept-figures';
import { contextIds } from './context.queries';
import { filters, type Filter } from './context-filter';
import { coverOf, type Span } from './cover';
import { addedSums, takeSum } from './exact-sums';
import { nestOf } from './nest';
import { cutsOf, groupsOf, lookUp, ownerSets, parentOf, placesByNumber, rangesOf, Statement, type Asked } from './owners.queries';
import { ofActivity, type Measures, type Sums } from './sums';

export interface Question {
  caller: Caller;
  view: View;
  asked: readonly Asked[];
  filter: Filter;
  /** Whether anything accepted is not folded yet, where that is known: else it is looked for. */
  waiting?: boolean;
  /** Consecutive periods; sums are told apart by the one they fall into. */
  intervals: readonly Period[];
  /** Of one period: sums are told apart by their context instead, whose number stands in the place of the interval's. */
  byContext?: boolean;
  /** Days whose figures have expired, in order: none of them is in any sum. None when omitted. */
  hidden?: readonly Period[];
}

type Numbers<Of> = Record<keyof Of, number>;

const columns = (table: string, { columns: names }: Measures<unknown>): string =>
  Object.values<string>(names).map(column => `${table}.${column}`).join(', ');

const summed = (table: string, { columns: names }: Measures<unknown>): string =>
  Object.values<string>(names).map(column => `sum(${table}.${column})::bigint as ${column}`).join(', ');

/** What of a node's sums a row holds. */
const whole = 0;
/** What of it is read below a cut, in none of the nodes within it that are read there too. */
const belowCut = 1;
/** What of it is not folded yet, in none of the nodes within it. */
const unfolded = 2;

/** `slot`: the place of the interval, or the number of the context. */
type Row<Of> = { key: string; slot: number; piece: number } & Record<keyof Of, string | null>;

/** Rows of an answer that tells contexts apart, a context's of each node: so many are held at once. */
const mostByContext = 100_000;

/** The sums of activity of each node and interval; see `selectMeasures`. */
export const selectSums = (tx: Transaction, question: Question): Promise<Map<string, Map<number, Sums>>> =>
  selectMeasures(tx, question, ofActivity);

/**
 * The sums of each node and interval, by the node's public id and the interval's place; one statement, of one moment,
 * however many nodes: stored rows where the plan says so, with what was accepted since they were folded, else facts.
 * What nodes have in common, as a report's node and its children have, is read once and added up here. By context: the
 * context's number instead of the interval's place.
 */
export async function selectMeasures<Of extends Numbers<Of>>(
  tx: Transaction,
  question: Question,
  measures: Measures<Of>,
): Promise<Map<string, Map<number, Of>>> {
  const { asked, intervals, byContext = false, waiting = true } = question;
  if (asked.length === 0 || intervals.length === 0) return new Map();
  const statement = new Statement(tx);
  const fromStored = asked.filter(({ source }) => source.read !== 'classes');
  const fromClasses = asked.filter(({ source }) => source.read === 'classes');
  const parts = [
    ...(fromStored.length > 0 ? storedParts(statement, question, { asked: fromStored, measures }) : []),
    ...(fromStored.length > 0 && waiting ? [deltaPart(statement, question, { asked: fromStored, measures })] : []),
    ...(fromClasses.length > 0 ? [classPart(statement, question, { asked: fromClasses, measures })] : []),
  ];
  const names = Object.entries<string>(measures.columns);
  const rows = await tx.query<Row<Of>>(
    `select part.key, part.slot, part.piece, ${names.map(([name, column]) => `part.${column} as "${name}"`).join(', ')}
     from (${parts.join('\nunion all\n')}) part
     ${byContext ? `limit ${mostByContext + 1}` : ''}`,
    statement.parameters,
  );
  if (byContext && rows.length > mostByContext) throw tooManyContexts();
  return putTogether(rows, { fromStored, names: Object.keys(measures.columns) as (keyof Of)[] });
}

const tooManyContexts = (): Problem =>
  new Problem(
    'TOO_LARGE',
    `The activity and competencies of these nodes carry more than ${mostByContext} combinations of subject, content source ` +
      'and framework in all, and are not told apart while you wait. Ask about fewer nodes at once, or a shorter period.',
  );

function putTogether<Of extends Numbers<Of>>(
  rows: Row<Of>[],
  { fromStored, names }: { fromStored: readonly Asked[]; names: (keyof Of)[] },
): Map<string, Map<number, Of>> {
  const pieces = [whole, belowCut, unfolded].map(() => new Map<string, Map<number, Of>>());
  for (const row of rows) {
    const sums = {} as Record<keyof Of, number>;
    for (const name of names) takeSum(sums as Record<string, number>, name as string, row[name]);
    addTo(pieces[row.piece]!, row.key, [[row.slot, sums as Of]]);
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

function addTo<Of extends Numbers<Of>>(
  found: Map<string, Map<number, Of>>,
  key: string,
  intervals: Iterable<[number, Of]>,
): void {
  let ofNode = found.get(key);
  if (!ofNode) found.set(key, (ofNode = new Map()));
  for (const [interval, sums] of intervals) {
    const there = ofNode.get(interval);
    ofNode.set(interval, there ? (addedSums(there, sums) as Of) : sums);
  }
}

/** The nodes of a part of the statement, and what is read of them. */
interface Part {
  asked: readonly Asked[];
  measures: Measures<unknown>;
}

/**
 * The stored rows whose sum each node is. Those of all owners of a set are read in one go, in the order of their key:
 * far less work than looking owner after owner up.
 */
function storedParts(statement: Statement, question: Question, { asked, measures }: Part): string[] {
  const { view, filter, intervals, hidden, byContext = false } = question;
  const spans = spansOf(intervals, hidden);
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
  const span = single ? [] : [`unnest(${lists.join(', ')}) span(grain, first, before)`];
  const chosen = byContext || filters(filter) ? contextIds(filter, value => statement.add(value, 'text')) : null;
  // Told apart they are looked up one by one, by the key: other owners may have far more rows than these.
  const contexts = byContext ? [`(${chosen} offset 0) context`] : [];
  const context = byContext ? '= context.id' : chosen ? `in (${chosen})` : '= 0';
  const toldBy = byContext ? 'context_id' : 'start';
  const slot = slotOf(statement, question, `stored.${toldBy}`);
  return ownerSets(statement, view, asked).map(({ hierarchyId, keys, cut, owners, rows }) => {
    const place = owners
      ? `width_bucket(stored.owner_id, ${owners})`
      : 'owner.places[width_bucket(stored.owner_id, owner.ids)]';
    const from = [...(owners ? [] : [`${placesByNumber(rows)} owner`]), ...span, ...contexts, `lateral (
      select aggregates.owner_id, aggregates.${toldBy}, ${columns('aggregates', measures)} from aggregates
      where aggregates.tenant_id = $1 and aggregates.hierarchy_id = ${hierarchyId}
        and aggregates.grain = ${grain} and aggregates.context_id ${context}
        and aggregates.owner_id = any(${owners ?? 'owner.ids'})
        and aggregates.start >= ${first} and aggregates.start < ${before}
      offset 0) stored`];
    return `
      select (${keys})[part.place] as key, part.slot, ${cut ? belowCut : whole} as piece, ${columns('part', measures)}
      from (
        select ${place} as place, ${slot}, ${summed('stored', measures)}
        from ${from.join(' cross join ')}
        group by 1, 2
      ) part`;
  });
}

/** The buckets that make up consecutive intervals; those of one grain that follow each other are one range of them. */
function spansOf(intervals: readonly Period[], hidden: readonly Period[] = []): Span[] {
  const spans: Span[] = [];
  for (const span of intervals.flatMap(interval => visibleParts(interval, hidden)).flatMap(coverOf)) {
    const last = spans.at(-1);
    if (last?.grain === span.grain && last.before === span.from) last.before = span.before;
    else spans.push({ ...span });
  }
  return spans;
}

/** What was accepted and is not yet in the stored rows, for nodes that are read from these. */
function deltaPart(statement: Statement, question: Question, { asked, measures }: Part): string {
  const { view, filter, intervals, hidden, byContext = false } = question;
  const toldBy = byContext ? 'context_id' : 'day';
  const { parts } = nestOf(rangesOf(groupsOf(asked)));
  const tenant = statement.add(asked.find(({ node }) => node.kind === 'tenant')?.node.id ?? null, 'text');
  const other = statement.add(asked.find(({ node }) => node.kind === 'other')?.node.id ?? null, 'text');
  const hierarchy = statement.add(view.hierarchyId, 'int');
  return `
    select place.key, ${slotOf(statement, question, `fact_deltas.${toldBy}`)}, place.piece, ${summed('fact_deltas', measures)}
    from fact_deltas
    ${parentOf('fact_deltas.class_id', hierarchy)}
    cross join lateral (
      select asked.key, ${unfolded} as piece
      from unnest(${statement.add(parts.map(({ id }) => id), 'text[]')},
                  ${statement.add(parts.map(({ pre }) => pre), 'int[]')},
                  ${statement.add(parts.map(({ post }) => post), 'int[]')}) asked(key, pre, post)
      where parent.pre between asked.pre and asked.post
      union all select ${tenant}, ${whole} where ${tenant} is not null
      union all select ${other}, ${whole} where ${other} is not null and parent.pre is null
    ) place
    where fact_deltas.tenant_id = $1 and ${inPeriod(statement, { intervals, hidden }, 'fact_deltas.day')}
      ${contextCondition(statement, filter, 'fact_deltas')}
    group by 1, 2, 3`;
}

/** The classes' facts themselves; what was accepted is in them at once. */
function classPart(statement: Statement, question: Question, { asked, measures }: Part): string {
  const { caller, view, filter, intervals, hidden, byContext = false } = question;
  const { facts } = measures;
  const toldBy = byContext ? 'context_id' : 'day';
  const member = memberClasses({ nodes: asked.map(({ node }) => node), view, caller }, statement.parameters.length + 1);
  statement.parameters.push(...member.parameters);
  return `
    select member.key, ${slotOf(statement, question, `fact.${toldBy}`)}, ${whole} as piece, ${summed('fact', measures)}
    from (${member.sql}) member
    ${lookUp(`
      select ${facts}.${toldBy}, ${columns(facts, measures)} from ${facts}
      where ${facts}.tenant_id = $1 and ${facts}.class_id = member.class_id
        and ${inPeriod(statement, { intervals, hidden }, `${facts}.day`)}
        ${contextCondition(statement, filter, facts)}`)} fact
    group by 1, 2, 3`;
}

type Days = Pick<Question, 'intervals' | 'hidden'>;

const inPeriod = (statement: Statement, { intervals, hidden = [] }: Days, day: string): string =>
  [
    `${day} >= ${statement.add(intervals[0]!.from, 'date')}`,
    `${day} < ${statement.add(dayAfter(intervals.at(-1)!.through), 'date')}`,
    ...hidden.map(({ from, through }) => `${day} not between ${statement.add(from, 'date')} and ${statement.add(through, 'date')}`),
  ].join(' and ');

/** What sums are told apart by: `told` is the column of their context, or of their day. */
function slotOf(statement: Statement, { intervals, byContext = false }: Question, told: string): string {
  if (byContext) return `${told} as slot`;
  if (intervals.length === 1) return '0 as slot';
  return `width_bucket(${told}, ${statement.add(intervals.map(({ from }) => from), 'date[]')}) - 1 as slot`;
}

const contextCondition = (statement: Statement, filter: Filter, table: string): string =>
  filters(filter) ? `and ${table}.context_id in (${contextIds(filter, value => statement.add(value, 'text'))})` : '';
