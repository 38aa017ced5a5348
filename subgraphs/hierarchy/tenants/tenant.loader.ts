import type { HierarchyContext } from '../context';
import { selectTenants } from './tenant.queries';

/** Every tenant by name; for super admins, in the platform's own transaction. */
export const allTenants = ({ readPlatform }: HierarchyContext) => readPlatform(selectTenants);
