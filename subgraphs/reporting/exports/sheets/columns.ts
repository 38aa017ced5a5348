import type { Node } from '../../../hierarchy/published';
import { averageScore, scoreInPercent, totalSeconds } from '../../reports/shown-figures';
import type { NodeFigures, Reading } from './reading';
import { text, whole, type Cell, type Chart, type Column } from './sheet';

/** Who a row is about. */
export const nodeColumns: Column[] = [
  text('id'),
  text('external_id'),
  text('name', { title: 'Name', room: 4 }),
  text('type', { title: 'Type', room: 1.4 }),
  whole('classes', 'Classes'),
];

export const nodeCells = ({ id, externalId, name, type, classCount }: Node): Cell[] => [id, externalId, name, type, classCount];

export const figureColumns: Column[] = [
  { key: 'average_score', kind: 'percent', printed: { title: 'Average %', room: 1 } },
  { key: 'score_sum', kind: 'percent', printed: { title: 'Score sum', room: 1.3 } },
  whole('attempts', 'Attempts'),
  whole('learners_scored', 'Learners'),
  whole('total_seconds', 'Seconds'),
  whole('collection_seconds', 'Collection'),
  whole('assessment_seconds', 'Assessment'),
  whole('learners_timed', 'With time'),
];

export const figureCells = ({ sums, learners }: NodeFigures): Cell[] => [
  averageScore(sums),
  scoreInPercent(sums.scoreSum),
  sums.attempts,
  learners.scored,
  totalSeconds(sums),
  sums.collectionSeconds,
  sums.assessmentSeconds,
  learners.timed,
];

export const figureCharts = (name: string): Chart[] => [
  { title: 'Average score, percent', length: 'average_score', name },
  { title: 'Time spent, seconds', length: 'total_seconds', name },
];

/** The same in each row, so that a row says by itself what it is of; a PDF has it above the table. */
export const periodColumns: Column[] = [text('period_from'), text('period_through'), text('as_of'), text('complete_from')];

export const periodCells = ({ question: { period }, asOf, completeFrom }: Reading): Cell[] => [
  ...[period.from, period.through, asOf.toISOString(), completeFrom],
];
