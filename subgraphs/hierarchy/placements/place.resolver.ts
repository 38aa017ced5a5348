import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import type { HierarchyContext } from '../context';
import { shown } from '../nodes/node.resolver';
import { HierarchyNode } from '../nodes/node.type';
import { place } from './place';

@Resolver()
export class PlaceResolver {
  @Mutation(() => HierarchyNode, {
    nullable: true,
    description:
      'ORG_ADMIN: places a group or a class under a parent in one hierarchy, or moves it there; its figures, past ones ' +
      "too, move with it. A parentId of null takes it out. A parent's level stands above the child's (levels may be " +
      'skipped); a class may hang anywhere; nothing hangs under a class. Null where the child has no node there afterwards.',
  })
  async place(
    @Arg('hierarchyId', () => ID) hierarchyId: string,
    @Arg('childId', () => ID) childId: string,
    @Arg('parentId', () => ID, { nullable: true }) parentId: string | null | undefined,
    @Ctx() context: HierarchyContext,
  ): Promise<HierarchyNode | null> {
    await context.session.write(tx => place(tx, { hierarchyKey: hierarchyId, childId, parentId: parentId ?? null }));
    const node = await context.loaders.nodeAfterChange({ id: childId, hierarchyKey: hierarchyId });
    return node && shown(node);
  }
}
