import DataLoader from 'dataloader';
import type { Node, NodeLoaders } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import type { Day } from '../../shared/period';
import { selectCompetencyCounts, type StatusCounts } from './competency-counts.queries';

export interface CountsKey {
  node: Node;
  /** Null for today in the tenant's time zone. */
  asOf: Day | null;
  subject: string | null;
  framework: string | null;
}

const none: StatusCounts = { completed: 0, inferred: 0, inProgress: 0, notStarted: 0 };

/** Nodes with the same question are answered by one statement. */
const question = ({ node, asOf, subject, framework }: CountsKey): string =>
  JSON.stringify([node.hierarchyKey, asOf, subject, framework]);

const cacheKey = (key: CountsKey): string => `${question(key)}\n${key.node.id}`;

/** Counts of expected triples at or below nodes that were found visible. */
export function competencyCountsLoader({
  caller,
  session,
  now,
  nodes: { view },
}: {
  caller: Caller;
  session: Session;
  now: Date;
  nodes: NodeLoaders;
}) {
  return new DataLoader<CountsKey, StatusCounts, string>(
    async keys => {
      const counts = new Map<string, StatusCounts>();
      for (const [asked, group] of groupBy(keys, question)) {
        const { asOf, subject, framework, node } = group[0]!;
        const rows = await selectCompetencyCounts(await session.read(), {
          nodes: group.map(key => key.node),
          view: await view(node.hierarchyKey),
          ...{ caller, asOf, now, subject, framework },
        });
        for (const { id, ...ofNode } of rows) counts.set(`${asked}\n${id}`, ofNode);
      }
      return keys.map(key => counts.get(cacheKey(key)) ?? none);
    },
    { cacheKeyFn: cacheKey },
  );
}
