import type { Node, NodeLoaders } from '../../hierarchy/published';
import type { Session } from '../../shared/database/session';
import type { Period } from '../../shared/period';
import { selectUsers, type UsersRow } from './organisation-users.queries';
import { comfortable, studentsOfClass } from './stored/large';
import { selectStoredFigures } from './stored/organisation-figures.queries';

export const organisationLoaders = ({ session, nodes }: { session: Session; nodes: NodeLoaders }) => ({
  /** Of a node that was found visible; of a large tenant as they were counted in the background, where they were. */
  users: async (node: Node, window: Period): Promise<UsersRow[]> => {
    const tx = await session.read();
    if (node.kind !== 'tenant') return selectUsers(tx, { of: { node, view: await nodes.view(node.hierarchyKey) }, window });
    const isLarge = node.allClasses * studentsOfClass > comfortable;
    const [stored] = isLarge ? await selectStoredFigures(tx, [window]) : [];
    return stored?.users ?? selectUsers(tx, { of: null, window });
  },
});
