import { Arg, Ctx, Directive, Field, FieldResolver, ID, ObjectType, Resolver } from 'type-graphql';
import { publicId } from '../../shared/identifiers';
import type { HierarchyContext } from '../context';
import { shown } from './node.resolver';
import { HierarchyNode } from './node.type';

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
    @Ctx() { loaders }: HierarchyContext,
  ): Promise<HierarchyNode[]> {
    const { key } = hierarchyId ? await loaders.hierarchy(hierarchyId) : await loaders.ownHierarchy();
    return (await loaders.topmost(key)).map(shown);
  }
}

/** Whoever asks is the only viewer there is. */
export const resolveViewerReference = ({ id }: { id: string }, { caller }: HierarchyContext): Viewer | null =>
  publicId('person', caller.personId) === id ? { id } : null;
