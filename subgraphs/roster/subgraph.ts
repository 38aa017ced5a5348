import { defineSubgraph } from '../shared/subgraph/subgraph';
import { createLoaders } from './context';
import { HierarchyNodeResolver, resolveNodeReference } from './enrolments/node.resolver';
import { HierarchyNode } from './enrolments/node.type';
import { importsRoute } from './import/oneroster/imports.route';
import { OrgTypesResolver } from './import/oneroster/org-types/org-types.resolver';
import { ViewerResolver, resolveViewerReference } from './people/viewer.resolver';
import { Viewer } from './people/viewer.type';
import { permissions } from './permissions';

export const rosterSubgraph = defineSubgraph({
  name: 'roster',
  tables: [],
  resolvers: [ViewerResolver, HierarchyNodeResolver, OrgTypesResolver],
  entities: [Viewer, HierarchyNode],
  references: {
    Viewer: resolveViewerReference,
    HierarchyNode: resolveNodeReference,
  },
  permissions,
  createLoaders,
  routes: [importsRoute],
});
