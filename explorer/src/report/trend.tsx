import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../parts/icon';
import { formatCount, formatMonth, formatScore, formatShortDay, formatSpan, formatTime } from '../texts/format';
import { Chart, type Point } from './chart';
import { percentCompleted } from './competency-share';
import { possibleIntervals } from './period';
import type { ReportNode } from './rows';
import type { ChartMeasure, View } from './view';

interface Props {
  node: ReportNode;
  view: View;
  onChange(change: Partial<View>): void;
}

const measures: readonly ChartMeasure[] = ['score', 'attempts', 'time', 'competencies'];
const formats: Record<ChartMeasure, (value: number | null) => string> = {
  score: formatScore,
  attempts: formatCount,
  time: hours => formatTime(hours === null ? null : hours * 3600),
  competencies: formatScore,
};

/** Ratios lie on a line around what there is; amounts are bars from zero. */
const isRatio = (measure: ChartMeasure): boolean => measure === 'score' || measure === 'competencies';

/** How the node's figures went through the period, as a chart or as a table. */
export function Trend({ node, view, onChange }: Props) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const format = formats[view.chart];
  const points = pointsOf(node, view);
  const title = t(`trend.${view.chart}`);
  return (
    <section className="block trend" aria-labelledby="trend-heading">
      <header className="block-head">
        <h2 id="trend-heading">{title}</h2>
        <div className="block-tools">
          <Segments
            name={t('trend.measure')}
            options={measures.map(one => [one, t(`measure.${one}`)])}
            value={view.chart}
            onChange={chart => onChange({ chart, pages: view.pages })}
          />
          <Segments
            name={t('trend.interval')}
            options={possibleIntervals(view.period).map(one => [one, t(`interval.${one}`)])}
            value={view.interval}
            onChange={interval => onChange({ interval, pages: view.pages })}
          />
          <button type="button" className="button quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            <Icon name={asTable ? 'chart' : 'table'} />
            <span>{asTable ? t('trend.asChart') : t('trend.asTable')}</span>
          </button>
        </div>
      </header>
      {points.length === 0 ? (
        <p className="muted">{t('trend.unavailable')}</p>
      ) : asTable ? (
        <PointTable points={points} title={title} format={format} />
      ) : (
        <Chart points={points} kind={isRatio(view.chart) ? 'line' : 'bars'} {...{ title, format }} axis={view.chart} />
      )}
    </section>
  );
}

/** Percent, attempts, or hours. */
function pointsOf(node: ReportNode, { chart, interval }: View): Point[] {
  const tick = (from: string) => (interval === 'MONTH' ? formatMonth(from) : formatShortDay(from));
  const pointsWith = <Of extends { from: string; through: string }>(
    trend: readonly Of[] | null,
    value: (point: Of) => number | null,
  ): Point[] =>
    (trend ?? []).map(point => ({
      key: point.from,
      label: formatSpan(point.from, point.through),
      tick: tick(point.from),
      value: value(point),
    }));
  switch (chart) {
    case 'score':
      return pointsWith(node.performanceTrend, point => point.averageScore);
    case 'attempts':
      return pointsWith(node.performanceTrend, point => point.attempts);
    case 'time':
      return pointsWith(node.timeSpentTrend, point => point.totalSeconds / 3600);
    case 'competencies':
      return pointsWith(node.competencyTrend, percentCompleted);
  }
}

interface SegmentsProps<Value extends string> {
  name: string;
  options: readonly (readonly [Value, string])[];
  value: Value;
  onChange(value: Value): void;
}

function Segments<Value extends string>({ name, options, value, onChange }: SegmentsProps<Value>) {
  return (
    <fieldset className="segments">
      <legend className="hidden">{name}</legend>
      {options.map(([one, text]) => (
        <label key={one}>
          <input type="radio" name={name} checked={one === value} onChange={() => onChange(one)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface PointTableProps {
  points: readonly Point[];
  title: string;
  format(value: number | null): string;
}

function PointTable({ points, title, format }: PointTableProps) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll short" role="group" aria-label={title} tabIndex={0}>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{t('control.period')}</th>
            <th scope="col" className="number">
              {title}
            </th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ key, label, value }) => (
            <tr key={key}>
              <th scope="row">{label}</th>
              <td className="number">{format(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
