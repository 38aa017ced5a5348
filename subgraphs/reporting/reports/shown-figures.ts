import type { Provenance } from '../../shared/graphql/provenance.type';
import type { Node } from '../../hierarchy/published';
import type { FigureKey, Figures, TrendPoint } from '../rollup/figures.loader';
import type { Plan } from '../rollup/plan';
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

/** How the provenance of figures is told that were read by a plan. */
export type ToldBy = (node: Node, plan: Plan) => Provenance;

/**
 * Its provenance is made when it is asked for: most reports show numbers alone. A class, since objects that are each made
 * with a getter of their own take the engine many times as long.
 */
class Read {
  constructor(
    readonly of: FigureKey,
    private readonly plan: Plan,
    private readonly told: ToldBy,
  ) {}

  get provenance(): Provenance {
    return this.told(this.of.node, this.plan);
  }
}

export class ShownPerformance extends Read implements Shown<Performance> {
  readonly averageScore: number | null;
  readonly scoreSum: number;
  readonly attempts: number;

  constructor(of: FigureKey, { sums, plan }: Figures, told: ToldBy) {
    super(of, plan, told);
    this.averageScore = averageScore(sums);
    this.scoreSum = scoreInPercent(sums.scoreSum);
    this.attempts = sums.attempts;
  }
}

export class ShownTimeSpent extends Read implements Shown<TimeSpent> {
  readonly totalSeconds: number;
  readonly collectionSeconds: number;
  readonly assessmentSeconds: number;

  constructor(of: FigureKey, { sums, plan }: Figures, told: ToldBy) {
    super(of, plan, told);
    this.totalSeconds = totalSeconds(sums);
    this.collectionSeconds = sums.collectionSeconds;
    this.assessmentSeconds = sums.assessmentSeconds;
  }
}

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
