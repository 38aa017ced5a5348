import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Node } from '../../hierarchy/published';
import { SafeInt } from '../../shared/graphql/scalars';
import type { RosterContext } from '../context';
import { HierarchyNode } from './node.type';

/** A node the caller may see, as the reference found it. */
export type SeenNode = HierarchyNode & { readonly node: Node };

@Resolver(() => HierarchyNode)
export class HierarchyNodeResolver {
  @FieldResolver(() => SafeInt, { nullable: true })
  studentCount(@Root() { node }: SeenNode, @Ctx() { loaders }: RosterContext): Promise<number> {
    return loaders.studentCount.load(node);
  }
}

/** What another subgraph sent as a node: null where there is none, refused where the caller may not see it. */
export async function resolveNodeReference(
  { id, hierarchyId }: { id: string; hierarchyId: string },
  { loaders }: RosterContext,
): Promise<SeenNode | null> {
  const { key } = await loaders.nodes.hierarchy(hierarchyId);
  const node = await loaders.nodes.node({ id, hierarchyKey: key });
  return node && { node, id: node.id, hierarchyId: node.hierarchyKey };
}
