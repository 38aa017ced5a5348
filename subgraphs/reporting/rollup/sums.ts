/** What adds up. Scores in ten-thousandths of a percent, times in seconds. */
export interface Sums {
  scoreSum: number;
  attempts: number;
  collectionSeconds: number;
  assessmentSeconds: number;
}

/** Distinct learners; they do not add up. */
export interface Learners {
  /** With at least one scored attempt. */
  scored: number;
  /** With time spent. */
  timed: number;
}

export const noSums: Sums = { scoreSum: 0, attempts: 0, collectionSeconds: 0, assessmentSeconds: 0 };
