import { withItsParent, type Permissions } from '../shared/access/protect';
import { activitySender, anyone, check, organisationHead, reportReader, tenantAdmin } from '../shared/access/rules';
import { and } from 'graphql-shield';
import { forbidden } from '../shared/errors';
import type { ReportingContext } from './context';

interface NamedNode {
  nodeId?: string | null;
  hierarchyId?: string | null;
}

async function isInView(context: ReportingContext, { nodeId, hierarchyId }: NamedNode) {
  if (!nodeId) return true;
  const { nodes } = context.loaders;
  const { key } = await nodes.hierarchy(hierarchyId);
  const found = await nodes.found.load({ id: nodeId, hierarchyKey: key });
  return !found || found.visible ? true : forbidden('You may not see this node: not all of its classes are granted to you.');
}

/** The node a report is of must be in the caller's view, and so must that of a file that is asked for. */
const reportedNodeInView = check('reported node in view', (context, args: NamedNode) => isInView(context as ReportingContext, args));
const exportedNodeInView = check('exported node in view', (context, { input }: { input: NamedNode }) =>
  isInView(context as ReportingContext, input));

/** Every type and field is closed until it has a line here. */
export const permissions: Permissions = {
  Query: {
    nodeReport: and(reportReader, reportedNodeInView),
    buildProgress: tenantAdmin,
    learnerAnalytics: anyone, // one's own; whose else, the loader asks
    teacherAnalytics: reportReader, // whose, the loader asks
    organisationAnalytics: and(organisationHead, reportedNodeInView),
    riskSettings: anyone, // of the own tenant: whoever is shown a risk may know why
    // The loader finds the caller's own and no others.
    export: reportReader,
    exports: reportReader,
    _entities: anyone,
    _service: anyone,
  },
  Mutation: {
    recordActivity: activitySender,
    setRiskSettings: tenantAdmin,
    requestExport: and(reportReader, exportedNodeInView),
    removeExport: reportReader,
  },
  // By reference, where the loader refuses each node one by one.
  HierarchyNode: {
    '*': withItsParent,
    performance: reportReader,
    timeSpent: reportReader,
    performanceTrend: reportReader,
    timeSpentTrend: reportReader,
    filterValues: reportReader,
  },
  // By reference alone, where the loaders refuse each student and student group one by one.
  Student: withItsParent,
  StudentGroup: withItsParent,
  // By reference: what has to be built is the tenant's, for its administrators.
  HierarchyChangePreview: { hierarchyId: withItsParent, levelsToBuild: tenantAdmin, rowsToRead: tenantAdmin },
  BuildProgress: withItsParent,
  LearnerAnalytics: withItsParent,
  LearnerPoint: withItsParent,
  LearnersPoint: withItsParent,
  LearnerAverages: withItsParent,
  SkillGapConnection: withItsParent,
  SkillGap: withItsParent,
  TeacherAnalytics: withItsParent,
  CoursePerformanceConnection: withItsParent,
  CoursePerformance: withItsParent,
  StudentAtRiskConnection: withItsParent,
  StudentAtRisk: withItsParent,
  OrganisationAnalytics: withItsParent,
  Users: withItsParent,
  UsersOfRole: withItsParent,
  RiskSettings: withItsParent,
  NodeReport: withItsParent,
  ReportRow: withItsParent,
  ReportRowConnection: withItsParent,
  Reconciliation: withItsParent,
  PageInfo: withItsParent,
  Performance: withItsParent,
  TimeSpent: withItsParent,
  PerformancePoint: withItsParent,
  FilterValues: withItsParent,
  TimeSpentPoint: withItsParent,
  Provenance: withItsParent,
  Export: { '*': withItsParent, node: reportReader }, // which node, the resolver asks once more
  ExportProgress: withItsParent,
  ExportConnection: withItsParent,
  ActivityReceipt: withItsParent,
  RejectedEvent: withItsParent,
  _Service: withItsParent,
};
