import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { forbidden } from '../../shared/errors';
import type { HierarchyContext } from '../context';
import { shownHierarchy } from '../hierarchies/hierarchy.resolver';
import { Hierarchy } from '../hierarchies/hierarchy.type';
import { setApplicableHierarchy, setRetention, setTimeZone } from './change-settings';
import { HierarchyChangePreview } from './hierarchy-change.type';
import { Retention, RetentionInput } from './retention.type';
import { TenantSettings } from './settings.type';

@Resolver(() => TenantSettings)
export class SettingsResolver {
  @Query(() => TenantSettings, { description: "The caller's tenant's." })
  tenantSettings(@Ctx() { loaders }: HierarchyContext): Promise<TenantSettings> {
    return loaders.settings();
  }

  @Query(() => HierarchyChangePreview, {
    description:
      "What making this hierarchy the tenant's own would change, before anybody does it. ORG_ADMIN. NOT_FOUND where there " +
      'is no such hierarchy, BAD_USER_INPUT where the tenant has placed nothing in it.',
  })
  hierarchyChangePreview(
    @Arg('hierarchyId', () => ID) hierarchyId: string,
    @Ctx() context: HierarchyContext,
  ): Promise<HierarchyChangePreview> {
    return previewChange({ hierarchyId }, context);
  }

  @FieldResolver(() => Hierarchy)
  async applicableHierarchy(@Ctx() { loaders }: HierarchyContext): Promise<Hierarchy> {
    return shownHierarchy(await loaders.ownHierarchy());
  }

  @FieldResolver(() => Retention, { description: 'For how long what is kept.' })
  retention(@Ctx() { loaders }: HierarchyContext): Promise<Retention> {
    return loaders.retention();
  }

  @Mutation(() => TenantSettings, {
    description:
      'ORG_ADMIN. What has expired by a shorter time is out of sight at once, and soon deleted. CONFLICT where the settings ' +
      'have another version by now; BAD_USER_INPUT where raw activity would outlive its figures.',
  })
  async setRetention(
    @Arg('input', () => RetentionInput) input: RetentionInput,
    @Arg('expectedVersion', () => Int) expectedVersion: number,
    @Ctx() context: HierarchyContext,
  ): Promise<TenantSettings> {
    await context.session.write(tx => setRetention(tx, { times: { ...input }, expectedVersion }));
    return context.loaders.settings();
  }

  @Mutation(() => TenantSettings, { description: 'ORG_ADMIN. CONFLICT where the settings have another version by now.' })
  async setApplicableHierarchy(
    @Arg('hierarchyId', () => ID) hierarchyId: string,
    @Arg('expectedVersion', () => Int) expectedVersion: number,
    @Ctx() context: HierarchyContext,
  ): Promise<TenantSettings> {
    await context.session.write(tx => setApplicableHierarchy(tx, { hierarchyKey: hierarchyId, expectedVersion }));
    return context.loaders.settings();
  }

  @Mutation(() => TenantSettings, { description: 'ORG_ADMIN. From now on: days that are past keep their boundaries.' })
  async setTimeZone(
    @Arg('timeZone', () => String) timeZone: string,
    @Arg('expectedVersion', () => Int) expectedVersion: number,
    @Ctx() context: HierarchyContext,
  ): Promise<TenantSettings> {
    await context.session.write(tx => setTimeZone(tx, { timeZone, expectedVersion }));
    return context.loaders.settings();
  }
}

/** By its own field, by what another subgraph's answer names or by a stranger's request: its numbers are the tenant's. */
export async function previewChange(
  { hierarchyId }: { hierarchyId: string },
  { caller, loaders }: HierarchyContext,
): Promise<HierarchyChangePreview> {
  if (!caller.tenantWide) throw forbidden('What a change of the hierarchy would do is told to administrators.');
  return { hierarchyId, ...(await loaders.hierarchyChange(hierarchyId)) };
}
