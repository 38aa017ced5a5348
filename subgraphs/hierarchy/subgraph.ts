import { defineSubgraph } from '../shared/subgraph/subgraph';
import { createLoaders } from './context';
import { GrantEntity } from './grants/grant.entity';
import { GrantResolver } from './grants/grant.resolver';
import { GroupEntity } from './groups/group.entity';
import { GroupResolver, resolveGroupReference } from './groups/group.resolver';
import { Group } from './groups/group.type';
import { HierarchyEntity, HierarchyLevelEntity } from './hierarchies/hierarchy.entity';
import { HierarchyResolver, resolveHierarchyReference } from './hierarchies/hierarchy.resolver';
import { Hierarchy } from './hierarchies/hierarchy.type';
import { HierarchyNodeResolver, resolveNodeReference } from './nodes/node.resolver';
import { HierarchyNode } from './nodes/node.type';
import { resolveViewerReference, Viewer, ViewerResolver } from './nodes/viewer.resolver';
import { permissions } from './permissions';
import { PlaceResolver } from './placements/place.resolver';
import { providerRoutes } from './provider/provider.route';
import { SettingsEntity } from './settings/settings.entity';
import { previewChange, SettingsResolver } from './settings/settings.resolver';
import { TenantResolver } from './tenants/tenant.resolver';

export const hierarchySubgraph = defineSubgraph({
  name: 'hierarchy',
  tables: [HierarchyEntity, HierarchyLevelEntity, GroupEntity, GrantEntity, SettingsEntity],
  resolvers: [
    HierarchyResolver,
    HierarchyNodeResolver,
    ViewerResolver,
    GroupResolver,
    PlaceResolver,
    GrantResolver,
    SettingsResolver,
    TenantResolver,
  ],
  entities: [Hierarchy, HierarchyNode, Group, Viewer],
  references: {
    Hierarchy: resolveHierarchyReference,
    HierarchyNode: resolveNodeReference,
    Group: resolveGroupReference,
    Viewer: resolveViewerReference,
    HierarchyChangePreview: previewChange,
  },
  permissions,
  createLoaders,
  routes: providerRoutes,
});
