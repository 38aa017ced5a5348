import { Ctx, Directive, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import { forbidden } from '../../shared/errors';
import { SafeInt } from '../../shared/graphql/scalars';
import type { ReportingContext } from '../context';

@Directive('@key(fields: "hierarchyId")')
@ObjectType()
export class HierarchyChangePreview {
  @Field(() => ID)
  hierarchyId!: string;
}

@Resolver(() => HierarchyChangePreview)
export class HierarchyChangeResolver {
  @FieldResolver(() => [String], {
    nullable: true,
    description: 'Types of the levels whose aggregates would have to be built. Until they are, reports are added up when read.',
  })
  async levelsToBuild(@Root() { hierarchyId }: HierarchyChangePreview, @Ctx() { loaders }: ReportingContext) {
    return (await loaders.workToBuild(hierarchyId)).levels;
  }

  @FieldResolver(() => SafeInt, { nullable: true, description: 'The rows that would be read to build them.' })
  async rowsToRead(@Root() { hierarchyId }: HierarchyChangePreview, @Ctx() { loaders }: ReportingContext) {
    return (await loaders.workToBuild(hierarchyId)).rows;
  }
}

/** By reference alone: for administrators, and for a hierarchy that the tenant can have as its own. */
export async function resolveHierarchyChangeReference(
  { hierarchyId }: { hierarchyId: string },
  { caller, loaders }: ReportingContext,
): Promise<HierarchyChangePreview> {
  if (!caller.tenantWide) throw forbidden('What a change of the hierarchy would do is told to administrators.');
  const { key } = await loaders.nodes.hierarchy(hierarchyId);
  return { hierarchyId: key };
}
