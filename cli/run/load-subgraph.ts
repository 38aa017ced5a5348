import type { SubgraphName } from '../../subgraphs/shared/environment';
import type { Subgraph } from '../../subgraphs/shared/subgraph/subgraph';

const subgraphs: Record<SubgraphName, () => Promise<Subgraph>> = {
  hierarchy: async () => (await import('../../subgraphs/hierarchy/subgraph')).hierarchySubgraph,
  roster: async () => (await import('../../subgraphs/roster/subgraph')).rosterSubgraph,
  competency: async () => (await import('../../subgraphs/competency/subgraph')).competencySubgraph,
  reporting: async () => (await import('../../subgraphs/reporting/subgraph')).reportingSubgraph,
};

/** One subgraph without the others, for a process that is nothing else. */
export const loadSubgraph = (name: SubgraphName): Promise<Subgraph> => subgraphs[name]();
