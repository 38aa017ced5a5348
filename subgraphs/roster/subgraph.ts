import { defineSubgraph } from '../shared/subgraph/subgraph';
import { AuditLogResolver } from './audit/audit-log.resolver';
import { createLoaders } from './context';
import { HierarchyNodeResolver, resolveNodeReference } from './enrolments/node.resolver';
import { HierarchyNode } from './enrolments/node.type';
import { ViewerResolver, resolveViewerReference } from './people/viewer.resolver';
import { Viewer } from './people/viewer.type';
import { tokenRoute } from './people/token.route';
import { permissions } from './permissions';

export const rosterSubgraph = defineSubgraph({
  name: 'roster',
  tables: [],
  resolvers: [ViewerResolver, HierarchyNodeResolver, AuditLogResolver],
  entities: [Viewer, HierarchyNode],
  references: {
    Viewer: resolveViewerReference,
    HierarchyNode: resolveNodeReference,
  },
  permissions,
  createLoaders,
  routes: [tokenRoute],
});
