import type { Caller } from '../shared/access/caller';
import type { Session } from '../shared/database/session';
import type { SubgraphContext } from '../shared/subgraph/context';
import { cohortLoaders } from './analytics/cohort.loader';
import { Effort } from './analytics/effort';
import { learnerAnalyticsLoaders } from './analytics/learner-analytics.loader';
import { organisationLoaders } from './analytics/organisation-analytics.loader';
import { teacherLoaders } from './analytics/teacher-analytics.loader';
import { exportLoaders } from './exports/export.loader';
import { learnerLoaders } from './learners/learner-figures.loader';
import { figureLoaders } from './rollup/figures.loader';

export function createLoaders(parts: { caller: Caller; session: Session; now: Date }) {
  const figures = figureLoaders(parts);
  const effort = new Effort();
  const analytics = learnerAnalyticsLoaders({ ...parts, effort });
  const shared = { ...parts, effort, nodes: figures.nodes, todayAndRisk: analytics.todayAndRisk };
  return {
    ...figures,
    ...learnerLoaders(parts),
    ...exportLoaders(parts),
    ...analytics,
    ...cohortLoaders(shared),
    ...teacherLoaders(parts),
    ...organisationLoaders(shared),
  };
}

export type ReportingContext = SubgraphContext<ReturnType<typeof createLoaders>>;
