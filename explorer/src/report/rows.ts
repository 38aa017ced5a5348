import type { Translate } from '../texts';
import type { ReportQuery } from '../graph/operations';

export type Report = NonNullable<ReportQuery['nodeReport']>;
export type ReportNode = NonNullable<Report['node']['node']>;
export type Row = Report['children']['nodes'][number];
export type Origin = NonNullable<Row['performance']>['provenance'];

/** The names of nodes that no customer named are texts of these pages. */
export function nameOf(node: { name: string; type: string } | null | undefined, t: Translate): string {
  if (!node) return '';
  if (node.type === 'other') return t('other.name');
  return node.type === 'scope' ? t('report.myView') : node.name;
}

/** Whether anything at all was recorded. */
export const hasActivity = ({ performance, timeSpent }: Pick<Row, 'performance' | 'timeSpent'>): boolean =>
  (performance?.attempts ?? 0) > 0 || (timeSpent?.totalSeconds ?? 0) > 0;
