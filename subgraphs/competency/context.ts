import { nodeLoaders } from '../hierarchy/published';
import type { Caller } from '../shared/access/caller';
import type { Session } from '../shared/database/session';
import type { SubgraphContext } from '../shared/subgraph/context';
import { competencyCountsLoader } from './counts/competency-counts.loader';

export function createLoaders(parts: { caller: Caller; session: Session; now: Date }) {
  const nodes = nodeLoaders(parts);
  return { nodes, competencyCounts: competencyCountsLoader({ ...parts, nodes }) };
}

export type CompetencyContext = SubgraphContext<ReturnType<typeof createLoaders>>;
