import { Ctx, Query, Resolver } from 'type-graphql';
import { Tenant } from '../../shared/graphql/tenant.type';
import { publicId } from '../../shared/identifiers';
import type { HierarchyContext } from '../context';
import { selectTenants } from './tenant.queries';

@Resolver()
export class TenantResolver {
  @Query(() => [Tenant], { description: 'SUPER_ADMIN only: every tenant, by name.' })
  async tenants(@Ctx() { inPlatform }: HierarchyContext): Promise<Tenant[]> {
    const rows = await inPlatform(selectTenants);
    return rows.map(({ id, name }) => ({ id: publicId('tenant', id), name }));
  }
}
