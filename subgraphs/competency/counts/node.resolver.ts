import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Node } from '../../hierarchy/published';
import { badInput } from '../../shared/errors';
import { MetricFilter } from '../../shared/graphql/metric-filter.type';
import { readAtTime } from '../../shared/graphql/provenance.type';
import { DateScalar } from '../../shared/graphql/scalars';
import type { CompetencyContext } from '../context';
import { CompetencyCounts, HierarchyNode } from './competency-counts.type';

/** A node the caller may see, as the reference found it. */
export type SeenNode = HierarchyNode & { readonly node: Node };

@Resolver(() => HierarchyNode)
export class HierarchyNodeResolver {
  @FieldResolver(() => CompetencyCounts, {
    nullable: true,
    description:
      'By the latest statuses at the end of that day (today when omitted). filter.contentSource is refused: a status ' +
      'has no content source.',
  })
  async competencyCounts(
    @Root() { node }: SeenNode,
    @Arg('asOf', () => DateScalar, { nullable: true }) asOf: string | null | undefined,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Ctx() { loaders, now }: CompetencyContext,
  ): Promise<CompetencyCounts> {
    const { subject = null, framework = null, contentSource = null } = filter ?? {};
    if (contentSource !== null) {
      throw badInput(
        'competencyCounts can be filtered by subject and framework; a competency status has no content source, and ' +
          `contentSource was '${contentSource}'.`,
      );
    }
    const [counts, view] = await Promise.all([
      loaders.competencyCounts.load({ node, asOf: asOf ?? null, subject, framework }),
      loaders.nodes.view(node.hierarchyKey),
    ]);
    return { ...counts, provenance: readAtTime(now, view.hierarchyVersion) };
  }
}

/** What another subgraph sent as a node: null where there is none, refused where the caller may not see it. */
export async function resolveNodeReference(
  { id, hierarchyId }: { id: string; hierarchyId: string },
  { loaders }: CompetencyContext,
): Promise<SeenNode | null> {
  const { key } = await loaders.nodes.hierarchy(hierarchyId);
  const node = await loaders.nodes.node({ id, hierarchyKey: key });
  return node && { node, id: node.id, hierarchyId: node.hierarchyKey };
}
