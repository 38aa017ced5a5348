import { defineSubgraph } from '../shared/subgraph/subgraph';
import { createLoaders } from './context';
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
import { startFolder } from './rollup/folder';
import {
  HierarchyNode,
  NodeFiguresResolver,
  PerformanceResolver,
  resolveNodeReference,
  TimeSpentResolver,
} from './reports/node-figures.resolver';
import { NodeReportResolver, ReportRowResolver } from './reports/node-report.resolver';

export const reportingSubgraph = defineSubgraph({
  name: 'reporting',
  tables: [],
  resolvers: [
    NodeReportResolver,
    ReportRowResolver,
    NodeFiguresResolver,
    PerformanceResolver,
    TimeSpentResolver,
    ActivityResolver,
    StudentFiguresResolver,
    StudentGroupFiguresResolver,
  ],
  entities: [HierarchyNode, Student, StudentGroup],
  references: {
    HierarchyNode: resolveNodeReference,
    Student: resolveStudentReference,
    StudentGroup: resolveStudentGroupReference,
  },
  permissions,
  createLoaders,
  startBackground: ({ database, onBug }) => startFolder({ database, onError: onBug }),
  routes: [eventsRoute],
});
