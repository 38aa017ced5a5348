import type { Node, NodeLoaders } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import { Loader } from '../../shared/loader';
import { dayAfter, type Day, type Period } from '../../shared/period';
import { countContexts } from '../rollup/context.queries';
import { beginning, bucketsOf, coverOf } from '../rollup/cover';
import { readFilterValues, type FilterValues } from '../rollup/filter-values';
import { planNode, refuseTooLarge, type Plan, type PlanLevel } from '../rollup/plan';
import { storedStates } from '../rollup/stored-states';
import { selectMeasures } from '../rollup/sums.queries';
import { backlogOf } from '../rollup/waiting.queries';
import { ofCompetencies, type CountSums } from '../rollup/sums';

/** Counts of one node at the ends of days, in their order. */
export interface StatesKey {
  node: Node;
  days: readonly Day[];
  /** Of the competency itself, as is the framework; null for any. */
  subject: string | null;
  framework: string | null;
}

export interface States {
  /** Of each day. */
  counts: CountSums[];
  plan: Plan;
  levels: readonly PlanLevel[];
}

/** Days on which a class's counts change, about: to compare ways to read them, and for nothing else. */
const daysOfChange = 200;

const none: CountSums = { completed: 0, inferred: 0, inProgress: 0, expected: 0 };

const questionOf = ({ node, days, subject, framework }: StatesKey): string =>
  JSON.stringify([node.hierarchyKey, days, subject, framework]);

const cacheKey = (key: StatesKey): string => `${questionOf(key)}\n${key.node.id}`;

/** Each interval's net changes are what the counts at its end are more than those of the one before. */
const intervalsUpTo = (days: readonly Day[]): Period[] =>
  days.map((through, index) => ({ from: index === 0 ? beginning : dayAfter(days[index - 1]!), through }));

function summedUp(changes: Map<number, CountSums>, length: number): CountSums[] {
  let counts = none;
  return Array.from({ length }, (_, index) => {
    const change = changes.get(index) ?? none;
    counts = {
      completed: counts.completed + change.completed,
      inferred: counts.inferred + change.inferred,
      inProgress: counts.inProgress + change.inProgress,
      expected: counts.expected + change.expected,
    };
    return counts;
  });
}

interface Parts {
  caller: Caller;
  session: Session;
  nodes: NodeLoaders;
}

/**
 * How many expected triples (class, student, competency) at or below nodes stand at which status at the ends of days.
 * One per operation; nodes with the same question are answered by one statement. The nodes must have been found visible.
 */
export function competencyStatesLoader(parts: Parts) {
  const changesIn = changesReader(parts);
  return new Loader<StatesKey, States, string>(
    'competencyStates',
    answering(async group => {
      const { found, plans, levels } = await changesIn(group);
      const { days } = group[0]!;
      return ({ id }) => ({ counts: summedUp(found.get(id) ?? new Map(), days.length), plan: plans.get(id)!, levels });
    }),
    { cacheKeyFn: cacheKey },
  );
}

/** What the counts of nodes at the end of one day can be filtered by: read as they are, and of the same rows. */
export function competencyValuesLoader(parts: Parts) {
  const changesIn = changesReader(parts);
  return new Loader<StatesKey, FilterValues, string>(
    'competencyFilterValues',
    answering(async group => {
      const { tx, found } = await changesIn(group, { byContext: true });
      const valuesOf = await readFilterValues(tx, found);
      return ({ id }) => valuesOf(id);
    }),
    { cacheKeyFn: cacheKey },
  );
}

/** Answers keys, question by question, each for all its nodes at once. */
const answering =
  <Answer>(answer: (group: StatesKey[]) => Promise<(node: Node) => Answer>) =>
  async (keys: readonly StatesKey[]): Promise<Answer[]> => {
    const answers = new Map<string, Answer>();
    for (const group of groupBy(keys, questionOf).values()) {
      const of = await answer(group);
      for (const key of group) answers.set(cacheKey(key), of(key.node));
    }
    return keys.map(key => answers.get(cacheKey(key))!);
  };

/** The net changes of nodes that are asked the same question, up to each day, or up to the one day by context. */
function changesReader({ caller, session, nodes }: Parts) {
  const storedState = storedStates(session);
  return async (group: StatesKey[], { byContext = false } = {}) => {
    const { node: first, days, subject, framework } = group[0]!;
    const view = await nodes.view(first.hierarchyKey);
    const { levels, stored } = await storedState(view.hierarchyId);
    const tx = await session.read();
    const waiting = (await backlogOf(tx)) > 0;
    const intervals = intervalsUpTo(days);
    const perBucket = byContext ? Math.max(1, await countContexts(tx)) : 1;
    const buckets = perBucket * intervals.reduce((sum, interval) => sum + bucketsOf(coverOf(interval)), 0);
    const planned = [...new Map(group.map(({ node }) => [node.id, node])).values()].map(node => ({
      ...{ node, plan: planNode({ node, levels, stored, buckets, days: daysOfChange }) },
    }));
    refuseTooLarge(planned.map(({ plan }) => plan), byContext ? 'Finding what to filter by' : 'This count');
    const asked = planned.map(({ node, plan }) => ({ node, source: plan.source }));
    const filter = { subject, framework };
    const question = { caller, view, filter, intervals, byContext, waiting, asked };
    const found = await selectMeasures(tx, question, ofCompetencies);
    return { tx, found, plans: new Map(planned.map(({ node, plan }) => [node.id, plan])), levels };
  };
}
