import { withItsParent, type Permissions } from '../shared/access/protect';
import { anyone, check, reportReader, rosterKeeper, tenantAdmin } from '../shared/access/rules';
import { forbidden } from '../shared/errors';
import type { SeenClass } from './classes/class.loader';

/** Who sees a class as one of its students sees nobody else in it. */
const seenWhole = check('class seen whole', (_context, _args, { seen }: SeenClass) =>
  seen === 'whole' ? true : forbidden('You may not see who is in this class: it is neither granted to you nor yours.'),
);

/** Every type and field is closed until it has a line here. */
export const permissions: Permissions = {
  Query: {
    viewer: anyone,
    people: tenantAdmin,
    // The class's and the student's own resolvers refuse one by one, as they do by reference.
    class: anyone,
    student: anyone,
    // The loader gives each caller the groups that list them as a user.
    studentGroups: anyone,
    activityLog: reportReader,
    orgTypes: tenantAdmin,
    auditLog: tenantAdmin,
    _entities: anyone,
    _service: anyone,
  },
  // Which classes a teacher may change is looked up in the transaction that changes them.
  Mutation: {
    createClass: rosterKeeper,
    setClassActive: rosterKeeper,
    enrolStudents: rosterKeeper,
    setEnrolmentStatus: rosterKeeper,
    assignTeacher: rosterKeeper,
    removeTeacher: rosterKeeper,
    assignTestSeries: rosterKeeper,
    removeTestSeries: rosterKeeper,
    createTestSeries: tenantAdmin,
    setOrgTypes: tenantAdmin,
    validateRelationships: tenantAdmin,
    removeStudentGroup: tenantAdmin,
    eraseUser: tenantAdmin,
  },
  Erasure: withItsParent,
  OrgTypeMapping: withItsParent,
  // The viewer is the caller, whichever way they are reached.
  Viewer: withItsParent,
  Tenant: withItsParent,
  Person: withItsParent,
  PersonConnection: withItsParent,
  // A node is reached by reference alone, where the loader refuses it one by one.
  HierarchyNode: { '*': withItsParent, studentCount: reportReader },
  // A student group is reached through the caller's own list, or by reference, where the loader refuses it one by one.
  StudentGroup: withItsParent,
  StudentGroupConnection: withItsParent,
  StudentConnection: withItsParent,
  Class: { '*': withItsParent, enrolments: seenWhole },
  Group: withItsParent,
  Student: withItsParent,
  TestSeries: withItsParent,
  Enrolment: withItsParent,
  EnrolmentConnection: withItsParent,
  RosterUser: withItsParent,
  ActivityLogConnection: withItsParent,
  ActivityLogEntry: withItsParent,
  RelationshipReport: withItsParent,
  RelationshipProblem: withItsParent,
  AuditLogConnection: withItsParent,
  AuditLogEntry: withItsParent,
  PageInfo: withItsParent,
  _Service: withItsParent,
};
