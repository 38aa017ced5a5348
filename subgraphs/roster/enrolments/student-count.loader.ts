import type { Node, NodeLoaders } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { groupBy } from '../../shared/group-by';
import { Loader } from '../../shared/loader';
import { selectStudentCounts } from './student-count.queries';

const cacheKey = (node: Node): string => `${node.hierarchyKey}\n${node.id}`;

/** Distinct students of today at or below nodes that were found visible: one statement a hierarchy. */
export function studentCountLoader({
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
  return new Loader<Node, number, string>(
    'studentCounts',
    async nodes => {
      const counts = new Map<string, number>();
      for (const [hierarchyKey, ofHierarchy] of groupBy(nodes, node => node.hierarchyKey)) {
        const asked = { nodes: ofHierarchy, view: await view(hierarchyKey), caller, now };
        const rows = await selectStudentCounts(await session.read(), asked);
        for (const { id, students } of rows) counts.set(`${hierarchyKey}\n${id}`, students);
      }
      return nodes.map(node => counts.get(cacheKey(node)) ?? 0);
    },
    { cacheKeyFn: cacheKey },
  );
}
