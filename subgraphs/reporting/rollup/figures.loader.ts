import { nodeLoaders, type Node } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import { Loader } from '../../shared/loader';
import { intervalsOf, type Day, type IntervalName, type Period } from '../../shared/period';
import { keptFigures, visibleParts } from '../retention/kept-figures';
import type { Filter } from './context-filter';
import { countContexts } from './context.queries';
import { selectBuildProgress, type BuildProgress } from './build-progress.queries';
import { bucketsOf, coverOf } from './cover';
import { readFilterValues, type FilterValues } from './filter-values';
import { selectLearners } from './learners.queries';
import { planNode, refuseTooLarge, type Plan } from './plan';
import { storedStates } from './stored-states';
import { noSums, type Learners, type Sums } from './sums';
import { selectSums } from './sums.queries';
import { backlogOf } from './waiting.queries';
import { selectWorkToBuild, type WorkToBuild } from './work-to-build.queries';

/** One node's figures over one period. */
export interface FigureKey {
  node: Node;
  period: Period;
  filter: Filter;
}

export interface TrendKey extends FigureKey {
  interval: IntervalName;
}

/** Sums, and where they were read. */
export interface Figures {
  sums: Sums;
  plan: Plan;
}

export interface TrendPoint extends Period {
  sums: Sums;
}

const questionOf = ({ node, period, filter, ...rest }: FigureKey): string =>
  JSON.stringify([
    node.hierarchyKey,
    period.from,
    period.through,
    filter.subject ?? null,
    filter.contentSource ?? null,
    filter.framework ?? null,
    (rest as Partial<TrendKey>).interval ?? null,
  ]);

const cacheKey = (key: FigureKey): string => `${questionOf(key)}\n${key.node.id}`;

const daysOf = ({ from, through }: Period): number => (Date.parse(through) - Date.parse(from)) / 86_400_000 + 1;

/** One set per operation. Nodes asked about with the same arguments are answered by one statement. */
export function figureLoaders(parts: { caller: Caller; session: Session; now: Date }) {
  const { caller, session, now } = parts;
  const nodes = nodeLoaders(parts);

  const storedState = storedStates(session);

  /** Answers keys, question by question, each for all its nodes at once. */
  const answering =
    <Key extends FigureKey, Answer>(answer: (keys: Key[]) => Promise<(node: Node) => Answer>) =>
    async (keys: readonly Key[]): Promise<Answer[]> => {
      const answers = new Map<string, Answer>();
      for (const group of groupBy(keys, questionOf).values()) {
        const of = await answer(group);
        for (const key of group) answers.set(cacheKey(key), of(key.node));
      }
      return keys.map(key => answers.get(cacheKey(key))!);
    };

  /** The sums of nodes in consecutive intervals, or by context, each read where it takes the fewest rows. */
  const sumsIn = async (keys: FigureKey[], intervals: Period[], { byContext = false } = {}) => {
    const { node: first, filter } = keys[0]!;
    const view = await nodes.view(first.hierarchyKey);
    const state = await storedState(view.hierarchyId);
    const tx = await session.read();
    const { hidden } = await keptFigures(tx, now);
    const seen = intervals.flatMap(interval => visibleParts(interval, hidden));
    // Each context has buckets of its own; the facts are the same rows, told apart or not.
    const perBucket = byContext ? Math.max(1, await countContexts(tx)) : 1;
    const buckets = perBucket * seen.reduce((sum, interval) => sum + bucketsOf(coverOf(interval)), 0);
    const days = seen.reduce((sum, interval) => sum + daysOf(interval), 0);
    const distinct = new Map(keys.map(({ node }) => [node.id, node]));
    const planned = [...distinct.values()].map(node => ({ node, plan: planNode({ node, ...state, buckets, days }) }));
    refuseTooLarge(planned.map(({ plan }) => plan), byContext ? 'Finding what to filter by' : 'This report');
    const found = await selectSums(tx, {
      caller,
      view,
      filter,
      intervals,
      byContext,
      hidden,
      waiting: (await backlogOf(tx)) > 0,
      asked: planned.map(({ node, plan }) => ({ node, source: plan.source })),
    });
    const plans = new Map(planned.map(({ node, plan }) => [node.id, plan]));
    return { tx, found, plans };
  };

  /** The figures of nodes that are asked the same question, by the node's id: one statement. */
  const figuresOf = async (keys: FigureKey[]): Promise<Map<string, Figures>> => {
    const { found, plans } = await sumsIn(keys, [keys[0]!.period]);
    return new Map(
      keys.map(({ node: { id } }) => [id, { sums: found.get(id)?.get(0) ?? noSums, plan: plans.get(id)! }]),
    );
  };

  const figures = new Loader<FigureKey, Figures, string>(
    'figures',
    answering(async keys => {
      const found = await figuresOf(keys);
      return node => found.get(node.id)!;
    }),
    { cacheKeyFn: cacheKey },
  );

  const trend = new Loader<TrendKey, TrendPoint[], string>(
    'trends',
    answering(async keys => {
      const intervals = intervalsOf(keys[0]!.period, keys[0]!.interval);
      const { found } = await sumsIn(keys, intervals);
      return node => intervals.map((span, index) => ({ ...span, sums: found.get(node.id)?.get(index) ?? noSums }));
    }),
    { cacheKeyFn: cacheKey },
  );

  /** What the activity of nodes can be filtered by: read as their figures are, and of the same rows. */
  const filterValues = new Loader<FigureKey, FilterValues, string>(
    'filterValues',
    answering(async keys => {
      const { tx, found } = await sumsIn(keys, [keys[0]!.period], { byContext: true });
      const valuesOf = await readFilterValues(tx, found);
      return node => valuesOf(node.id);
    }),
    { cacheKeyFn: cacheKey },
  );

  const learners = new Loader<FigureKey, Learners, string>(
    'learners',
    answering(async keys => {
      const { node: first, period, filter } = keys[0]!;
      const view = await nodes.view(first.hierarchyKey);
      const asked = keys.map(({ node }) => node);
      const tx = await session.read();
      const { hidden } = await keptFigures(tx, now);
      const periods = visibleParts(period, hidden);
      const { learners: stored } = await storedState(view.hierarchyId);
      const waiting = (await backlogOf(tx)) > 0;
      const found = await selectLearners(tx, { caller, view, nodes: asked, periods, filter, stored, waiting });
      return node => found.get(node.id) ?? { scored: 0, timed: 0 };
    }),
    { cacheKeyFn: cacheKey },
  );

  const work = new Map<string, Promise<WorkToBuild>>();
  /** What there is to build before a hierarchy is read from stored sums. */
  const workToBuild = (hierarchyKey: string): Promise<WorkToBuild> => {
    let known = work.get(hierarchyKey);
    if (!known) work.set(hierarchyKey, (known = session.read().then(tx => selectWorkToBuild(tx, hierarchyKey))));
    return known;
  };

  /** What of the tenant's stored sums is being made at this moment. */
  const buildProgress = async (): Promise<BuildProgress | null> => selectBuildProgress(await session.read());

  /** From when on the tenant's figures are whole; null: from the beginning. */
  const figuresFrom = async (): Promise<Day | null> => (await keptFigures(await session.read(), now)).figuresFrom;

  return { nodes, storedState, figuresFrom, figures, figuresOf, filterValues, trend, learners, workToBuild, buildProgress };
}

