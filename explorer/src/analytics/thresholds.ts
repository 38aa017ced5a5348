import type { RiskReason, RiskSettingsInput, ThresholdsFragment } from '../graph/operations';

interface Threshold {
  reason: RiskReason;
  /** Bounds and default in the unit of the graph. */
  min: number;
  max: number;
  /** Null: the reason is off by default. */
  byDefault: number | null;
  /** How many of what the field shows make one of the graph's: the graph has shares of 1, the page percent. */
  scale: number;
  isWhole: boolean;
  unit: 'days' | 'percent';
}

export const names = ['inactiveDays', 'minimumAverageScore', 'minimumEngagement', 'minimumMasteryProgress'] as const;
export type ThresholdName = (typeof names)[number];

const share = { min: 0, max: 1, byDefault: null, scale: 100, isWhole: false, unit: 'percent' } as const;

export const thresholds: Record<ThresholdName, Threshold> = {
  inactiveDays: { reason: 'INACTIVE', min: 1, max: 365, byDefault: 14, scale: 1, isWhole: true, unit: 'days' },
  minimumAverageScore: { ...share, reason: 'LOW_SCORE', max: 100, byDefault: 50, scale: 1 },
  minimumEngagement: { ...share, reason: 'LOW_ENGAGEMENT' },
  minimumMasteryProgress: { ...share, reason: 'LOW_MASTERY' },
};

/** What a field shows: whether the reason counts, and the text of its number (days, or percent). */
export interface Field {
  isOn: boolean;
  text: string;
}
export type Fields = Record<ThresholdName, Field>;

/** Without the last digits that multiplying a fraction leaves: 7, not 7.000000000000001. */
const rounded = (value: number): number => Number(value.toPrecision(12));

export function fieldOf(name: ThresholdName, value: number | null): Field {
  return { isOn: value !== null, text: value === null ? '' : String(rounded(value * thresholds[name].scale)) };
}

export const fieldsOf = (of: (name: ThresholdName) => number | null): Fields => ({
  inactiveDays: fieldOf('inactiveDays', of('inactiveDays')),
  minimumAverageScore: fieldOf('minimumAverageScore', of('minimumAverageScore')),
  minimumEngagement: fieldOf('minimumEngagement', of('minimumEngagement')),
  minimumMasteryProgress: fieldOf('minimumMasteryProgress', of('minimumMasteryProgress')),
});

export const defaultFields: Fields = fieldsOf(name => thresholds[name].byDefault);

/** What a field accepts, in its own unit. */
export const boundsOf = (name: ThresholdName): { min: number; max: number } => {
  const { min, max, scale } = thresholds[name];
  return { min: min * scale, max: max * scale };
};

export function isValid(name: ThresholdName, { isOn, text }: Field): boolean {
  if (!isOn) return true;
  const [value, { min, max }] = [text.trim() === '' ? NaN : Number(text), boundsOf(name)];
  return value >= min && value <= max && (!thresholds[name].isWhole || Number.isInteger(value));
}

/** The fields as the graph takes them; what nobody has touched goes back digit for digit. Every field must be valid. */
export function inputOf(fields: Fields, read: Pick<ThresholdsFragment, ThresholdName>): RiskSettingsInput {
  const valueOf = (name: ThresholdName): number | null => {
    const { isOn, text } = fields[name];
    if (!isOn) return null;
    const before = fieldOf(name, read[name]);
    return before.isOn && before.text === text ? read[name] : rounded(Number(text) / thresholds[name].scale);
  };
  return {
    inactiveDays: valueOf('inactiveDays'),
    minimumAverageScore: valueOf('minimumAverageScore'),
    minimumEngagement: valueOf('minimumEngagement'),
    minimumMasteryProgress: valueOf('minimumMasteryProgress'),
  };
}
