import type { Caller } from '../shared/access/caller';
import type { Session } from '../shared/database/session';
import type { SubgraphContext } from '../shared/subgraph/context';
import { grantLoaders } from './grants/grant.loader';
import { groupLoaders } from './groups/group.loader';
import { hierarchyLoaders } from './hierarchies/hierarchy.loader';
import { nodeLoaders } from './nodes/node.loader';
import { settingsLoaders } from './settings/settings.loader';

export const createLoaders = (parts: { caller: Caller; session: Session; now: Date }) => ({
  ...nodeLoaders(parts),
  ...hierarchyLoaders(parts),
  ...groupLoaders(parts),
  ...grantLoaders(parts),
  ...settingsLoaders(parts),
});

export type HierarchyContext = SubgraphContext<ReturnType<typeof createLoaders>>;
