import { defineSubgraph } from '../shared/subgraph/subgraph';
import { createLoaders } from './context';
import { HierarchyNodeResolver, resolveNodeReference } from './enrolments/node.resolver';
import { HierarchyNode } from './enrolments/node.type';
import { PeopleResolver } from './people/find-people.resolver';
import { ViewerResolver, resolveViewerReference } from './people/viewer.resolver';
import { Viewer } from './people/viewer.type';
import { permissions } from './permissions';

export const rosterSubgraph = defineSubgraph({
  name: 'roster',
  tables: [],
  resolvers: [ViewerResolver, HierarchyNodeResolver, PeopleResolver],
  entities: [Viewer, HierarchyNode],
  references: {
    Viewer: resolveViewerReference,
    HierarchyNode: resolveNodeReference,
  },
  permissions,
  createLoaders,
});
