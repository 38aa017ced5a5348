import { defineSubgraph } from '../shared/subgraph/subgraph';
import { createLoaders } from './context';
import { HierarchyNodeResolver, resolveNodeReference } from './enrolments/node.resolver';
import { HierarchyNode } from './enrolments/node.type';
import { exportRoutes } from './import/student-groups/export.route';
import { importRoutes } from './import/student-groups/imports.route';
import { startImportQueue } from './import/student-groups/queue';
import { ViewerResolver, resolveViewerReference } from './people/viewer.resolver';
import { Viewer } from './people/viewer.type';
import { permissions } from './permissions';
import { resolveStudentGroupReference, StudentGroupResolver } from './student-groups/student-group.resolver';
import { StudentGroup } from './student-groups/student-group.type';

export const rosterSubgraph = defineSubgraph({
  name: 'roster',
  tables: [],
  resolvers: [ViewerResolver, HierarchyNodeResolver, StudentGroupResolver],
  entities: [Viewer, HierarchyNode, StudentGroup],
  references: {
    Viewer: resolveViewerReference,
    HierarchyNode: resolveNodeReference,
    StudentGroup: resolveStudentGroupReference,
  },
  permissions,
  createLoaders,
  startBackground: ({ database, onBug }) => startImportQueue({ database, onError: onBug }),
  routes: [...importRoutes, ...exportRoutes],
});
