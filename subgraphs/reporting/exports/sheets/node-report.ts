import { hasOther, otherId, type Node } from '../../../hierarchy/published';
import type { Caller } from '../../../shared/access/caller';
import { Problem } from '../../../shared/errors';
import { pageOfChildren } from '../../reports/order-children';
import { figureCells, figureCharts, figureColumns, nodeCells, nodeColumns, periodCells, periodColumns } from './columns';
import { figuresOf, type NodeFigures, type Reading } from './reading';
import { text, type Sheet, type SheetRow } from './sheet';

/** Children are put in order as a whole: so many at most. */
export const mostChildren = 50_000;

export type SheetParts = Omit<Sheet, 'title' | 'about' | 'asOf'>;

/** Which part of a report a row is. */
export const partColumn = text('part', { title: '', room: 0.9 });

/** The node, its children and other, as they stand in a report; with children in no particular order. */
export async function nodeAndChildren({ caller, loaders, view, node, shows }: Reading) {
  const { totalCount } = await countChildren(loaders, node);
  if (totalCount > mostChildren) {
    throw new Problem(
      'TOO_LARGE',
      `This node has ${totalCount} children; a file of this report has ${mostChildren} at most. Ask for LEVELS.`,
    );
  }
  const { nodes: children } = await loaders.nodes.children.load({ node, bounds: { first: null, after: null } });
  const other = hasOther(node) ? await otherOf({ caller, loaders, view }) : null;
  for (const one of [node, ...children]) if (one.kind === 'group') shows(one.number);
  return { children, other };
}

const countChildren = (loaders: Reading['loaders'], node: Node) =>
  loaders.nodes.children.load({ node, bounds: { first: 0, after: null } });

export const otherOf = ({ caller, loaders, view }: Pick<Reading, 'loaders' | 'view'> & { caller: Caller }): Promise<Node | null> =>
  loaders.nodes.node({ id: otherId(caller, view), hierarchyKey: view.hierarchyKey });

/** What nodeReport answers, all children in the order asked for. */
export async function nodeReportSheet(reading: Reading): Promise<SheetParts> {
  const { node, question } = reading;
  const { children, other } = await nodeAndChildren(reading);
  const figures = await figuresOf(reading, [node, ...children, ...(other ? [other] : [])]);
  const measured = children.map(child => ({ node: child, ...figures.get(child.id)! }));
  const { page } = pageOfChildren(measured, { order: question.order, first: measured.length, after: null });
  const row = (part: string, of: Node): SheetRow => ({
    charted: part === 'child',
    cells: [part, ...nodeCells(of), ...figureCells(figures.get(of.id) as NodeFigures), ...periodCells(reading)],
  });
  return {
    columns: [partColumn, ...nodeColumns, ...figureColumns, ...periodColumns],
    charts: figureCharts('name'),
    total: children.length + (other ? 2 : 1),
    pages: inPages([row('node', node), ...page.map(child => row('child', child.node)), ...(other ? [row('other', other)] : [])]),
  };
}

/** Rows that are there already, some at a time: whoever writes them lets others work in between. */
export async function* inPages(rows: SheetRow[], atOnce = 1_000): AsyncGenerator<SheetRow[]> {
  for (let first = 0; first < rows.length; first += atOnce) yield rows.slice(first, first + atOnce);
}
