import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useLevelName } from '../app/frame-context';
import type { ReportMeasure } from '../graph/operations';
import { Bar } from '../parts/bar';
import { Icon } from '../parts/icon';
import { formatCount, formatScore, formatTime } from '../texts/format';
import { Provenance } from './provenance';
import { nameOf, type Row } from './rows';
import { changed, writeView, type View } from './view';

interface Props {
  rows: readonly Row[];
  view: View;
  caption: string;
  extremes: Extremes;
  onChange(change: Partial<View>): void;
}

/** The ids of the best and the weakest of all children, where there is anything to compare. */
export interface Extremes {
  best: string | null;
  weakest: string | null;
}

const columns = [
  ['NAME', 'column.name'],
  ['AVERAGE_SCORE', 'measure.score'],
  ['ATTEMPTS', 'measure.attempts'],
  ['TIME_SPENT', 'measure.time'],
  ['LEARNERS', 'measure.learners'],
] as const satisfies readonly (readonly [ReportMeasure, string])[];

export function ChildrenTable({ rows, view, caption, extremes, onChange }: Props) {
  const { t } = useTranslation();
  const { order } = view;
  const largest = {
    attempts: Math.max(1, ...rows.map(row => row.performance?.attempts ?? 0)),
    time: Math.max(1, ...rows.map(row => row.timeSpent?.totalSeconds ?? 0)),
  };
  const isMixed = new Set(rows.map(row => row.node?.type)).size > 1;
  const sort = (by: ReportMeasure) => {
    const first = by === 'NAME' ? 'ASC' : 'DESC';
    const again = order?.by === by ? (order.direction === 'ASC' ? 'DESC' : 'ASC') : first;
    onChange({ order: { by, direction: again } });
  };
  return (
    <div className="table-scroll" role="group" aria-label={caption} tabIndex={0}>
      <table className="figures">
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(([by, text]) => (
              <th
                key={by}
                scope="col"
                className={by === 'NAME' ? 'name' : 'number'}
                aria-sort={order?.by === by ? (order.direction === 'ASC' ? 'ascending' : 'descending') : 'none'}
              >
                <button type="button" onClick={() => sort(by)}>
                  {t(text)}
                  <Icon name={order?.by === by && order.direction === 'ASC' ? 'up' : 'down'} />
                </button>
              </th>
            ))}
            <th scope="col" className="number">
              <span>{t('measure.classes')}</span>
            </th>
            <th scope="col">
              <span className="hidden">{t('provenance.title')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <ChildRow key={row.node?.id} {...{ row, view, largest, extremes, isMixed }} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ChildRowProps extends Pick<Props, 'view' | 'extremes'> {
  row: Row;
  largest: { attempts: number; time: number };
  isMixed: boolean;
}

function ChildRow({ row: { node, performance, timeSpent }, view, largest, extremes, isMixed }: ChildRowProps) {
  const { t } = useTranslation();
  const levelName = useLevelName(node?.hierarchyId);
  const name = nameOf(node, t);
  const mark = node && (node.id === extremes.best ? 'best' : node.id === extremes.weakest ? 'weakest' : null);
  return (
    <tr>
      <th scope="row" className="name">
        <Link to={`/?${writeView(changed(view, { node: node?.id ?? null }))}`}>{name}</Link>
        {mark && <span className={`mark mark-${mark}`}>{t(`mark.${mark}`)}</span>}
        {isMixed && node && (
          <span className="kind">{levelName(node.type) ?? t(`type.${node.type as 'class'}`)}</span>
        )}
      </th>
      <td className="number">
        <span className="with-bar">
          <Bar share={(performance?.averageScore ?? 0) / 100} kind="score" />
          <span className="value">{formatScore(performance?.averageScore)}</span>
        </span>
      </td>
      <td className="number">
        <span className="with-bar">
          <Bar share={(performance?.attempts ?? 0) / largest.attempts} />
          <span className="value">{formatCount(performance?.attempts)}</span>
        </span>
      </td>
      <td className="number">
        <span className="with-bar">
          <Bar share={(timeSpent?.totalSeconds ?? 0) / largest.time} />
          <span className="value">{formatTime(timeSpent?.totalSeconds)}</span>
        </span>
      </td>
      <td className="number">{formatCount(performance?.learners)}</td>
      <td className="number">{formatCount(node?.classCount)}</td>
      <td className="origin-cell">
        <Provenance of={name} origin={performance?.provenance} hierarchyId={node?.hierarchyId} />
      </td>
    </tr>
  );
}
