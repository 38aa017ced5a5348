import type { Provenance } from '../../shared/graphql/provenance.type';
import type { FigureKey, TrendPoint } from '../rollup/figures.loader';
import type { Sums } from '../rollup/sums';
import type { Performance, PerformancePoint, TimeSpent, TimeSpentPoint } from './figures.type';

/** Scores are kept as whole ten-thousandths of a percent; averages are made here, last. */
const scoreUnit = 10_000;

export const scoreInPercent = (score: number): number => score / scoreUnit;

export const averageScore = ({ scoreSum, attempts }: Sums): number | null =>
  attempts === 0 ? null : scoreSum / attempts / scoreUnit;

export const totalSeconds = ({ collectionSeconds, assessmentSeconds }: Sums): number => collectionSeconds + assessmentSeconds;

/** A figure remembers what it is of, for the fields that are looked up only when asked for. */
export type Shown<Figure> = Figure & { readonly of: FigureKey };

export const performanceFields = (sums: Sums) => ({
  averageScore: averageScore(sums),
  scoreSum: scoreInPercent(sums.scoreSum),
  attempts: sums.attempts,
});

export const timeSpentFields = (sums: Sums) => ({
  totalSeconds: totalSeconds(sums),
  collectionSeconds: sums.collectionSeconds,
  assessmentSeconds: sums.assessmentSeconds,
});

/** `provenance` is made when it is asked for: most reports show numbers alone. */
export const shownPerformance = (of: FigureKey, sums: Sums, provenance: () => Provenance): Shown<Performance> => ({
  of,
  ...performanceFields(sums),
  get provenance() {
    return provenance();
  },
});

export const shownTimeSpent = (of: FigureKey, sums: Sums, provenance: () => Provenance): Shown<TimeSpent> => ({
  of,
  ...timeSpentFields(sums),
  get provenance() {
    return provenance();
  },
});

export const performancePoint = ({ from, through, sums }: TrendPoint): PerformancePoint => ({
  from,
  through,
  ...performanceFields(sums),
});

export const timeSpentPoint = ({ from, through, sums }: TrendPoint): TimeSpentPoint => ({
  from,
  through,
  totalSeconds: totalSeconds(sums),
});
