/** Days are whole numbers counted from 1970-01-01; in a file they are `YYYY-MM-DD`. */
const DAY = 86_400_000;

export const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY;

export const dateOf = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

export const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(dayNumber(text)) && dateOf(dayNumber(text)) === text;

/** Saturday or Sunday; day 0 was a Thursday. */
export const isWeekend = (day: number): boolean => (day + 3) % 7 > 4;

/** What is added to a local time of that day's school hours, `+05:30`. Clocks are changed at night: noon UTC knows. */
export function zoneOffset(day: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  const parts = format.formatToParts(day * DAY + DAY / 2);
  return parts.find(part => part.type === 'timeZoneName')!.value.replace('GMT', '') || 'Z';
}
