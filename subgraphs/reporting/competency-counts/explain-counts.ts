import type { Node, NodeLoaders, View } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import type { Day } from '../../shared/period';
import { beginning } from '../rollup/cover';
import type { Source } from '../rollup/plan';
import { ofCompetencies, type CountSums } from '../rollup/sums';
import { selectMeasures } from '../rollup/sums.queries';
import { competencyStatesLoader } from './states.loader';

/** What a node's competency counts at the end of a day are made of. */
export interface CountsExplanation {
  asOf: Day;
  source: Source;
  /** What the graph says, and what the net changes of the node's classes come to. */
  counts: CountSums;
  leaves: CountSums;
  agrees: boolean;
}

const none: CountSums = { completed: 0, inferred: 0, inProgress: 0, expected: 0 };

/** Reads the counts as the graph would, and once more from the classes. */
export async function explainCounts(
  { caller, session, nodes, view }: { caller: Caller; session: Session; nodes: NodeLoaders; view: View },
  node: Node,
  asOf: Day,
): Promise<CountsExplanation> {
  const states = competencyStatesLoader({ caller, session, nodes });
  const { counts, plan } = await states.load({ node, days: [asOf], subject: null, framework: null });
  const read = await selectMeasures(
    await session.read(),
    {
      ...{ caller, view, filter: {}, intervals: [{ from: beginning, through: asOf }] },
      asked: [{ node, source: { read: 'classes' } }],
    },
    ofCompetencies,
  );
  const leaves = read.get(node.id)?.get(0) ?? none;
  const names = Object.keys(none) as (keyof CountSums)[];
  const agrees = names.every(name => counts[0]![name] === leaves[name]);
  return { asOf, source: plan.source, counts: counts[0]!, leaves, agrees };
}
