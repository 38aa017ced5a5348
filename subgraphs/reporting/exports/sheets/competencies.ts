import type { Node } from '../../../hierarchy/published';
import { pageOfChildren } from '../../reports/order-children';
import { competencyStatesLoader } from '../../competency-counts/states.loader';
import { keptFigures, refuseForgottenDay } from '../../retention/kept-figures';
import { noSums } from '../../rollup/sums';
import { nodeCells, nodeColumns, periodCells, periodColumns } from './columns';
import { inPages, nodeAndChildren, partColumn, type SheetParts } from './node-report';
import type { Reading } from './reading';
import { whole, type SheetRow } from './sheet';

/** How far the competencies are at the end of the period's last day: the node, its children and other. */
export async function competenciesSheet(reading: Reading): Promise<SheetParts> {
  const { caller, session, tx, loaders, node, question, asOf } = reading;
  const { period, filter } = question;
  refuseForgottenDay(period.through, await keptFigures(tx, asOf));
  const { children, other } = await nodeAndChildren(reading);
  const states = competencyStatesLoader({ caller, session, nodes: loaders.nodes });
  const { subject = null, framework = null } = filter;
  const asked = [node, ...children, ...(other ? [other] : [])];
  const found = await Promise.all(asked.map(of => states.load({ node: of, days: [period.through], subject, framework })));
  const counts = new Map(asked.map((of, index) => [of.id, found[index]!.counts[0]!]));
  const row = (part: string, of: Node): SheetRow => {
    const { expected, completed, inferred, inProgress } = counts.get(of.id)!;
    const notStarted = expected - completed - inferred - inProgress;
    const cells = [part, ...nodeCells(of), completed, inferred, inProgress, notStarted, expected];
    return { charted: part === 'child', cells: [...cells, ...periodCells(period, asOf)] };
  };
  const listed = children.map(child => ({ node: child, sums: noSums }));
  const { page } = pageOfChildren(listed, { order: null, first: listed.length, after: null });
  return {
    columns: [
      ...[partColumn, ...nodeColumns],
      whole('completed', 'Completed'),
      whole('inferred', 'Inferred'),
      whole('in_progress', 'In progress'),
      whole('not_started', 'Not started'),
      whole('expected', 'Expected'),
      ...periodColumns,
    ],
    charts: [{ title: 'Completed competencies', length: 'completed', name: 'name' }],
    total: asked.length,
    pages: inPages([row('node', node), ...page.map(child => row('child', child.node)), ...(other ? [row('other', other)] : [])]),
  };
}
