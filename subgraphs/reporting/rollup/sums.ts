/** What adds up of activity. Scores in ten-thousandths of a percent, times in seconds. */
export interface Sums {
  scoreSum: number;
  attempts: number;
  collectionSeconds: number;
  assessmentSeconds: number;
}

/** What adds up of competencies: net changes, and over all days up to one the counts at its end. */
export interface CountSums {
  completed: number;
  inferred: number;
  inProgress: number;
  expected: number;
}

/** Which sums are asked for: their columns, and the table in which the classes have them. */
export interface Measures<Of> {
  columns: { readonly [Name in keyof Of]: string };
  facts: string;
}

export const ofActivity: Measures<Sums> = {
  columns: {
    scoreSum: 'score_sum',
    attempts: 'attempts',
    collectionSeconds: 'collection_seconds',
    assessmentSeconds: 'assessment_seconds',
  },
  facts: 'class_days',
};

export const ofCompetencies: Measures<CountSums> = {
  columns: { completed: 'completed', inferred: 'inferred', inProgress: 'in_progress', expected: 'expected' },
  facts: 'competency_changes',
};

/** Distinct learners; they do not add up. */
export interface Learners {
  /** With at least one scored attempt. */
  scored: number;
  /** With time spent. */
  timed: number;
}

export const noSums: Sums = { scoreSum: 0, attempts: 0, collectionSeconds: 0, assessmentSeconds: 0 };
