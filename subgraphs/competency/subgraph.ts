import { defineSubgraph } from '../shared/subgraph/subgraph';
import { createLoaders } from './context';
import { HierarchyNode } from './counts/competency-counts.type';
import { HierarchyNodeResolver, resolveNodeReference } from './counts/node.resolver';
import { permissions } from './permissions';

export const competencySubgraph = defineSubgraph({
  name: 'competency',
  tables: [],
  resolvers: [HierarchyNodeResolver],
  entities: [HierarchyNode],
  references: { HierarchyNode: resolveNodeReference },
  permissions,
  createLoaders,
});
