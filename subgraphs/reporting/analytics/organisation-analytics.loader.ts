import type { Node, NodeLoaders } from '../../hierarchy/published';
import type { Session } from '../../shared/database/session';
import type { Period } from '../../shared/period';
import { selectUsers } from './organisation-users.queries';

export const organisationLoaders = ({ session, nodes }: { session: Session; nodes: NodeLoaders }) => ({
  /** Of a node that was found visible. */
  users: async (node: Node, window: Period) =>
    selectUsers(await session.read(), { node, view: await nodes.view(node.hierarchyKey), window }),
});
