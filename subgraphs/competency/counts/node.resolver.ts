import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Node } from '../../hierarchy/published';
import { shownProvenance } from '../../reporting/published';
import { badInput } from '../../shared/errors';
import { Interval, MetricFilter, PeriodInput } from '../../shared/graphql/metric-filter.type';
import { DateScalar } from '../../shared/graphql/scalars';
import { checkPeriod } from '../../shared/period';
import type { CompetencyContext } from '../context';
import { CompetencyCounts, CompetencyFilterValues, CompetencyPoint, Completion, HierarchyNode, shownCounts } from './competency-counts.type';

/** A node the caller may see, as the reference found it. */
export type SeenNode = HierarchyNode & { readonly node: Node };

function checkFilter(field: string, filter: MetricFilter | null | undefined) {
  const { subject = null, framework = null, contentSource = null } = filter ?? {};
  if (contentSource === null) return { subject, framework };
  throw badInput(
    `${field} can be filtered by subject and framework; a competency status has no content source, and ` +
      `contentSource was '${contentSource}'.`,
  );
}

@Resolver(() => HierarchyNode)
export class HierarchyNodeResolver {
  @FieldResolver(() => CompetencyCounts, {
    nullable: true,
    description:
      'By the latest statuses at the end of that day (today when omitted; of a day to come, as it is now). filter.contentSource is refused: a status ' +
      'has no content source. BAD_USER_INPUT for a day whose statuses have expired, here and in the trend and completion.',
  })
  async competencyCounts(
    @Root() { node }: SeenNode,
    @Arg('asOf', () => DateScalar, { nullable: true }) asOf: string | null | undefined,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Ctx() context: CompetencyContext,
  ): Promise<CompetencyCounts> {
    const { loaders, now } = context;
    const { counts, plan, levels } = await loaders.competencyCounts.asOf(
      node,
      asOf ?? null,
      checkFilter('competencyCounts', filter),
    );
    const { hierarchyVersion } = await loaders.nodes.view(node.hierarchyKey);
    const { competenciesFrom: completeFrom } = await loaders.competencyCounts.kept();
    return {
      ...shownCounts(counts),
      provenance: shownProvenance(node, plan.source, { levels, asOf: context.asOf, now, hierarchyVersion, completeFrom }),
    };
  }

  @FieldResolver(() => [CompetencyPoint], {
    nullable: true,
    description:
      'One point for every interval that overlaps the period, the outer two clipped to it: the counts by the latest ' +
      'statuses at the end of its last day. Points are states, and never added up. filter.contentSource is refused. ' +
      'Of the moment that competencyCounts.provenance tells of the same node in the same request.',
  })
  async competencyTrend(
    @Root() { node }: SeenNode,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('interval', () => Interval) interval: Interval,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Ctx() { loaders }: CompetencyContext,
  ): Promise<CompetencyPoint[]> {
    const points = await loaders.competencyCounts.trend(node, {
      period: checkPeriod(period),
      interval,
      filter: checkFilter('competencyTrend', filter),
    });
    return points.map(({ from, through, counts }) => ({ from, through, ...shownCounts(counts) }));
  }

  @FieldResolver(() => CompetencyFilterValues, {
    nullable: true,
    description:
      'What competencyCounts and competencyTrend can be filtered by: the subjects and frameworks of the competencies that ' +
      'are expected here at the end of that day, today when omitted. BAD_USER_INPUT for a day whose statuses have expired; ' +
      "TOO_LARGE where competencyCounts would be, and sooner, of many nodes, the more combinations of the two the tenant's " +
      'competencies and activity carry.',
  })
  async competencyFilterValues(
    @Root() { node }: SeenNode,
    @Arg('asOf', () => DateScalar, { nullable: true }) asOf: string | null | undefined,
    @Ctx() { loaders }: CompetencyContext,
  ): Promise<CompetencyFilterValues> {
    const { subjects, frameworks, isComplete } = await loaders.competencyCounts.filterValues(node, asOf ?? null);
    return { subjects, frameworks, isComplete };
  }

  @FieldResolver(() => Completion, {
    nullable: true,
    description:
      'As of the last day of the ISO week (Monday to Sunday) that contains the date: completed and expected triples of ' +
      'all classes at or below the node, added up before they are divided.',
  })
  async completion(
    @Root() { node }: SeenNode,
    @Arg('week', () => DateScalar) week: string,
    @Ctx() { loaders }: CompetencyContext,
  ): Promise<Completion> {
    const { completed, expected } = await loaders.competencyCounts.endOfWeek(node, week);
    return { completed, expected, rate: expected === 0 ? null : completed / expected };
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
