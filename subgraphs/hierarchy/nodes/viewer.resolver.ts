import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Directive, Field, FieldResolver, ID, Info, ObjectType, Resolver } from 'type-graphql';
import { publicId } from '../../shared/identifiers';
import type { HierarchyContext } from '../context';
import { HierarchyNode } from './node.type';
import { rootsOf } from './roots';

@Directive('@key(fields: "id")')
@ObjectType()
export class Viewer {
  @Field(() => ID)
  id!: string;
}

@Resolver(() => Viewer)
export class ViewerResolver {
  @FieldResolver(() => [HierarchyNode], {
    nullable: true,
    description: "The topmost nodes the caller may see through that hierarchy (the tenant's own when omitted).",
  })
  async roots(
    @Arg('hierarchyId', () => ID, { nullable: true }) hierarchyId: string | undefined,
    @Ctx() context: HierarchyContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<HierarchyNode[]> {
    const { loaders } = context;
    const { key } = hierarchyId ? await loaders.hierarchy(hierarchyId) : await loaders.ownHierarchy();
    return rootsOf(key, context, info);
  }
}

/** Whoever asks is the only viewer there is. */
export const resolveViewerReference = ({ id }: { id: string }, { caller }: HierarchyContext): Viewer | null =>
  publicId('person', caller.personId) === id ? { id } : null;
