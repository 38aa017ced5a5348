import { competencyCountsOf, figuresOf, spansOf, studentsOf, type Figures, type Filter, type Span } from './figures';
import { chosen, itself, nodeIn, other, reader, refuse, version, type Judging, type Rule } from './judging';
import { pageOf, pageSize, reportOrder, toldOfNode, type Connection } from './pages';
import { childrenOf, seesNothing, wholeViewId, type WorldNode } from './worlds-of-callers';
import { now } from './world';

export function period({ from, through }: Span): Span {
  const tenYears = `${Number(from.slice(0, 4)) + 10}${from.slice(4)}`;
  return through < from || through >= tenYears ? refuse('BAD_USER_INPUT') : { from, through };
}

/** A node's figures over a period, or one interval of it. */
export interface Measured {
  figures: Figures;
  span: Span;
  hierarchy: string;
}
const measured = ({ classes, hierarchy }: WorldNode, { caller }: Judging, asked: Span & Filter): Measured => ({
  ...{ figures: figuresOf(caller.tenant, classes, asked), span: asked, hierarchy },
});
export interface Asked {
  period: Span;
  filter?: Filter | null;
  interval?: string;
}
const whole = (node: WorldNode, { period: span, filter }: Asked, judging: Judging) => {
  reader(judging);
  return measured(node, judging, { ...filter, ...period(span) });
};
const trend = (node: WorldNode, { period: span, filter, interval }: Asked, judging: Judging) => {
  reader(judging);
  return spansOf(period(span), interval!).map(part => measured(node, judging, { ...filter, ...part }));
};

type Carrying = { [name in 'subject' | 'contentSource' | 'framework']?: string | null };
/** Of what things carry, that with which alone something is left. */
const valuesOf = (things: readonly Carrying[], name: keyof Carrying, isLeft: (filter: Carrying) => boolean): string[] =>
  [...new Set(things.map(thing => thing[name] ?? null))]
    .filter(value => value !== null)
    .filter(value => isLeft({ [name]: value }))
    .sort();
function filterValues(node: WorldNode, { period: span }: Asked, judging: Judging): Values {
  reader(judging);
  const { tenant } = judging.caller;
  const isLeft = (filter: Carrying) => {
    const { attempts, collectionSeconds, assessmentSeconds } = figuresOf(tenant, node.classes, { ...filter, ...period(span) });
    return attempts + collectionSeconds + assessmentSeconds > 0;
  };
  period(span);
  const of = (name: keyof Carrying) => valuesOf(tenant.events, name, isLeft);
  return { subjects: of('subject'), contentSources: of('contentSource'), frameworks: of('framework') };
}
interface Values {
  subjects: string[];
  contentSources?: string[];
  frameworks: string[];
}
const subjects = (values: Values) => values.subjects;
const contentSources = (values: Values) => values.contentSources;
const frameworks = (values: Values) => values.frameworks;

const average = ({ figures: { scoreSum, attempts } }: Measured) => (attempts === 0 ? null : scoreSum / attempts / 10_000);
const scoreSum = ({ figures }: Measured) => figures.scoreSum / 10_000;
const seconds = ({ figures }: Measured) => figures.collectionSeconds + figures.assessmentSeconds;
const from = ({ span }: Measured) => span.from;
const through = ({ span }: Measured) => span.through;

interface Report {
  node: WorldNode;
  asked: Asked;
  page: Connection;
}

function nodeReport({ nodeId, hierarchyId, period: span, filter, orderBy, first, after }: ReportArguments, judging: Judging): Report | null {
  const { caller, cursors } = judging;
  reader(judging);
  if (nodeId) nodeIn(caller, chosen(caller, hierarchyId), nodeId);
  period(span);
  pageSize(first);
  const hierarchy = chosen(caller, hierarchyId);
  if (!nodeId && seesNothing(caller, hierarchy)) refuse('FORBIDDEN');
  const id = nodeId ?? wholeViewId(caller);
  const asked = { period: span, filter };
  const question = JSON.stringify(['nodeReport', hierarchy, id, span, filter ?? null, orderBy ?? null]);
  const compare = reportOrder(orderBy, node => figuresOf(caller.tenant, node.classes, { ...filter, ...span }));
  const page = (list: WorldNode[]) => pageOf({ list, first, after, question, cursors, compare, told: toldOfNode });
  const node = nodeIn(caller, hierarchy, id);
  if (!node) {
    page([]);
    return null;
  }
  return { node, asked, page: page(childrenOf(caller, node)) };
}
interface ReportArguments extends Asked {
  nodeId?: string | null;
  hierarchyId?: string | null;
  orderBy?: { by: string; direction: string } | null;
  first?: number | null;
  after?: string | null;
}

const row = (node: WorldNode, asked: Asked) => ({ node, asked });

interface AskedCounts {
  asOf?: string | null;
  filter?: Filter | null;
}
const counted = (node: WorldNode, { asOf, filter }: AskedCounts, judging: Judging) => {
  reader(judging);
  if (filter?.contentSource) refuse('BAD_USER_INPUT');
  return { ...competencyCountsOf(judging.caller.tenant, node.classes, { ...filter, asOf }), hierarchy: node.hierarchy };
};
function competencyFilterValues(node: WorldNode, { asOf }: AskedCounts, judging: Judging): Values {
  reader(judging);
  const { tenant } = judging.caller;
  const isLeft = (filter: Carrying) =>
    Object.values(competencyCountsOf(tenant, node.classes, { ...filter, asOf })).some(count => count! > 0);
  const of = (name: keyof Carrying) => valuesOf(tenant.competencies, name, isLeft);
  return { subjects: of('subject'), frameworks: of('framework') };
}
const sunday = (day: string): string => spansOf({ from: day, through: `${Number(day.slice(0, 4)) + 1}-12-31` }, 'WEEK')[0]!.through;

