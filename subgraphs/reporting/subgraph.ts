import { defineSubgraph } from '../shared/subgraph/subgraph';
import { LearnerAnalyticsResolver } from './analytics/learner-analytics.resolver';
import { OrganisationAnalyticsResolver } from './analytics/organisation-analytics.resolver';
import { RiskSettingsResolver } from './analytics/risk/risk-settings.resolver';
import { startFigures } from './analytics/stored/schedule';
import { TeacherAnalyticsResolver } from './analytics/teacher-analytics.resolver';
import { createLoaders } from './context';
import { ExportResolver } from './exports/export.resolver';
import { exportFileRoute } from './exports/file.route';
import { startExports } from './exports/worker';
import { ActivityResolver } from './ingest/activity.resolver';
import { eventsRoute } from './ingest/events.route';
import {
  resolveStudentGroupReference,
  resolveStudentReference,
  StudentFiguresResolver,
  StudentGroupFiguresResolver,
} from './learners/learner-figures.resolver';
import { Student, StudentGroup } from './learners/learner-figures.type';
import { permissions } from './permissions';
import { BuildProgressResolver } from './reports/build-progress.resolver';
import { HierarchyChangePreview, HierarchyChangeResolver, resolveHierarchyChangeReference } from './reports/hierarchy-change.resolver';
import { startFolder } from './rollup/folder';
import { deltasWaiting } from './rollup/waiting.queries';
import {
  HierarchyNode,
  NodeFiguresResolver,
  PerformanceResolver,
  resolveNodeReference,
  TimeSpentResolver,
} from './reports/node-figures.resolver';
import { NodeReportResolver } from './reports/node-report.resolver';

export const reportingSubgraph = defineSubgraph({
  name: 'reporting',
  tables: [],
  resolvers: [
    NodeReportResolver,
    NodeFiguresResolver,
    PerformanceResolver,
    TimeSpentResolver,
    ActivityResolver,
    HierarchyChangeResolver,
    BuildProgressResolver,
    StudentFiguresResolver,
    StudentGroupFiguresResolver,
    LearnerAnalyticsResolver,
    TeacherAnalyticsResolver,
    OrganisationAnalyticsResolver,
    RiskSettingsResolver,
    ExportResolver,
  ],
  entities: [HierarchyNode, HierarchyChangePreview, Student, StudentGroup],
  references: {
    HierarchyNode: resolveNodeReference,
    HierarchyChangePreview: resolveHierarchyChangeReference,
    Student: resolveStudentReference,
    StudentGroup: resolveStudentGroupReference,
  },
  permissions,
  unaudited: ['recordActivity'],
  firstQuestion: deltasWaiting,
  mayLag: ['nodeReport', 'HierarchyNode', 'Student', 'StudentGroup'],
  createLoaders,
  startBackground: ({ database, now, onBug }) => {
    const folder = startFolder({ database, onError: onBug });
    const figures = startFigures({ database, now, onError: onBug });
    const files = startExports({ database, now, onError: onBug });
    return { stop: async () => void (await Promise.all([folder.stop(), figures.stop(), files.stop()])) };
  },
  routes: [eventsRoute, exportFileRoute],
});
