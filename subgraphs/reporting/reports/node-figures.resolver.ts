import { Arg, Ctx, Directive, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import type { Node } from '../../hierarchy/published';
import { Interval, MetricFilter, PeriodInput } from '../../shared/graphql/metric-filter.type';
import { SafeInt } from '../../shared/graphql/scalars';
import { checkPeriod } from '../../shared/period';
import type { ReportingContext } from '../context';
import type { FigureKey } from '../rollup/figures.loader';
import { Performance, PerformancePoint, TimeSpent, TimeSpentPoint } from './figures.type';
import { performancePoint, shownPerformance, shownTimeSpent, timeSpentPoint, type Shown } from './shown-figures';

@Directive('@key(fields: "id hierarchyId")')
@ObjectType()
export class HierarchyNode {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  hierarchyId!: string;
}

export type ShownNode = HierarchyNode & { readonly node: Node };

export const nodeReference = (node: Node): ShownNode => ({ node, id: node.id, hierarchyId: node.hierarchyKey });

/** The node's performance over a period; shared by the node itself and its row in a report. */
export async function performanceOf(key: FigureKey, { loaders, now }: ReportingContext): Promise<Shown<Performance>> {
  const { hierarchyVersion } = await loaders.nodes.view(key.node.hierarchyKey);
  return shownPerformance(key, await loaders.sums.load(key), { now, hierarchyVersion });
}

export async function timeSpentOf(key: FigureKey, { loaders, now }: ReportingContext): Promise<Shown<TimeSpent>> {
  const { hierarchyVersion } = await loaders.nodes.view(key.node.hierarchyKey);
  return shownTimeSpent(key, await loaders.sums.load(key), { now, hierarchyVersion });
}

@Resolver(() => HierarchyNode)
export class NodeFiguresResolver {
  @FieldResolver(() => Performance, { nullable: true })
  performance(
    @Root() { node }: ShownNode,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<Performance> {
    return performanceOf({ node, period: checkPeriod(period), filter: filter ?? {} }, context);
  }

  @FieldResolver(() => TimeSpent, { nullable: true })
  timeSpent(
    @Root() { node }: ShownNode,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<TimeSpent> {
    return timeSpentOf({ node, period: checkPeriod(period), filter: filter ?? {} }, context);
  }

  @FieldResolver(() => [PerformancePoint], {
    nullable: true,
    description:
      'One point for every interval that overlaps the period, empty ones too; the outer two are clipped to it, so that ' +
      'the points add up to the period.',
  })
  async performanceTrend(
    @Root() { node }: ShownNode,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('interval', () => Interval) interval: Interval,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Ctx() { loaders }: ReportingContext,
  ): Promise<PerformancePoint[]> {
    const points = await loaders.trend.load({ node, period: checkPeriod(period), filter: filter ?? {}, interval });
    return points.map(performancePoint);
  }

  @FieldResolver(() => [TimeSpentPoint], { nullable: true, description: 'Like performanceTrend.' })
  async timeSpentTrend(
    @Root() { node }: ShownNode,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('interval', () => Interval) interval: Interval,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Ctx() { loaders }: ReportingContext,
  ): Promise<TimeSpentPoint[]> {
    const points = await loaders.trend.load({ node, period: checkPeriod(period), filter: filter ?? {}, interval });
    return points.map(timeSpentPoint);
  }
}

@Resolver(() => Performance)
export class PerformanceResolver {
  @FieldResolver(() => SafeInt)
  async learners(@Root() { of }: Shown<Performance>, @Ctx() { loaders }: ReportingContext): Promise<number> {
    return (await loaders.learners.load(of)).scored;
  }
}

@Resolver(() => TimeSpent)
export class TimeSpentResolver {
  @FieldResolver(() => SafeInt)
  async learners(@Root() { of }: Shown<TimeSpent>, @Ctx() { loaders }: ReportingContext): Promise<number> {
    return (await loaders.learners.load(of)).timed;
  }
}

export async function resolveNodeReference(
  { id, hierarchyId }: { id: string; hierarchyId: string },
  { loaders }: ReportingContext,
): Promise<HierarchyNode | null> {
  const { key } = await loaders.nodes.hierarchy(hierarchyId);
  const node = await loaders.nodes.node({ id, hierarchyKey: key });
  return node && nodeReference(node);
}
