import { and } from 'graphql-shield';
import { withItsParent, type Permissions } from '../shared/access/protect';
import { anyone, check, reportReader, superAdmin, tenantAdmin } from '../shared/access/rules';
import { forbidden } from '../shared/errors';
import type { HierarchyContext } from './context';

/** The node an element of `_entities` or a field stands for must be in the caller's view. */
const nodeInView = check('node in view', async (context, args: { id: string; hierarchyId?: string }) => {
  const { loaders } = context as HierarchyContext;
  const { key } = await loaders.hierarchy(args.hierarchyId);
  const found = await loaders.found.load({ id: args.id, hierarchyKey: key });
  return !found || found.visible ? true : forbidden('You may not see this node: not all of its classes are granted to you.');
});

const everyHierarchy = check('all hierarchies', ({ caller }, { all }: { all?: boolean | null }) =>
  !all || caller.tenantWide ? true : forbidden('all: true is for administrators.'),
);

/** Every type and field is closed until it has a line here. */
export const permissions: Permissions = {
  Query: {
    hierarchies: everyHierarchy,
    tenants: superAdmin,
    hierarchy: anyone,
    hierarchyNode: and(reportReader, nodeInView),
    hierarchyNodeByExternalId: reportReader,
    tenantSettings: anyone,
    groups: tenantAdmin,
    grants: tenantAdmin,
    hierarchyChangePreview: tenantAdmin,
    _entities: anyone,
    _service: anyone,
  },
  Mutation: {
    createHierarchy: superAdmin,
    updateHierarchy: superAdmin,
    removeHierarchy: superAdmin,
    setApplicableHierarchy: tenantAdmin,
    setTimeZone: tenantAdmin,
    setRetention: tenantAdmin,
    createGroup: tenantAdmin,
    updateGroup: tenantAdmin,
    place: tenantAdmin,
    placeMany: tenantAdmin,
    grantAccess: tenantAdmin,
    revokeAccess: tenantAdmin,
  },
  Hierarchy: { '*': withItsParent, roots: anyone, other: anyone },
  Viewer: { id: withItsParent, roots: anyone },
  // A node is reached through its guarded entry fields, or by reference, where the loader refuses it one by one.
  HierarchyNode: withItsParent,
  HierarchyNodeConnection: withItsParent,
  PageInfo: withItsParent,
  HierarchyLevel: withItsParent,
  PlacementReceipt: withItsParent,
  Group: withItsParent,
  GroupConnection: withItsParent,
  Grant: withItsParent,
  Tenant: withItsParent,
  TenantSettings: withItsParent,
  Retention: withItsParent,
  HierarchyChangePreview: withItsParent,
  _Service: withItsParent,
};
