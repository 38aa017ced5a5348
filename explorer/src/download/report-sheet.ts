import { hasActivity, nameOf, type Report, type ReportNode, type Row } from '../report/rows';
import type { View } from '../report/view';
import type { Translate } from '../texts';
import { formatMoment } from '../texts/format';
import type { Sheet } from './sheet';

interface Shown {
  report: Report;
  node: ReportNode;
  view: View;
  hierarchy: string;
  tenant: string;
  levelName(type: string): string | undefined;
  t: Translate;
}

/** What stands on the screen as a table: the node, its children in their order and of this page, and other. */
export function reportSheet({ report, node, view, hierarchy, tenant, levelName, t }: Shown): Sheet {
  const line = (row: Row, part: string): Sheet['rows'][number] => {
    const { performance, timeSpent } = row;
    return [
      part,
      nameOf(row.node, t),
      row.node ? (levelName(row.node.type) ?? t(`type.${row.node.type as 'class'}`)) : null,
      row.node?.externalId ?? null,
      rounded(performance?.averageScore, 10_000),
      performance?.attempts ?? null,
      rounded(timeSpent && timeSpent.totalSeconds / 3600, 100),
      performance?.learners ?? null,
      row.node?.classCount ?? null,
    ];
  };
  const { subject, contentSource, framework } = view.filter;
  const filters = Object.entries({ subject, contentSource, framework }).flatMap(([name, value]): [string, string][] =>
    value ? [[t(`filter.${name as 'subject'}`), value]] : [],
  );
  const asOf = report.node.performance?.provenance.asOf;
  const { totalCount, nodes } = report.children;
  return {
    about: [
      [t('download.tenant'), tenant],
      [t('download.node'), [...node.ancestors.map(({ name }) => name), nameOf(node, t)].join(' › ')],
      [t('control.hierarchy'), hierarchy],
      [t('control.period'), `${view.period.from} – ${view.period.through}`],
      ...filters,
      ...(totalCount > nodes.length
        ? [[t('download.page'), t('paging.range', pageOf(view, nodes.length, totalCount))] as [string, string]]
        : []),
      ...(asOf ? [[t('provenance.asOf'), `${asOf} (${formatMoment(asOf)})`] as [string, string]] : []),
      ...(hasActivity(report.node) ? [] : [['', t('report.noActivity')] as [string, string]]),
    ],
    head: [
      t('download.row'),
      t('column.name'),
      t('download.level'),
      t('download.externalId'),
      t('download.score'),
      t('measure.attempts'),
      t('download.time'),
      t('measure.learners'),
      t('measure.classes'),
    ],
    rows: [
      line({ ...report.node, node }, t('download.rowNode')),
      ...nodes.map(row => line(row, t('download.rowChild'))),
      ...(report.other ? [line(report.other, t('download.rowOther'))] : []),
    ],
  };
}

const rounded = (value: number | null | undefined, parts: number): number | null =>
  value === null || value === undefined ? null : Math.round(value * parts) / parts;

const pageOf = (view: View, shown: number, total: number) => ({
  from: view.pages.length * view.size + 1,
  to: view.pages.length * view.size + shown,
  total,
});
