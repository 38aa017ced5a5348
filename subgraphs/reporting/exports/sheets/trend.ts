import { intervalsOf } from '../../../shared/period';
import { performancePoint, timeSpentPoint } from '../../reports/shown-figures';
import { periodCells, periodColumns } from './columns';
import { inPages, type SheetParts } from './node-report';
import type { Reading } from './reading';
import { text, whole } from './sheet';

/** A row for each interval that overlaps the period, the outer two clipped to it. */
export async function trendSheet(reading: Reading): Promise<SheetParts> {
  const { node, loaders, question, shows } = reading;
  const { period, filter } = question;
  const interval = question.interval!;
  const points = await loaders.trend.load({ node, period, filter, interval });
  if (node.kind === 'group') shows(node.number);
  return {
    columns: [
      text('interval_from', { title: 'From', room: 1.5 }),
      text('interval_through', { title: 'Through', room: 1.5 }),
      { key: 'average_score', kind: 'percent', printed: { title: 'Average %', room: 1 } },
      { key: 'score_sum', kind: 'percent', printed: { title: 'Score sum', room: 1.3 } },
      whole('attempts', 'Attempts'),
      whole('total_seconds', 'Seconds'),
      ...periodColumns,
    ],
    charts: [
      { title: 'Average score, percent', length: 'average_score', name: 'interval_from' },
      { title: 'Time spent, seconds', length: 'total_seconds', name: 'interval_from' },
    ],
    total: intervalsOf(period, interval).length,
    pages: inPages(
      points.map(point => {
        const { from, through, averageScore, scoreSum, attempts } = performancePoint(point);
        const { totalSeconds } = timeSpentPoint(point);
        return { charted: true, cells: [from, through, averageScore, scoreSum, attempts, totalSeconds, ...periodCells(reading)] };
      }),
    ),
  };
}
