import { badInput } from '../../../shared/errors';

/** From when on a student counts as at risk; null switches a reason off. */
export interface Thresholds {
  /** Days without activity, 1 to 365. */
  inactiveDays: number | null;
  /** Percent, 0 to 100: a lower mean score of the last four weeks. */
  minimumAverageScore: number | null;
  /** 0 to 1: a lower share of the days of the last four weeks with activity. */
  minimumEngagement: number | null;
  /** 0 to 1: a lower share of what is expected completed. */
  minimumMasteryProgress: number | null;
}

/** What holds where a tenant has said nothing. Engagement and mastery depend on how a school works: off. */
export const usualThresholds: Thresholds = {
  inactiveDays: 14,
  minimumAverageScore: 50,
  minimumEngagement: null,
  minimumMasteryProgress: null,
};

const most: Record<keyof Thresholds, number> = {
  inactiveDays: 365,
  minimumAverageScore: 100,
  minimumEngagement: 1,
  minimumMasteryProgress: 1,
};

export function checkThresholds(given: Thresholds): void {
  for (const [name, largest] of Object.entries(most)) {
    const value = given[name as keyof Thresholds];
    const least = name === 'inactiveDays' ? 1 : 0;
    if (value !== null && !(value >= least && value <= largest)) {
      throw badInput(`${name} must be between ${least} and ${largest}, or null; it was ${value}.`);
    }
  }
}
