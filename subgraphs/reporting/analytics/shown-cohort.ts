import type { Period } from '../../shared/period';
import type { CohortRow } from './cohort-rows.queries';
import type { CohortAnswer } from './cohort.loader';
import type { LearnerAverages, LearnersPoint } from './figures.type';
import { daysIn, weeksIn } from './windows';

export function averagesOf(row: CohortRow | null, window: Period): LearnerAverages {
  if (!row) return { learningVelocity: null, masteryProgress: null, engagement: null, skillGapCount: null };
  return {
    learningVelocity: row.newlyCompleted / weeksIn(window) / row.learners,
    masteryProgress: row.masteryProgress,
    engagement: row.activeDays / daysIn(window) / row.learners,
    skillGapCount: row.skillGaps / row.learners,
  };
}

export const learnersPoints = ({ rows, asOf }: CohortAnswer, windows: readonly Period[]): LearnersPoint[] =>
  windows.map((window, index) => {
    const row = rows[index] ?? null;
    return {
      ...window,
      learners: row?.learners ?? 0,
      activeLearners: row?.activeLearners ?? 0,
      averages: averagesOf(row, window),
      asOf: asOf[index]!,
    };
  });
