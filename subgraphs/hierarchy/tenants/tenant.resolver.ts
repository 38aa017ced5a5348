import { Ctx, Query, Resolver } from 'type-graphql';
import { Tenant } from '../../shared/graphql/tenant.type';
import { publicId } from '../../shared/identifiers';
import type { HierarchyContext } from '../context';
import { allTenants } from './tenant.loader';

@Resolver()
export class TenantResolver {
  @Query(() => [Tenant], { description: 'SUPER_ADMIN only: every tenant, by name.' })
  async tenants(@Ctx() context: HierarchyContext): Promise<Tenant[]> {
    const rows = await allTenants(context);
    return rows.map(({ id, name }) => ({ id: publicId('tenant', id), name }));
  }
}
