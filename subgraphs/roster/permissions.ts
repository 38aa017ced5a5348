import { withItsParent, type Permissions } from '../shared/access/protect';
import { anyone, reportReader, tenantAdmin } from '../shared/access/rules';

/** Every type and field is closed until it has a line here. */
export const permissions: Permissions = {
  Query: {
    viewer: anyone,
    auditLog: tenantAdmin,
    _entities: anyone,
    _service: anyone,
  },
  // The viewer is the caller, whichever way they are reached.
  Viewer: withItsParent,
  Tenant: withItsParent,
  // A node is reached by reference alone, where the loader refuses it one by one.
  HierarchyNode: { '*': withItsParent, studentCount: reportReader },
  AuditLogConnection: withItsParent,
  AuditLogEntry: withItsParent,
  PageInfo: withItsParent,
  _Service: withItsParent,
};