/** What nodes and reports tell of figures. */
export const rulesOfFigures: Record<string, Rule> = {
  'Query.nodeReport': (_, args, judging) => nodeReport(args, judging),
  'HierarchyNode.studentCount': ({ classes }: WorldNode, _, judging) => {
    reader(judging);
    return studentsOf(judging.caller.tenant, classes);
  },
  'HierarchyNode.performance': whole,
  'HierarchyNode.timeSpent': whole,
  'HierarchyNode.performanceTrend': trend,
  'HierarchyNode.timeSpentTrend': trend,
  'HierarchyNode.competencyCounts': counted,
  'HierarchyNode.competencyTrend': (node: WorldNode, { period: span, filter, interval }: Asked, judging) => {
    reader(judging);
    return spansOf(period(span), interval!).map(part => ({ ...counted(node, { filter: filter ?? null, asOf: part.through }, judging), span: part }));
  },
  'HierarchyNode.completion': (node: WorldNode, { week }: { week: string }, judging) => {
    const { notStarted, inProgress, inferred, completed } = counted(node, { asOf: sunday(week) }, judging);
    return { completed, expected: notStarted! + inProgress! + inferred! + completed! };
  },
  'HierarchyNode.filterValues': filterValues,
  'HierarchyNode.competencyFilterValues': competencyFilterValues,
  ...{ 'FilterValues.subjects': subjects, 'FilterValues.contentSources': contentSources, 'FilterValues.frameworks': frameworks },
  'FilterValues.isComplete': () => true, // nobody has so many
  ...{ 'CompetencyFilterValues.subjects': subjects, 'CompetencyFilterValues.frameworks': frameworks },
  'CompetencyFilterValues.isComplete': () => true,
  'CompetencyPoint.from': from,
  'CompetencyPoint.through': through,
  'CompetencyPoint.completed': ({ completed }) => completed,
  'CompetencyPoint.inferred': ({ inferred }) => inferred,
  'CompetencyPoint.inProgress': ({ inProgress }) => inProgress,
  'CompetencyPoint.notStarted': ({ notStarted }) => notStarted,
  'Completion.completed': ({ completed }) => completed,
  'Completion.expected': ({ expected }) => expected,
  'Completion.rate': ({ completed, expected }) => (expected === 0 ? null : completed / expected),
  'Performance.averageScore': average,
  'Performance.scoreSum': scoreSum,
  'Performance.attempts': ({ figures }: Measured) => figures.attempts,
  'Performance.learners': ({ figures }: Measured) => figures.learners,
  'Performance.provenance': itself,
  'TimeSpent.totalSeconds': seconds,
  'TimeSpent.collectionSeconds': ({ figures }: Measured) => figures.collectionSeconds,
  'TimeSpent.assessmentSeconds': ({ figures }: Measured) => figures.assessmentSeconds,
  'TimeSpent.learners': ({ figures }: Measured) => figures.timedLearners,
  'TimeSpent.provenance': itself,
  'PerformancePoint.from': from,
  'PerformancePoint.through': through,
  'PerformancePoint.averageScore': average,
  'PerformancePoint.scoreSum': scoreSum,
  'PerformancePoint.attempts': ({ figures }: Measured) => figures.attempts,
  'TimeSpentPoint.from': from,
  'TimeSpentPoint.through': through,
  'TimeSpentPoint.totalSeconds': seconds,
  'CompetencyCounts.completed': ({ completed }) => completed,
  'CompetencyCounts.inferred': ({ inferred }) => inferred,
  'CompetencyCounts.inProgress': ({ inProgress }) => inProgress,
  'CompetencyCounts.notStarted': ({ notStarted }) => notStarted,
  'CompetencyCounts.provenance': itself,
  'Provenance.completeFrom': () => null, // nothing has expired here
  'Provenance.asOf': () => now.toISOString(),
  'Provenance.hierarchyVersion': (parent: { hierarchy: string }, _, { caller }) => version(caller, parent.hierarchy),
  'NodeReport.node': ({ node, asked }: Report) => row(node, asked),
  'NodeReport.children': itself,
  'NodeReport.other': ({ node, asked }: Report, _, { caller }) => {
    const found = node.kind === 'tenant' || node.kind === 'scope' ? other(caller, node.hierarchy) : null;
    return found && row(found, asked);
  },
  'NodeReport.reconciliation': itself,
  'Reconciliation.attempts': () => 0,
  'Reconciliation.scoreSum': () => 0,
  'Reconciliation.totalSeconds': () => 0,
  'ReportRowConnection.nodes': ({ page, asked }: Report) => page.page.map(node => row(node, asked)),
  'ReportRowConnection.pageInfo': ({ page }: Report) => page,
  'ReportRowConnection.totalCount': ({ page }: Report) => page.totalCount,
  'ReportRow.node': ({ node }) => node,
  'ReportRow.performance': ({ node, asked }, _, judging) => measured(node, judging, { ...asked.filter, ...asked.period }),
  'ReportRow.timeSpent': ({ node, asked }, _, judging) => measured(node, judging, { ...asked.filter, ...asked.period }),
};
