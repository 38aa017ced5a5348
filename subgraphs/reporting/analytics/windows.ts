import { badInput } from '../../shared/errors';
import { addDays, checkPeriod, intervalsOf, type Day, type IntervalName, type Period } from '../../shared/period';

/** The figures of a day are those of the 28 days that end with it: four weeks, whatever day of the week it is. */
export const daysOfWindow = 28;

const daysOfWeek = 7;

export const daysIn = ({ from, through }: Period): number => (Date.parse(through) - Date.parse(from)) / 86_400_000 + 1;

export const weeksIn = (window: Period): number => daysIn(window) / daysOfWeek;

/** The window that ends with the day asked for, today when omitted; nothing is known of days to come. */
export function windowThrough(asOf: Day | null | undefined, today: Day): Period {
  const through = asOf ?? today;
  if (through > today) throw badInput(`asOf may be today, ${today}, at the latest; it was ${through}.`);
  return { from: addDays(through, 1 - daysOfWindow), through };
}

/** The points of a trend: each interval that overlaps the period, clipped to it. */
export function windowsOf(period: Period, { interval, today }: { interval: IntervalName; today: Day }): Period[] {
  const checked = checkPeriod(period);
  if (checked.through > today) throw badInput(`A trend may end today, ${today}, at the latest; this one ends on ${checked.through}.`);
  return intervalsOf(checked, interval);
}
