/** The dataset counts days; everything else in Strata has a date. All dates here are `YYYY-MM-DD`. */
export const TIME_ZONE = 'Europe/London';

const DAY = 86_400_000;
const FIRST_DAY_OF = { B: '02-01', J: '10-01' } as const;
const londonHour = new Intl.DateTimeFormat('en-GB', { timeZone: TIME_ZONE, hour: '2-digit', hourCycle: 'h23' });

/** Day 0 of a presentation: of 2013J the first of October, of 2014B the first of February; null for no such code. */
export function presentationStart(code: string): string | null {
  const parts = /^([12]\d{3})([BJ])$/.exec(code);
  return parts ? `${parts[1]}-${FIRST_DAY_OF[parts[2] as 'B' | 'J']}` : null;
}

/** A number of days as the files write it, 19, -11 or 19.0; null for anything else. */
export function wholeDays(text: string): number | null {
  return /^-?\d{1,4}(\.0+)?$/.test(text) ? Number(text) : null;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/**
 * Noon in London as an instant. The files know the day alone; noon keeps it the same day whatever a reader makes of
 * the offset. Clocks change at one in the morning, so noon is never ambiguous.
 */
export function noonInLondon(date: string): string {
  const noonUtc = Date.parse(`${date}T12:00:00Z`);
  const ahead = Number(londonHour.format(noonUtc)) - 12;
  return new Date(noonUtc - ahead * 3_600_000).toISOString();
}
