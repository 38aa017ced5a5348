import { withItsParent, type Permissions } from '../shared/access/protect';
import { anyone, reportReader, tenantAdmin } from '../shared/access/rules';

/** Every type and field is closed until it has a line here. */
export const permissions: Permissions = {
  Query: {
    viewer: anyone,
    // The loader gives each caller the groups that list them as a user.
    studentGroups: anyone,
    _entities: anyone,
    _service: anyone,
  },
  Mutation: { removeStudentGroup: tenantAdmin },
  // The viewer is the caller, whichever way they are reached.
  Viewer: withItsParent,
  Tenant: withItsParent,
  // A node is reached by reference alone, where the loader refuses it one by one.
  HierarchyNode: { '*': withItsParent, studentCount: reportReader },
  // A student group is reached through the caller's own list, or by reference, where the loader refuses it one by one.
  StudentGroup: withItsParent,
  StudentGroupConnection: withItsParent,
  StudentConnection: withItsParent,
  Student: withItsParent,
  Group: withItsParent,
  PageInfo: withItsParent,
  _Service: withItsParent,
};
