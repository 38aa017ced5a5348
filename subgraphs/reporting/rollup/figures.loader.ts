import DataLoader from 'dataloader';
import { nodeLoaders, type Node } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import { intervalsOf, type IntervalName, type Period } from '../../shared/period';
import { noSums, type Learners, type Sums } from './sums';
import {
  selectLearners,
  selectSums,
  selectTrendSums,
  type Filter,
  type Question,
} from './sums.queries';

/** One node's figures over one period. */
export interface FigureKey {
  node: Node;
  period: Period;
  filter: Filter;
}

export interface TrendKey extends FigureKey {
  interval: IntervalName;
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

/** One set per operation. Nodes asked about with the same arguments are answered by one statement. */
export function figureLoaders(parts: { caller: Caller; session: Session }) {
  const { caller, session } = parts;
  const nodes = nodeLoaders(parts);

  /** Answers keys, question by question, each for all its nodes at once. */
  const answering =
    <Key extends FigureKey, Answer>(answer: (question: Question, key: Key) => Promise<(node: Node) => Answer>) =>
    async (keys: readonly Key[]): Promise<Answer[]> => {
      const answers = new Map<string, Answer>();
      for (const group of groupBy(keys, questionOf).values()) {
        const first = group[0]!;
        const view = await nodes.view(first.node.hierarchyKey);
        const asked = group.map(key => key.node);
        const of = await answer({ caller, view, nodes: asked, period: first.period, filter: first.filter }, first);
        for (const key of group) answers.set(cacheKey(key), of(key.node));
      }
      return keys.map(key => answers.get(cacheKey(key))!);
    };

  const sums = new DataLoader<FigureKey, Sums, string>(
    answering(async question => {
      const found = await selectSums(await session.read(), question);
      return node => found.get(node.id) ?? noSums;
    }),
    { cacheKeyFn: cacheKey },
  );

  const learners = new DataLoader<FigureKey, Learners, string>(
    answering(async question => {
      const found = await selectLearners(await session.read(), question);
      return node => found.get(node.id) ?? { scored: 0, timed: 0 };
    }),
    { cacheKeyFn: cacheKey },
  );

  const trend = new DataLoader<TrendKey, TrendPoint[], string>(
    answering<TrendKey, TrendPoint[]>(async (question, { interval }) => {
      const intervals = intervalsOf(question.period, interval);
      const found = await selectTrendSums(await session.read(), { ...question, intervals });
      return node => intervals.map((span, index) => ({ ...span, sums: found.get(node.id)?.get(index) ?? noSums }));
    }),
    { cacheKeyFn: cacheKey },
  );

  return { nodes, sums, learners, trend };
}

export type FigureLoaders = ReturnType<typeof figureLoaders>;
