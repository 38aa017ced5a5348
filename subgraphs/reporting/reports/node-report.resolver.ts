import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { hasOther, otherId, seesNothing, wholeViewId, type Node } from '../../hierarchy/published';
import { forbidden } from '../../shared/errors';
import { MetricFilter, PeriodInput } from '../../shared/graphql/metric-filter.type';
import { checkFirst, readCursor, writeCursor } from '../../shared/paging';
import { checkPeriod } from '../../shared/period';
import type { ReportingContext } from '../context';
import { exactSum } from '../rollup/exact-sums';
import type { FigureKey, Figures } from '../rollup/figures.loader';
import { noSums, type Sums } from '../rollup/sums';
import { nodeReference, provenanceIn } from './node-figures.resolver';
import { NodeReport, ReportMeasure, ReportOrder, type Reconciliation, type ReportRow } from './node-report.type';
import { pageOfChildren, type Child } from './order-children';
import { scoreInPercent, ShownPerformance, ShownTimeSpent, totalSeconds, type ToldBy } from './shown-figures';

@Resolver(() => NodeReport)
export class NodeReportResolver {
  @Query(() => NodeReport, {
    nullable: true,
    description:
      'The report: a node, its children and the bucket of uncategorised classes, in one request. Without nodeId: the ' +
      "caller's whole view (for a tenant-wide caller the tenant itself, whose children are the roots; for others a node of " +
      'type "scope", whose children are the topmost nodes granted to them). Null where that hierarchy has no such node; ' +
      'FORBIDDEN where not all of its classes are granted; NOT_FOUND where there is no such hierarchy; BAD_USER_INPUT for a ' +
      'period of more than ten years; TOO_LARGE where too many rows would have to be added up. first is 0 to 1000.',
  })
  async nodeReport(
    @Arg('nodeId', () => ID, { nullable: true }) nodeId: string | null | undefined,
    @Arg('hierarchyId', () => ID, { nullable: true }) hierarchyId: string | null | undefined,
    @Arg('period', () => PeriodInput) periodInput: PeriodInput,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Arg('orderBy', () => ReportOrder, { nullable: true }) orderBy: ReportOrder | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<NodeReport | null> {
    const { loaders, caller } = context;
    const period = checkPeriod(periodInput);
    const pageSize = checkFirst(first ?? 50);
    const { key: hierarchyKey } = await loaders.nodes.hierarchy(hierarchyId);
    const view = await loaders.nodes.view(hierarchyKey);
    if (!nodeId && seesNothing(view)) throw forbidden('Nothing is granted to you: there is no view to report on.');
    const id = nodeId ?? wholeViewId(caller, view);
    const order = orderBy ?? null;
    const question = ['nodeReport', hierarchyKey, id, period, filter ?? null, order];
    const node = await loaders.nodes.node({ id, hierarchyKey });
    const cursor = readCursor(after, question);
    if (!node) return null;
    const keyOf = (of: Node): FigureKey => ({ node: of, period, filter: filter ?? {} });
    const other = hasOther(node) ? await loaders.nodes.node({ id: otherId(caller, view), hierarchyKey }) : null;
    const { nodes } = await loaders.nodes.children.load({ node, bounds: { first: null, after: null } });
    const asked = [node, ...nodes, ...(other ? [other] : [])];
    const found = await loaders.figuresOf(asked.map(keyOf));
    const provenance = await provenanceIn(hierarchyKey, context);
    const rowOf = (of: Node): ReportRow => new ShownRow(keyOf(of), found.get(of.id)!, provenance);
    const [own, ...below] = asked.map(({ id: asId }) => found.get(asId)!.sums);
    const children: Child[] = nodes.map((child, index) => ({ node: child, sums: below[index]! }));
    if (order?.by === ReportMeasure.LEARNERS) {
      const learners = await Promise.all(nodes.map(child => loaders.learners.load(keyOf(child))));
      for (const [index, child] of children.entries()) child.learners = learners[index]!;
    }
    const { page, hasNextPage, endKeys } = pageOfChildren(children, { order, first: pageSize, after: cursor });
    return {
      node: rowOf(node),
      other: other && rowOf(other),
      children: {
        nodes: page.map(child => rowOf(child.node)),
        totalCount: children.length,
        pageInfo: { hasNextPage, endCursor: endKeys && writeCursor(endKeys, question) },
      },
      reconciliation: node.kind === 'class' ? difference(noSums, []) : difference(own!, below),
    };
  }
}

/** A row's figures are read already; they take their shape when they are asked for. */
class ShownRow implements ReportRow {
  readonly node: ReportRow['node'];

  constructor(
    private readonly key: FigureKey,
    private readonly figures: Figures,
    private readonly told: ToldBy,
  ) {
    this.node = nodeReference(key.node);
  }

  get performance(): ReportRow['performance'] {
    return new ShownPerformance(this.key, this.figures, this.told);
  }

  get timeSpent(): ReportRow['timeSpent'] {
    return new ShownTimeSpent(this.key, this.figures, this.told);
  }
}

/** What the parts leave of the whole: nothing. */
function difference(whole: Sums, parts: Sums[]): Reconciliation {
  const left = (measure: (sums: Sums) => number): number =>
    parts.reduce((rest, part) => rest - measure(part), measure(whole));
  const { scoreSum } = whole;
  return {
    attempts: left(sums => sums.attempts),
    scoreSum: scoreInPercent(Number.isSafeInteger(scoreSum) ? left(sums => sums.scoreSum) : scoresLeft(whole, parts)),
    totalSeconds: left(totalSeconds),
  };
}

const scoresLeft = (whole: Sums, parts: Sums[]): number =>
  Number(parts.reduce((rest, part) => rest - exactSum(part, 'scoreSum'), exactSum(whole, 'scoreSum')));
