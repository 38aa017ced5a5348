import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCompact, formatHours, formatScore } from '../texts/format';
import type { ChartMeasure } from './view';

export interface Point {
  key: string;
  label: string;
  tick: string;
  value: number | null;
}

interface Props {
  points: readonly Point[];
  kind: 'line' | 'bars';
  title: string;
  axis: ChartMeasure;
  format(value: number | null): string;
}

const height = 220;
const margin = { top: 12, right: 12, bottom: 26, left: 58 };

const axisFormats: Record<ChartMeasure, (value: number) => string> = {
  score: value => formatScore(value),
  attempts: formatCompact,
  time: formatHours,
  competencies: value => formatScore(value),
};

/** The points as a line or as bars; a pointer or the arrow keys read them one by one. */
export function Chart({ points, kind, title, axis, format }: Props) {
  const { t } = useTranslation();
  const [frame, width] = useWidth();
  const [chosen, setChosen] = useState<number | null>(null);
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const [low, high] = bounds(values, kind);
  const y = scaleLinear([low, high], [height - margin.bottom, margin.top]).nice(4);
  const step = (width - margin.left - margin.right) / points.length;
  const x = (index: number) => margin.left + step * (index + 0.5);
  const shown = chosen !== null ? points[chosen] : undefined;
  const summary = t('trend.summary', {
    title,
    count: points.length,
    from: points[0]?.label,
    through: points.at(-1)?.label,
    low: format(values.length > 0 ? Math.min(...values) : null),
    high: format(values.length > 0 ? Math.max(...values) : null),
  });

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setChosen(Math.max(0, Math.min(points.length - 1, Math.floor((at - margin.left) / step))));
  };
  const press = (event: KeyboardEvent) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === 'Escape') setChosen(null);
    if (move === undefined) return;
    event.preventDefault();
    const from = chosen ?? (move > 0 ? -1 : points.length);
    setChosen(Math.max(0, Math.min(points.length - 1, from + move)));
  };

  return (
    <>
      <p className="readout" aria-live="polite">
        {shown ? (
          <>
            <strong>{format(shown.value)}</strong> <span>{shown.label}</span>
          </>
        ) : (
          <span className="muted">{t('trend.hint')}</span>
        )}
      </p>
      <div
        ref={frame}
        className="chart"
        role="img"
        aria-label={summary}
        tabIndex={0}
        onPointerMove={point}
        onPointerLeave={() => setChosen(null)}
        onKeyDown={press}
        onBlur={() => setChosen(null)}
      >
        {width > 0 && (
          <svg width={width} height={height} aria-hidden="true" focusable="false">
            {y.ticks(4).map(tick => (
              <g key={tick} className="grid">
                <line x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
                <text x={margin.left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
                  {axisFormats[axis](tick)}
                </text>
              </g>
            ))}
            {ticksOf(points, step).map(index => (
              <text key={index} className="tick" x={x(index)} y={height - 6} textAnchor="middle">
                {points[index]!.tick}
              </text>
            ))}
            {chosen !== null && (
              <line className="cursor" x1={x(chosen)} x2={x(chosen)} y1={margin.top} y2={height - margin.bottom} />
            )}
            {kind === 'bars' ? (
              <Bars {...{ points, chosen, step, x, y }} />
            ) : (
              <Line {...{ points, chosen, step, x, y }} />
            )}
          </svg>
        )}
      </div>
    </>
  );
}

interface MarkProps {
  points: readonly Point[];
  chosen: number | null;
  step: number;
  x(index: number): number;
  y(value: number): number;
}

function Bars({ points, chosen, step, x, y }: MarkProps) {
  const width = Math.max(1, Math.min(step * 0.72, 28));
  return points.map(({ key, value }, index) => (
    <rect
      key={key}
      className={index === chosen ? 'mark-bar chosen' : 'mark-bar'}
      x={x(index) - width / 2}
      width={width}
      y={y(value ?? 0)}
      height={Math.max(0, height - margin.bottom - y(value ?? 0))}
      rx={Math.min(2, width / 3)}
    />
  ));
}

function Line({ points, chosen, x, y }: MarkProps) {
  // Days without an attempt have no average: the line goes on at the next day that has one.
  const known = points.flatMap(({ value }, index) => (value === null ? [] : [{ index, value }]));
  const path = line<{ index: number; value: number }>(({ index }) => x(index), ({ value }) => y(value));
  const dots = known.length <= 40 ? known : known.filter(({ index }) => index === chosen);
  return (
    <>
      <path className="mark-line" d={path(known) ?? ''} />
      {dots.map(({ index, value }) => (
        <circle
          key={index}
          className={index === chosen ? 'mark-dot chosen' : 'mark-dot'}
          cx={x(index)}
          cy={y(value)}
          r={index === chosen ? 5 : 3}
        />
      ))}
    </>
  );
}

/** An axis from zero for amounts; for scores around what there is, so that a change is seen. */
function bounds(values: readonly number[], kind: Props['kind']): [number, number] {
  if (values.length === 0) return [0, kind === 'line' ? 100 : 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (kind === 'bars') return [0, Math.max(high, 1)];
  const room = Math.max((high - low) * 0.15, 2);
  return [Math.max(0, low - room), Math.min(100, high + room)];
}

/** As many labels as fit beside one another. */
function ticksOf(points: readonly Point[], step: number): number[] {
  const every = Math.max(1, Math.ceil(72 / step));
  return points.flatMap((_, index) => (index % every === Math.floor((every - 1) / 2) ? [index] : []));
}

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    if (frame.current) observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return [frame, width];
}
