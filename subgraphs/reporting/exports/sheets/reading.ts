import type { Node, View } from '../../../hierarchy/published';
import type { Caller } from '../../../shared/access/caller';
import type { Transaction } from '../../../shared/database/database';
import type { Session } from '../../../shared/database/session';
import type { Day, Period } from '../../../shared/period';
import { bucketsOf, coverOf } from '../../rollup/cover';
import { figureLoaders } from '../../rollup/figures.loader';
import { selectLearners } from '../../rollup/learners.queries';
import { keptFigures, visibleParts } from '../../retention/kept-figures';
import { mostRows, planNode, refuseTooLarge } from '../../rollup/plan';
import { noSums, type Learners, type Sums } from '../../rollup/sums';
import { selectSums } from '../../rollup/sums.queries';
import { backlogOf } from '../../rollup/waiting.queries';
import type { Question } from '../export.queries';

/** Who a file is for, and the one moment of which all in it is. */
export interface Reading {
  caller: Caller;
  session: Session;
  tx: Transaction;
  asOf: Date;
  /** From which day on nothing has expired of what the report is of; null: from the beginning. */
  completeFrom: Day | null;
  question: Question;
  loaders: ReturnType<typeof figureLoaders>;
  view: View;
  /** The node the report is of. */
  node: Node;
  /** The visible ones of the nodes above it, root first. */
  ancestors: Node[];
  /** Told of every group that is in the file. */
  shows: (groupNumber: number) => void;
}

export interface NodeFigures {
  sums: Sums;
  learners: Learners;
}

const daysOf = ({ from, through }: Period): number => (Date.parse(through) - Date.parse(from)) / 86_400_000 + 1;

/** Distinct learners are counted class by class: of so many classes in one statement. */
const mostClasses = 500_000;

/**
 * The figures of many nodes, as a report shows them: the same plan and the same statements, for as many nodes at once as
 * one report may read. Refuses, as a report does, a node that by itself would take more.
 */
export async function figuresOf(
  { caller, tx, asOf, view, loaders, question: { period, filter } }: Reading,
  nodes: readonly Node[],
): Promise<Map<string, NodeFigures>> {
  const state = await loaders.storedState(view.hierarchyId);
  const { hidden } = await keptFigures(tx, asOf);
  const periods = visibleParts(period, hidden);
  const total = (of: (part: Period) => number): number => periods.reduce((sum, part) => sum + of(part), 0);
  const rows = { buckets: total(part => bucketsOf(coverOf(part))), days: total(daysOf) };
  const planned = nodes.map(node => ({ node, plan: planNode({ node, ...state, ...rows }) }));
  const waiting = (await backlogOf(tx)) > 0;
  const found = new Map<string, NodeFigures>();
  for (const part of slices(planned, ({ plan }) => plan.rows, mostRows)) {
    refuseTooLarge(part.map(({ plan }) => plan), 'This report');
    const asked = part.map(({ node, plan }) => ({ node, source: plan.source }));
    const sums = await selectSums(tx, { caller, view, filter, intervals: [period], hidden, waiting, asked });
    for (const { node } of part) found.set(node.id, { sums: sums.get(node.id)?.get(0) ?? noSums, learners: nobody });
  }
  for (const part of slices([...nodes], node => node.allClasses, mostClasses)) {
    const learners = await selectLearners(tx, { caller, view, periods, filter, nodes: part, stored: state.learners, waiting });
    for (const node of part) found.get(node.id)!.learners = learners.get(node.id) ?? nobody;
  }
  return found;
}

const nobody: Learners = { scored: 0, timed: 0 };

/** Parts in the order given, each as large as it may be; a thing that is larger by itself is a part of its own. */
function slices<Thing>(things: readonly Thing[], size: (thing: Thing) => number, most: number): Thing[][] {
  const parts: Thing[][] = [];
  let room = 0;
  for (const thing of things) {
    const takes = size(thing);
    if (takes > room || parts.length === 0) {
      parts.push([]);
      room = most;
    }
    parts.at(-1)!.push(thing);
    room -= takes;
  }
  return parts;
}
