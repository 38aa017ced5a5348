import type { Node, NodeLoaders } from '../../hierarchy/published';
import type { Session } from '../../shared/database/session';
import type { Day, Period } from '../../shared/period';
import { selectUsers, type UsersRow } from './organisation-users.queries';
import { comfortable, studentsOfClass } from './stored/large';
import { selectStoredFigures } from './stored/organisation-figures.queries';

interface Parts {
  session: Session;
  nodes: NodeLoaders;
  todayAndRisk: () => Promise<{ today: Day }>;
}

export const organisationLoaders = ({ session, nodes, todayAndRisk }: Parts) => ({
  /** Of a node that was found visible; of a large tenant as they were counted in the background, where they were. */
  users: async (node: Node, window: Period): Promise<UsersRow[]> => {
    const tx = await session.read();
    if (node.kind !== 'tenant') {
      const [view, { today }] = await Promise.all([nodes.view(node.hierarchyKey), todayAndRisk()]);
      return selectUsers(tx, { of: { node, view, today }, window });
    }
    const isLarge = node.allClasses * studentsOfClass > comfortable;
    const [stored] = isLarge ? await selectStoredFigures(tx, [window]) : [];
    return stored?.users ?? selectUsers(tx, { of: null, window });
  },
});
