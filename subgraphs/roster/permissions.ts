import { withItsParent, type Permissions } from '../shared/access/protect';
import { anyone, reportReader, tenantAdmin } from '../shared/access/rules';

/** Every type and field is closed until it has a line here. */
export const permissions: Permissions = {
  Query: {
    viewer: anyone,
    orgTypes: tenantAdmin,
    _entities: anyone,
    _service: anyone,
  },
  Mutation: { setOrgTypes: tenantAdmin },
  OrgTypeMapping: withItsParent,
  // The viewer is the caller, whichever way they are reached.
  Viewer: withItsParent,
  Tenant: withItsParent,
  // A node is reached by reference alone, where the loader refuses it one by one.
  HierarchyNode: { '*': withItsParent, studentCount: reportReader },
  _Service: withItsParent,
};
