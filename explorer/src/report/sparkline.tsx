import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';

interface Props {
  values: readonly (number | null)[];
  kind: 'line' | 'bars';
}

const [width, height] = [160, 28];

/** The shape of a trend; its numbers are in the chart below. */
export function Sparkline({ values, kind }: Props) {
  const known = values.filter(value => value !== null);
  const top = Math.max(...known, 0);
  const bottom = kind === 'line' && known.length > 0 ? Math.min(...known) : 0;
  const y = scaleLinear([bottom, top === bottom ? bottom + 1 : top], [height - 2, 2]);
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [2, width - 2]);
  const step = width / Math.max(1, values.length);
  const path = line<number | null>((_, index) => x(index), value => y(value ?? 0)).defined(value => value !== null);
  return (
    <svg className="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {kind === 'line' ? (
        <path d={path(values) ?? ''} />
      ) : (
        values.map((value, index) => (
          <rect
            key={index}
            x={index * step + step * 0.15}
            width={step * 0.7}
            y={y(value ?? 0)}
            height={Math.max(0, height - 2 - y(value ?? 0))}
          />
        ))
      )}
    </svg>
  );
}
