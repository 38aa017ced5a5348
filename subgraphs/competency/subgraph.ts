import { deltasWaiting } from '../reporting/published';
import { defineSubgraph } from '../shared/subgraph/subgraph';
import { createLoaders } from './context';
import { HierarchyNode } from './counts/competency-counts.type';
import { HierarchyNodeResolver, resolveNodeReference } from './counts/node.resolver';
import { permissions } from './permissions';
import { CompetencyViewsResolver, StudentCompetencyConnectionResolver } from './views/views.resolver';
import { startWeekly } from './weekly/schedule';

export const competencySubgraph = defineSubgraph({
  name: 'competency',
  tables: [],
  resolvers: [HierarchyNodeResolver, CompetencyViewsResolver, StudentCompetencyConnectionResolver],
  entities: [HierarchyNode],
  references: { HierarchyNode: resolveNodeReference },
  permissions,
  createLoaders,
  firstQuestion: deltasWaiting,
  mayLag: ['HierarchyNode'],
  startBackground: ({ database, now, onBug }) => startWeekly({ database, now, onError: onBug }),
});
