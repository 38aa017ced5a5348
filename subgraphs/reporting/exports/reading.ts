import { wholeViewId, seesNothing, type Node } from '../../hierarchy/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { forbidden, notFound } from '../../shared/errors';
import { publicId } from '../../shared/identifiers';
import { keptFigures } from '../retention/kept-figures';
import { figureLoaders } from '../rollup/figures.loader';
import type { Question } from './export.queries';
import { ExportReport } from './export.type';
import type { Reading } from './sheets/reading';

type Loaders = ReturnType<typeof figureLoaders>;

/** The node that a report is of, as nodeReport finds it; the caller's whole view without an id. */
export async function reportedNode(
  { nodeId, hierarchyKey }: { nodeId: string | null; hierarchyKey: string },
  { caller, loaders }: { caller: Caller; loaders: Pick<Loaders, 'nodes'> },
): Promise<Node> {
  const view = await loaders.nodes.view(hierarchyKey);
  if (nodeId === null && seesNothing(view)) throw forbidden('Nothing is granted to you: there is no view to report on.');
  const node = await loaders.nodes.node({ id: nodeId ?? wholeViewId(caller, view), hierarchyKey });
  if (!node) throw notFound(`There is no node '${nodeId}' in the hierarchy '${hierarchyKey}'.`);
  return node;
}

/** Opens a report for whoever asked for it, in a session's one moment; `shows` hears of each group that is in it. */
export async function openReading(
  question: Question,
  { caller, session, asOf, shows }: { caller: Caller; session: Session; asOf: Date; shows: (groupNumber: number) => void },
): Promise<Reading> {
  const loaders = figureLoaders({ caller, session, now: asOf });
  const { hierarchyKey } = question;
  const view = await loaders.nodes.view(hierarchyKey);
  const node = await reportedNode(question, { caller, loaders });
  const above = node.path.filter(number => !(node.kind === 'group' && number === node.number));
  const found = await Promise.all(above.map(number => loaders.nodes.found.load({ id: publicId('group', number), hierarchyKey })));
  const ancestors = found.flatMap(one => (one?.visible ? [one.node] : []));
  for (const ancestor of ancestors) shows(ancestor.number);
  if (node.kind === 'group') shows(node.number);
  const tx = await session.read();
  const { figuresFrom, competenciesFrom } = await keptFigures(tx, asOf);
  const completeFrom = question.report === ExportReport.COMPETENCIES ? competenciesFrom : figuresFrom;
  return { caller, session, tx, asOf, completeFrom, question, loaders, view, node, ancestors, shows };
}
