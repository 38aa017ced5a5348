import { nodeLoaders } from '../hierarchy/published';
import type { Caller } from '../shared/access/caller';
import type { Session } from '../shared/database/session';
import type { SubgraphContext } from '../shared/subgraph/context';
import { competencyCountsLoader } from './counts/competency-counts.loader';
import { viewLoaders } from './views/views.loader';

export function createLoaders(parts: { caller: Caller; session: Session; now: Date }) {
  const nodes = nodeLoaders(parts);
  return { nodes, competencyCounts: competencyCountsLoader({ ...parts, nodes }), views: viewLoaders(parts) };
}

export type CompetencyContext = SubgraphContext<ReturnType<typeof createLoaders>>;
