import type { Caller } from '../shared/access/caller';
import type { Session } from '../shared/database/session';
import type { SubgraphContext } from '../shared/subgraph/context';
import { learnerLoaders } from './learners/learner-figures.loader';
import { figureLoaders } from './rollup/figures.loader';

export const createLoaders = (parts: { caller: Caller; session: Session; now: Date }) => ({
  ...figureLoaders(parts),
  ...learnerLoaders(parts),
});

export type ReportingContext = SubgraphContext<ReturnType<typeof createLoaders>>;
