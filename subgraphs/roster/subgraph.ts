import { defineSubgraph } from '../shared/subgraph/subgraph';
import { AuditLogResolver } from './audit/audit-log.resolver';
import { ActivityLogResolver } from './activity-log/activity-log.resolver';
import { ClassEntity } from './classes/class.entity';
import { ClassResolver, resolveClassReference } from './classes/class.resolver';
import { Class } from './classes/class.type';
import { createLoaders } from './context';
import { EnrolmentEntity } from './enrolments/enrolment.entity';
import { EnrolmentResolver } from './enrolments/enrolment.resolver';
import { HierarchyNodeResolver, resolveNodeReference } from './enrolments/node.resolver';
import { HierarchyNode } from './enrolments/node.type';
import { importsRoute } from './import/oneroster/imports.route';
import { OrgTypesResolver } from './import/oneroster/org-types/org-types.resolver';
import { exportRoutes } from './import/student-groups/export.route';
import { importRoutes } from './import/student-groups/imports.route';
import { startImportQueue } from './import/student-groups/queue';
import { IntegrityResolver } from './integrity/integrity.resolver';
import { ErasureResolver } from './people/erasure/erasure.resolver';
import { PeopleResolver } from './people/find-people.resolver';
import { StudentResolver, resolveStudentReference } from './people/student.resolver';
import { Student } from './people/student.type';
import { ViewerResolver, resolveViewerReference } from './people/viewer.resolver';
import { Viewer } from './people/viewer.type';
import { tokenRoute } from './people/token.route';
import { permissions } from './permissions';
import { resolveStudentGroupReference, StudentGroupResolver } from './student-groups/student-group.resolver';
import { StudentGroup } from './student-groups/student-group.type';
import { ClassTestSeriesEntity, TestSeriesEntity } from './test-series/test-series.entity';
import { TestSeriesResolver } from './test-series/test-series.resolver';

export const rosterSubgraph = defineSubgraph({
  name: 'roster',
  tables: [ClassEntity, EnrolmentEntity, TestSeriesEntity, ClassTestSeriesEntity],
  resolvers: [
    ViewerResolver,
    HierarchyNodeResolver,
    ClassResolver,
    EnrolmentResolver,
    TestSeriesResolver,
    StudentResolver,
    ActivityLogResolver,
    IntegrityResolver,
    PeopleResolver,
    OrgTypesResolver,
    StudentGroupResolver,
    AuditLogResolver,
    ErasureResolver,
  ],
  entities: [Viewer, HierarchyNode, Class, Student, StudentGroup],
  references: {
    Viewer: resolveViewerReference,
    HierarchyNode: resolveNodeReference,
    Class: resolveClassReference,
    Student: resolveStudentReference,
    StudentGroup: resolveStudentGroupReference,
  },
  permissions,
  createLoaders,
  startBackground: ({ database, onBug }) => startImportQueue({ database, onError: onBug }),
  routes: [tokenRoute, importsRoute, ...importRoutes, ...exportRoutes],
});
