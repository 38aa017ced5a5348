import { badInput } from './errors';

/** Days are text, YYYY-MM-DD; days of the calendar are counted in UTC, where each has 24 hours. */
export type Day = string;

export interface Period {
  from: Day;
  through: Day;
}

export type IntervalName = 'DAY' | 'WEEK' | 'MONTH' | 'YEAR';

const longestYears = 10;

const toNumber = (day: Day): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000;
const toDay = (number: number): Day => new Date(number * 86_400_000).toISOString().slice(0, 10);

export const addDays = (day: Day, days: number): Day => toDay(toNumber(day) + days);

/** The day before which a half-open range ends that holds `through` as its last day. */
export const dayAfter = (day: Day): Day => addDays(day, 1);

export const earlier = (a: Day, b: Day): Day => (a < b ? a : b);
export const later = (a: Day, b: Day): Day => (a > b ? a : b);

export const monthOf = (day: Day): Day => `${day.slice(0, 7)}-01`;

const nextMonth = (month: Day): Day => monthOf(addDays(month, 31));

const yearOf = (day: Day): Day => `${day.slice(0, 4)}-01-01`;

const nextYear = (year: Day): Day => yearOf(addDays(year, 366));

/** Monday of the ISO week. Day number 0, 1 January 1970, was a Thursday. */
export const weekOf = (day: Day): Day => {
  const number = toNumber(day);
  return toDay(number - ((((number + 3) % 7) + 7) % 7));
};

/** Refuses a period that ends before it begins or is longer than ten years. */
export function checkPeriod({ from, through }: Period): Period {
  if (through < from) {
    throw badInput(`A period must end on or after the day it begins; this one begins on ${from} and ends on ${through}.`);
  }
  const limit = `${String(Number(from.slice(0, 4)) + longestYears).padStart(4, '0')}${from.slice(4)}`;
  if (through >= limit) {
    throw badInput(`A period may span ${longestYears} years at most; this one goes from ${from} through ${through}.`);
  }
  return { from, through };
}

/** The months a period touches, each with the mask of its days in the period: bit d - 1 for day d. */
export function monthMasks({ from, through }: Period): { month: Day; mask: number }[] {
  const masks: { month: Day; mask: number }[] = [];
  for (let month = monthOf(from); month <= through; month = nextMonth(month)) {
    const first = Number(later(from, month).slice(8));
    const last = Number(earlier(through, addDays(nextMonth(month), -1)).slice(8));
    let mask = 0;
    for (let day = first; day <= last; day++) mask |= 1 << (day - 1);
    masks.push({ month, mask });
  }
  return masks;
}

const begin: Record<IntervalName, (day: Day) => Day> = { DAY: day => day, WEEK: weekOf, MONTH: monthOf, YEAR: yearOf };
const next: Record<IntervalName, (day: Day) => Day> = {
  DAY: dayAfter,
  WEEK: day => addDays(day, 7),
  MONTH: nextMonth,
  YEAR: nextYear,
};

/** Every interval that overlaps the period, in order; the outer two are clipped to it, so that together they are it. */
export function intervalsOf({ from, through }: Period, interval: IntervalName): Period[] {
  const intervals: Period[] = [];
  for (let start = begin[interval](from); start <= through; start = next[interval](start)) {
    intervals.push({ from: later(start, from), through: earlier(addDays(next[interval](start), -1), through) });
  }
  return intervals;
}

/** Today in a time zone. */
export const todayIn = (timeZone: string, now: Date): Day =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now);
