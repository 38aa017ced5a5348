import { Arg, Ctx, Directive, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import type { Node } from '../../hierarchy/published';
import { Interval, MetricFilter, PeriodInput } from '../../shared/graphql/metric-filter.type';
import { SafeInt } from '../../shared/graphql/scalars';
import { checkPeriod } from '../../shared/period';
import type { ReportingContext } from '../context';
import type { FigureKey } from '../rollup/figures.loader';
import { FilterValues } from './filter-values.type';
import { Performance, PerformancePoint, TimeSpent, TimeSpentPoint } from './figures.type';
import { shownProvenance } from './shown-provenance';
import { performancePoint, ShownPerformance, ShownTimeSpent, timeSpentPoint, type Shown, type ToldBy } from './shown-figures';

@Directive('@key(fields: "id hierarchyId")')
@ObjectType()
export class HierarchyNode {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  hierarchyId!: string;

  // The hierarchy subgraph's; a report knows them of its rows, so that no second fetch is needed for them.
  @Directive('@external')
  @Field(() => String, { nullable: true })
  externalId?: string | null;

  @Directive('@external')
  @Field(() => String)
  name?: string;

  @Directive('@external')
  @Field(() => String)
  type?: string;

  @Directive('@external')
  @Field(() => SafeInt)
  classCount?: number;
}

export type ShownNode = HierarchyNode & { readonly node: Node };

export const nodeReference = (node: Node): ShownNode => ({
  node,
  id: node.id,
  hierarchyId: node.hierarchyKey,
  externalId: node.externalId,
  name: node.name,
  type: node.type,
  classCount: node.classCount,
});

/** How the provenance of figures read through a hierarchy is told; each when it is asked for. */
export async function provenanceIn(hierarchyKey: string, context: ReportingContext): Promise<ToldBy> {
  const { loaders, now } = context;
  const { hierarchyVersion, hierarchyId } = await loaders.nodes.view(hierarchyKey);
  const { levels } = await loaders.storedState(hierarchyId);
  const circumstances = { levels, asOf: context.asOf, now, hierarchyVersion, completeFrom: await loaders.figuresFrom() };
  return (node, { source }) => shownProvenance(node, source, circumstances);
}

async function performanceOf(key: FigureKey, context: ReportingContext): Promise<Shown<Performance>> {
  const told = await provenanceIn(key.node.hierarchyKey, context);
  return new ShownPerformance(key, await context.loaders.figures.load(key), told);
}

async function timeSpentOf(key: FigureKey, context: ReportingContext): Promise<Shown<TimeSpent>> {
  const told = await provenanceIn(key.node.hierarchyKey, context);
  return new ShownTimeSpent(key, await context.loaders.figures.load(key), told);
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

  @FieldResolver(() => FilterValues, {
    nullable: true,
    description:
      'What performance, timeSpent and their trends can be filtered by: the values that activity of this node and period ' +
      'carries with scored attempts or time spent. Of the moment that performance.provenance tells of the same node in the ' +
      'same request. TOO_LARGE where performance would be, and sooner, of many nodes or long periods, the more ' +
      "combinations of the three the tenant's activity carries.",
  })
  filterValues(
    @Root() { node }: ShownNode,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Ctx() { loaders }: ReportingContext,
  ): Promise<FilterValues> {
    return loaders.filterValues.load({ node, period: checkPeriod(period), filter: {} });
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
  async learners(@Root() { of, learners }: Shown<Performance>, @Ctx() { loaders }: ReportingContext): Promise<number> {
    return learners ?? (await loaders.learners.load(of)).scored;
  }
}

@Resolver(() => TimeSpent)
export class TimeSpentResolver {
  @FieldResolver(() => SafeInt)
  async learners(@Root() { of, learners }: Shown<TimeSpent>, @Ctx() { loaders }: ReportingContext): Promise<number> {
    return learners ?? (await loaders.learners.load(of)).timed;
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
