import type { Transaction } from '../../shared/database/database';
import { badInput } from '../../shared/errors';
import { addDays, checkPeriod, intervalsOf, later, type Day, type IntervalName, type Period } from '../../shared/period';
import { keptFigures } from '../retention/kept-figures';

/** The figures of a day are those of the 28 days that end with it: four weeks, whatever day of the week it is. */
export const daysOfWindow = 28;

const daysOfWeek = 7;

/** Before it neither the database nor we have days. */
const firstDay: Day = '0001-01-01';

export const daysIn = ({ from, through }: Period): number => (Date.parse(through) - Date.parse(from)) / 86_400_000 + 1;

export const weeksIn = (window: Period): number => daysIn(window) / daysOfWeek;

/** The window that ends with the day asked for, today when omitted; nothing is known of days to come. */
export function windowThrough(asOf: Day | null | undefined, today: Day): Period {
  const through = asOf ?? today;
  if (through > today) throw badInput(`asOf may be today, ${today}, at the latest; it was ${through}.`);
  const from = addDays(through, 1 - daysOfWindow);
  if (from < firstDay) throw badInput(`asOf may be ${addDays(firstDay, daysOfWindow - 1)} at the earliest; it was ${through}.`);
  return { from, through };
}

/** The points of a trend: each interval that overlaps the period, clipped to it. */
export function windowsOf(period: Period, { interval, today }: { interval: IntervalName; today: Day }): Period[] {
  const checked = checkPeriod(period);
  if (checked.through > today) throw badInput(`A trend may end today, ${today}, at the latest; this one ends on ${checked.through}.`);
  return intervalsOf(checked, interval);
}

/** The day from which on nothing has expired, neither figures nor statuses; null: from the beginning. */
export async function wholeFrom(tx: Transaction, now: Date): Promise<Day | null> {
  const { figuresFrom, competenciesFrom } = await keptFigures(tx, now);
  return figuresFrom && competenciesFrom ? later(figuresFrom, competenciesFrom) : (figuresFrom ?? competenciesFrom);
}

/**
 * Refuses windows of days some of whose figures have expired: what is left of them would pass for all there was. Returns
 * the day from which on nothing has: of no day before it may a row tell.
 */
export async function refuseExpired(tx: Transaction, windows: readonly Period[], now: Date): Promise<Day | null> {
  const whole = await wholeFrom(tx, now);
  const first = windows.map(({ from }) => from).sort()[0];
  if (whole !== null && first !== undefined && first < whole) {
    throw badInput(`Figures are whole from ${whole} on; these begin with ${first}, and some of the days between have expired.`);
  }
  return whole;
}
