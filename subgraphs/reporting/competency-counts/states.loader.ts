import type { Node, NodeLoaders } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import { Loader } from '../../shared/loader';
import { dayAfter, type Day, type Period } from '../../shared/period';
import { beginning, bucketsOf, coverOf } from '../rollup/cover';
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

/**
 * How many expected triples (class, student, competency) at or below nodes stand at which status at the ends of days.
 * One per operation; nodes with the same question are answered by one statement. The nodes must have been found visible.
 */
export function competencyStatesLoader({ caller, session, nodes }: { caller: Caller; session: Session; nodes: NodeLoaders }) {
  const storedState = storedStates(session);
  return new Loader<StatesKey, States, string>(
    'competencyStates',
    async keys => {
      const answers = new Map<string, States>();
      for (const group of groupBy(keys, questionOf).values()) {
        const { node: first, days, subject, framework } = group[0]!;
        const view = await nodes.view(first.hierarchyKey);
        const { levels, stored } = await storedState(view.hierarchyId);
        const tx = await session.read();
        const waiting = (await backlogOf(tx)) > 0;
        const intervals = intervalsUpTo(days);
        const buckets = intervals.reduce((sum, interval) => sum + bucketsOf(coverOf(interval)), 0);
        const planned = [...new Map(group.map(({ node }) => [node.id, node])).values()].map(node => ({
          ...{ node, plan: planNode({ node, levels, stored, buckets, days: daysOfChange }) },
        }));
        refuseTooLarge(planned.map(({ plan }) => plan), 'This count');
        const asked = planned.map(({ node, plan }) => ({ node, source: plan.source }));
        const filter = { subject, framework };
        const question = { caller, view, filter, intervals, waiting, asked };
        const found = await selectMeasures(tx, question, ofCompetencies);
        const plans = new Map(planned.map(({ node, plan }) => [node.id, plan]));
        for (const key of group) {
          const counts = summedUp(found.get(key.node.id) ?? new Map(), days.length);
          answers.set(cacheKey(key), { counts, plan: plans.get(key.node.id)!, levels });
        }
      }
      return keys.map(key => answers.get(cacheKey(key))!);
    },
    { cacheKeyFn: cacheKey },
  );
}
