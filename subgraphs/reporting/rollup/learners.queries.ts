import { memberClasses, type Node, type View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { dayAfter, monthMasks, type Day, type Period } from '../../shared/period';
import { contextIds } from './context.queries';
import { filters, type Filter } from './context-filter';
import { nestOf, type Nest } from './nest';
import { belowRanges, lookUp, parentOf, placesByNumber, Statement, uncategorisedCells, withClasses } from './owners.queries';
import type { Learners } from './sums';

export interface LearnersQuestion {
  caller: Caller;
  view: View;
  nodes: readonly Node[];
  /** Periods that follow each other, whatever lies between them. */
  periods: readonly Period[];
  filter: Filter;
  /** Whether the learners of the cells are complete, and may be read; they are of all contexts together. */
  stored?: boolean;
  /** Whether anything accepted is not folded yet, where that is known: else it is looked for. */
  waiting?: boolean;
}

/** Each month once, with the days of it that are in one of the periods. */
function monthsOf(periods: readonly Period[]): { month: Day; mask: number }[] {
  const masks = new Map<Day, number>();
  for (const { month, mask } of periods.flatMap(monthMasks)) masks.set(month, (masks.get(month) ?? 0) | mask);
  return [...masks].map(([month, mask]) => ({ month, mask }));
}

/** Months and masks, and the condition on contexts, as all parts of the statement name them. */
interface Scope {
  statement: Statement;
  asked: string;
  context: string;
}

/** Which places of the statement a node is made of. */
interface Spread {
  key: string;
  places: number[];
}

/**
 * The distinct learners of each node over periods, exact, by the node's public id. Each class or cell is read once, for
 * the innermost node it is in; whoever was seen in several is counted once.
 */
export async function selectLearners(tx: Transaction, question: LearnersQuestion): Promise<Map<string, Learners>> {
  const { nodes, periods, filter, stored = false } = question;
  if (nodes.length === 0 || periods.length === 0) return new Map();
  const statement = new Statement(tx);
  const months = monthsOf(periods);
  const lists = [
    statement.add(months.map(({ month }) => month), 'date[]'),
    statement.add(months.map(({ mask }) => mask), 'int[]'),
  ];
  const context = filters(filter)
    ? `and learner_months.context_id in (${contextIds(filter, value => statement.add(value, 'text'))})`
    : '';
  const scope = { statement, asked: `unnest(${lists.join(', ')}) asked(month, mask)`, context };
  const inCells = stored && !filters(filter) ? ['group', 'tenant', 'other'] : [];
  const ofCells = nodes.filter(({ kind }) => inCells.includes(kind));
  const ofClasses = nodes.filter(({ kind }) => !inCells.includes(kind));
  const parts: string[] = [];
  const spreads: Spread[] = [];
  if (ofCells.length > 0) spreads.push(...addCells(parts, scope, { ...question, nodes: ofCells }));
  if (ofClasses.length > 0) spreads.push(...addClasses(parts, scope, { ...question, nodes: ofClasses }, nodes.length));
  const rows = await tx.query<{ number: number; scored: string; timed: string }>(
    distinct({ statement, parts, spreads }),
    statement.parameters,
  );
  return new Map(
    rows.map(({ number, scored, timed }) => [spreads[number]!.key, { scored: Number(scored), timed: Number(timed) }]),
  );
}

/**
 * Counts learners (place, person_id, scored, timed): of a node of one place at once, of others across its places. Nodes
 * are told by their number among the spreads: there may be millions of learners, each with a node.
 */
function distinct({ statement, parts, spreads }: { statement: Statement; parts: string[]; spreads: Spread[] }): string {
  const counts = `count(*) filter (where seen.scored) as scored, count(*) filter (where seen.timed) as timed`;
  const known = `bool_or(learner.scored) as scored, bool_or(learner.timed) as timed`;
  const numbered = spreads.map(({ places }, number) => ({ number, places }));
  const mapped = (of: typeof numbered): string => {
    const pairs = of.flatMap(({ number, places }) => places.map(place => ({ number, place })));
    return `unnest(${statement.add(pairs.map(({ number }) => number), 'int[]')},
      ${statement.add(pairs.map(({ place }) => place), 'int[]')}) node(number, place)`;
  };
  const alone = numbered.filter(({ places }) => places.length === 1);
  const spread = numbered.filter(({ places }) => places.length > 1);
  const everywhere = new Set(spreads.flatMap(({ places }) => places)).size;
  // A report's own node has everybody.
  const [whole] = spread.length === 1 && spread[0]!.places.length === everywhere ? spread : [];
  const members = (): string => whole
    ? `select ${statement.add(whole.number, 'int')} as number, learner.person_id, ${known} from learner group by learner.person_id`
    : `select node.number, learner.person_id, ${known}
       from ${mapped(spread)} join learner on learner.place = node.place
       group by node.number, learner.person_id`;
  return `
    with learner as materialized (
      select learner.place, learner.person_id, ${known}
      from (${parts.join('\nunion all\n')}) learner
      group by learner.place, learner.person_id
    )
    select node.number, seen.scored, seen.timed
    from (select seen.place, ${counts} from learner seen group by seen.place) seen
    join ${mapped(alone)} on node.place = seen.place
    ${spread.length > 0 ? `union all select seen.number, ${counts} from (${members()}) seen group by seen.number` : ''}`;
}

const seen = (table: string): string =>
  `${table}.person_id, ${table}.scored_days & asked.mask <> 0 as scored, ${table}.timed_days & asked.mask <> 0 as timed`;

/** The learners of the cells below groups, of the tenant or of what is uncategorised, and those not folded yet. */
function addCells(parts: string[], { statement, asked }: Scope, { view, nodes, periods, waiting = true }: LearnersQuestion): Spread[] {
  const hierarchy = statement.add(view.hierarchyId, 'int');
  const nest = nestOf(nodes.filter(({ kind }) => kind === 'group'));
  const { below, cellsUnder } = belowRanges(statement, hierarchy, nest.parts);
  const tenant = nodes.find(({ kind }) => kind === 'tenant');
  const other = nodes.find(({ kind }) => kind === 'other');
  const [ofTenant, ofOther] = [nest.parts.length + 1, nest.parts.length + 2];
  const cells = [
    cellsUnder(below(withClasses)),
    ...(tenant ? [`select cells.id, ${ofTenant} as place from cells where cells.tenant_id = $1`] : []),
    ...(other ? [`select cell.id, ${ofOther} as place from (${uncategorisedCells(hierarchy)}) cell`] : []),
  ];
  for (const rows of cells) {
    parts.push(`
      select cell.places[width_bucket(learner.cell_id, cell.ids)] as place, ${seen('learner')}
      from ${placesByNumber(rows)} cell
      cross join ${asked}
      ${lookUp(`
        select cell_learners.* from cell_learners
        where cell_learners.tenant_id = $1 and cell_learners.month = asked.month
          and cell_learners.cell_id = any(cell.ids)
          and (cell_learners.scored_days | cell_learners.timed_days) & asked.mask <> 0`)} learner`);
  }
  if (waiting) {
    parts.push(`
      select place.number as place, ${seen('learner')}
      from (
        select distinct fact_deltas.class_id, date_trunc('month', fact_deltas.day)::date as month
        from fact_deltas
        where fact_deltas.tenant_id = $1 and fact_deltas.day >= ${statement.add(periods[0]!.from, 'date')}
          and fact_deltas.day < ${statement.add(dayAfter(periods.at(-1)!.through), 'date')}
      ) touched
      join ${asked} on asked.month = touched.month
      ${parentOf('touched.class_id', hierarchy)}
      cross join lateral (
        select range.place::int as number
        from unnest(${statement.add(nest.parts.map(({ pre }) => pre), 'int[]')},
          ${statement.add(nest.parts.map(({ post }) => post), 'int[]')}) with ordinality range(pre, post, place)
        where parent.pre between range.pre and range.post
        ${tenant ? `union all select ${ofTenant}` : ''}
        ${other ? `union all select ${ofOther} where parent.pre is null` : ''}
      ) place
      ${lookUp(`
        select learner_months.* from learner_months
        where learner_months.tenant_id = $1 and learner_months.class_id = touched.class_id
          and learner_months.month = asked.month`)} learner`);
  }
  return [
    ...spreadsOf(nest),
    ...(tenant ? [{ key: tenant.id, places: [ofTenant] }] : []),
    ...(other ? [{ key: other.id, places: [ofOther] }] : []),
  ];
}

/** The learners of the classes of all other nodes, class by class. `before`: no part of a nest has so high a place. */
function addClasses(
  parts: string[],
  { statement, asked, context }: Scope,
  { caller, view, nodes }: LearnersQuestion,
  nodesInAll: number,
): Spread[] {
  const nest = nestOf(nodes.filter(({ kind }) => kind === 'group'));
  const others = nodes.filter(({ kind }) => kind !== 'group');
  const first = nodesInAll * 2 + 3;
  // A part of a group is as good as a group, if it is told apart from the others.
  const byId = new Map(nodes.map(node => [node.id, node]));
  const pieces = [
    ...nest.parts.map((part, index) => ({ ...byId.get(part.id)!, ...part, id: `part ${index}` })),
    ...others,
  ];
  const member = memberClasses({ nodes: pieces, view, caller }, statement.parameters.length + 1);
  statement.parameters.push(...member.parameters);
  const keys = statement.add(pieces.map(({ id }) => id), 'text[]');
  parts.push(`
    select member.place, ${seen('learner')}
    from (
      select member.class_id, array_position(${keys}, member.key) + ${first - 1} as place from (${member.sql}) member
      offset 0
    ) member
    cross join ${asked}
    ${lookUp(`
      select learner_months.* from learner_months
      where learner_months.tenant_id = $1 and learner_months.class_id = member.class_id
        and learner_months.month = asked.month ${context}`)} learner`);
  return [
    ...spreadsOf(nest, first),
    ...others.map(({ id }, index) => ({ key: id, places: [first + nest.parts.length + index] })),
  ];
}

/** Each node of a nest with the places of its own parts, counted from `first`, and of those of the nodes within it. */
function spreadsOf({ parts, within }: Nest, first = 1): Spread[] {
  const places = new Map<string, number[]>();
  const add = (key: string, more: number[]): void => void places.set(key, [...(places.get(key) ?? []), ...more]);
  for (const [index, { id }] of parts.entries()) add(id, [first + index]);
  for (const [inner, outer] of within) add(outer, places.get(inner) ?? []);
  return [...places].map(([key, list]) => ({ key, places: list }));
}
