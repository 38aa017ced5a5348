import type { Period } from '../../shared/period';
import type { LearnerPoint } from './figures.type';
import type { LearnerRow } from './learner-rows.queries';
import { RiskReason } from './risk/risk-settings.type';
import { daysIn, weeksIn } from './windows';

/** Scores are kept as ten-thousandths of a percent. */
const scoreUnit = 10_000;

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** What a learner's row says, of the window it was made for. */
export function shownRow(row: LearnerRow, window: Period): LearnerPoint {
  const { completed, expected, attempts, activeDays } = row;
  return {
    ...window,
    ...{ completed, expected, attempts, activeDays },
    learningVelocity: row.newlyCompleted / weeksIn(window),
    masteryProgress: ratio(completed, expected),
    skillGapCount: expected - row.begun,
    engagement: activeDays / daysIn(window),
    averageScore: attempts === 0 ? null : row.scoreSum / attempts / scoreUnit,
    totalSeconds: row.seconds,
  };
}

const reasons: [keyof LearnerRow, RiskReason][] = [
  ['inactive', RiskReason.INACTIVE],
  ['lowScore', RiskReason.LOW_SCORE],
  ['lowEngagement', RiskReason.LOW_ENGAGEMENT],
  ['lowMastery', RiskReason.LOW_MASTERY],
];

export const reasonsOf = (row: LearnerRow): RiskReason[] =>
  reasons.filter(([name]) => row[name]).map(([, reason]) => reason);
