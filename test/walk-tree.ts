import type { Asker, GatewayForTest } from './start-gateway';

/** The additive measures of a node: whole numbers, the scores in ten-thousandths of a percent. */
export interface Additive {
  attempts: number;
  scoreSum: number;
  collectionSeconds: number;
  assessmentSeconds: number;
}

export interface WalkedNode {
  id: string;
  type: string;
  externalId: string | null;
  /** As the node's own report says. */
  figures: Additive;
  averageScore: number | null;
  /** As the row says that the node has in its parent's report; null of the node the walk began at. */
  row: Additive | null;
  children: string[];
  /** The bucket of uncategorised classes beside the children, where there is one. */
  other: string | null;
  /** What the report says is left of the node without its children and other. */
  reconciliation: unknown;
}

export const nothing: Additive = { attempts: 0, scoreSum: 0, collectionSeconds: 0, assessmentSeconds: 0 };

export const plus = (a: Additive, b: Additive): Additive => ({
  attempts: a.attempts + b.attempts,
  scoreSum: a.scoreSum + b.scoreSum,
  collectionSeconds: a.collectionSeconds + b.collectionSeconds,
  assessmentSeconds: a.assessmentSeconds + b.assessmentSeconds,
});

const row = `{
  node { id type externalId }
  performance { attempts scoreSum averageScore } timeSpent { totalSeconds collectionSeconds assessmentSeconds }
}`;
const report = `{
  node ${row} other ${row} reconciliation { attempts scoreSum totalSeconds }
  children { totalCount pageInfo { hasNextPage endCursor } nodes ${row} }
}`;

interface Row {
  node: { id: string; type: string; externalId: string | null };
  performance: { attempts: number; scoreSum: number; averageScore: number | null };
  timeSpent: { totalSeconds: number; collectionSeconds: number; assessmentSeconds: number };
}

interface Report {
  node: Row;
  other: Row | null;
  reconciliation: unknown;
  children: { totalCount: number; pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: Row[] };
}

export interface Walk {
  who: Asker;
  hierarchyId: string;
  period: { from: string; through: string };
  /** Children on one page of a report. */
  pageSize: number;
}

/** Every node of a caller's view through a hierarchy, by id, found from report to report, page by page. */
export async function walkTree(gateway: GatewayForTest, walk: Walk): Promise<Map<string, WalkedNode>> {
  const walked = new Map<string, WalkedNode>();
  const whole = await completeReport(gateway, walk, null);
  const groups: Report[] = [whole];
  const classes: Row[] = [];
  note(walked, whole, null);
  for (let next = groups.pop(); next; next = groups.pop()) {
    for (const child of [...next.children.nodes, ...(next.other ? [next.other] : [])]) {
      if (child.node.type === 'class') classes.push(child);
      else {
        const below = await completeReport(gateway, walk, child.node.id);
        note(walked, below, child);
        groups.push(below);
      }
    }
  }
  for (let index = 0; index < classes.length; index += atOnce) {
    const some = classes.slice(index, index + atOnce);
    const reports = await reportsOf(gateway, walk, some.map(({ node }) => node.id));
    for (const [place, found] of reports.entries()) note(walked, found, some[place]!);
  }
  return walked;
}

/** As many reports as one request may ask for. */
const atOnce = 20;

async function reportsOf(gateway: GatewayForTest, { who, hierarchyId, period }: Walk, ids: string[]): Promise<Report[]> {
  const fields = ids.map((id, n) =>
    `r${n}: nodeReport(nodeId: "${id}", hierarchyId: $hierarchyId, period: $period) { ...all }`);
  const data = await gateway.read(
    who,
    `query ($hierarchyId: ID, $period: PeriodInput!) { ${fields.join('\n')} } fragment all on NodeReport ${report}`,
    { hierarchyId, period },
  );
  return ids.map((_, n) => data[`r${n}`] as Report);
}

/** A report with all its pages. */
async function completeReport(gateway: GatewayForTest, walk: Walk, nodeId: string | null): Promise<Report> {
  const { who, hierarchyId, period, pageSize: first } = walk;
  const page = async (after: string | null): Promise<Report> => {
    const { nodeReport } = await gateway.read(
      who,
      `query ($nodeId: ID, $hierarchyId: ID, $period: PeriodInput!, $first: Int, $after: String) {
         nodeReport(nodeId: $nodeId, hierarchyId: $hierarchyId, period: $period, first: $first, after: $after) ${report}
       }`,
      { nodeId, hierarchyId, period, first, after },
    );
    return nodeReport as Report;
  };
  const whole = await page(null);
  let { pageInfo } = whole.children;
  while (pageInfo.hasNextPage) {
    const { children } = await page(pageInfo.endCursor);
    whole.children.nodes.push(...children.nodes);
    pageInfo = children.pageInfo;
  }
  if (whole.children.nodes.length !== whole.children.totalCount) {
    throw new Error(`${nodeId}: the pages have ${whole.children.nodes.length} children of ${whole.children.totalCount}`);
  }
  return whole;
}

function note(walked: Map<string, WalkedNode>, { node, other, children, reconciliation }: Report, row: Row | null): void {
  if (walked.has(node.node.id)) throw new Error(`${node.node.id} stands in the tree twice`);
  walked.set(node.node.id, {
    ...node.node,
    figures: additive(node),
    averageScore: node.performance.averageScore,
    row: row && additive(row),
    children: children.nodes.map(child => child.node.id),
    other: other?.node.id ?? null,
    reconciliation,
  });
}

function additive({ performance: { attempts, scoreSum }, timeSpent }: Row): Additive {
  const { totalSeconds, collectionSeconds, assessmentSeconds } = timeSpent;
  if (totalSeconds !== collectionSeconds + assessmentSeconds) {
    throw new Error(`${totalSeconds} seconds are not the sum of their kinds`);
  }
  return { attempts, scoreSum: Math.round(scoreSum * 10_000), collectionSeconds, assessmentSeconds };
}

/** What every walk must show: each node is its children and its 'other', and its report says so. */
export function expectSumsToAgree(walked: Map<string, WalkedNode>): void {
  for (const node of walked.values()) {
    const parts = [...node.children, ...(node.other ? [node.other] : [])].map(id => walked.get(id)!.figures);
    const isClass = node.type === 'class';
    expect([node.id, node.figures]).toEqual([node.id, isClass ? node.figures : parts.reduce(plus, nothing)]);
    expect([node.id, node.row ?? node.figures]).toEqual([node.id, node.figures]);
    expect([node.id, node.reconciliation]).toEqual([node.id, { attempts: 0, scoreSum: 0, totalSeconds: 0 }]);
  }
}

/** The figures of nodes of one type, by the customer's ids. */
export const ofType = (walked: Map<string, WalkedNode>, type: string): Map<string, WalkedNode> =>
  new Map([...walked.values()].filter(node => node.type === type).map(node => [node.externalId!, node]));
