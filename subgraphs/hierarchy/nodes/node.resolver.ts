import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { publicId } from '../../shared/identifiers';
import { checkFirst, readPlace, writeCursor } from '../../shared/paging';
import type { HierarchyContext } from '../context';
import { otherId } from './locate';
import { HierarchyNode, HierarchyNodeConnection } from './node.type';
import type { Node } from './node.queries';

/** A node as the graph shows it, with what its fields need. */
export type ShownNode = HierarchyNode & { readonly node: Node };

export const shown = (node: Node): ShownNode => ({
  node,
  id: node.id,
  hierarchyId: node.hierarchyKey,
  externalId: node.externalId,
  name: node.name,
  type: node.type,
  classCount: node.classCount,
});

@Resolver(() => HierarchyNode)
export class HierarchyNodeResolver {
  @Query(() => HierarchyNode, {
    nullable: true,
    description:
      "A node seen through a hierarchy: the one named, else the one the caller's token selects, else the tenant's. " +
      'Null where there is no such node; FORBIDDEN where not all of its classes are granted.',
  })
  async hierarchyNode(
    @Arg('id', () => ID) id: string,
    @Arg('hierarchyId', () => ID, { nullable: true }) hierarchyId: string | undefined,
    @Ctx() { loaders }: HierarchyContext,
  ): Promise<HierarchyNode | null> {
    const { key } = await loaders.hierarchy(hierarchyId);
    const node = await loaders.node({ id, hierarchyKey: key });
    return node && shown(node);
  }

  @Query(() => HierarchyNode, {
    nullable: true,
    description: "The same by the identifier that the customer's own systems use; (type, externalId) is unique in a tenant. " +
      'type is a GroupType; null of any other.',
  })
  async hierarchyNodeByExternalId(
    @Arg('type', () => String) type: string,
    @Arg('externalId', () => String) externalId: string,
    @Arg('hierarchyId', () => ID, { nullable: true }) hierarchyId: string | undefined,
    @Ctx() { loaders }: HierarchyContext,
  ): Promise<HierarchyNode | null> {
    const { key } = await loaders.hierarchy(hierarchyId);
    const id = await loaders.byExternalId(type, externalId);
    const node = id && (await loaders.node({ id, hierarchyKey: key }));
    return node ? shown(node) : null;
  }

  @FieldResolver(() => HierarchyNode, { nullable: true })
  async parent(@Root() { node }: ShownNode, @Ctx() context: HierarchyContext): Promise<HierarchyNode | null> {
    const above = await ancestorsOf(node, context);
    return above.at(-1) ?? null;
  }

  @FieldResolver(() => [HierarchyNode])
  ancestors(@Root() { node }: ShownNode, @Ctx() context: HierarchyContext): Promise<HierarchyNode[]> {
    return ancestorsOf(node, context);
  }

  @FieldResolver(() => HierarchyNodeConnection)
  async children(
    @Root() { node }: ShownNode,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | undefined,
    @Ctx() { loaders }: HierarchyContext,
  ): Promise<HierarchyNodeConnection> {
    const pageSize = checkFirst(first ?? 50);
    const question = ['children', node.hierarchyKey, node.id];
    const page = await loaders.children.load({ node, bounds: { first: pageSize, after: readPlace(after, question, place) } });
    const last = page.nodes.at(-1);
    return {
      nodes: page.nodes.map(shown),
      totalCount: page.totalCount,
      pageInfo: {
        hasNextPage: page.hasMore,
        endCursor: last ? writeCursor([last.level, last.name, last.number], question) : null,
      },
    };
  }
}

/** A child's place in a list. */
const place = { level: 'number', name: 'text', id: 'number' } as const;

/** From the edge of the caller's view down to the parent. A class in 'other' stands directly under it. */
async function ancestorsOf(node: Node, { loaders, caller }: HierarchyContext): Promise<HierarchyNode[]> {
  const { hierarchyKey } = node;
  const above = node.kind === 'class' ? node.path : node.path.slice(0, -1);
  const ids =
    node.kind === 'class' && above.length === 0
      ? [otherId(caller, await loaders.view(hierarchyKey))]
      : above.map(group => publicId('group', group));
  const found = await loaders.found.loadMany(ids.map(id => ({ id, hierarchyKey })));
  return found.flatMap(there => {
    if (there instanceof Error) throw there;
    return there?.visible ? [shown(there.node)] : [];
  });
}

/** What another subgraph sent as a node becomes that node, or null, or a refusal of its own. */
export async function resolveNodeReference(
  { id, hierarchyId }: { id: string; hierarchyId: string },
  { loaders }: HierarchyContext,
): Promise<HierarchyNode | null> {
  const { key } = await loaders.hierarchy(hierarchyId);
  const node = await loaders.node({ id, hierarchyKey: key });
  return node && shown(node);
}
