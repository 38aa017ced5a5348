import type { Interval } from '../graph/operations';

export interface Period {
  from: string;
  through: string;
}

export const presets = ['last7', 'last30', 'last90', 'thisMonth', 'lastMonth', 'thisYear'] as const;
export type Preset = (typeof presets)[number];

const moved = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The days a preset means when it is `today`, YYYY-MM-DD. */
export function periodOf(preset: Preset, today: string): Period {
  const month = today.slice(0, 7);
  const lastOfPreviousMonth = moved(`${month}-01`, -1);
  switch (preset) {
    case 'last7':
      return { from: moved(today, -6), through: today };
    case 'last30':
      return { from: moved(today, -29), through: today };
    case 'last90':
      return { from: moved(today, -89), through: today };
    case 'thisMonth':
      return { from: `${month}-01`, through: today };
    case 'lastMonth':
      return { from: `${lastOfPreviousMonth.slice(0, 7)}-01`, through: lastOfPreviousMonth };
    case 'thisYear':
      return { from: `${today.slice(0, 4)}-01-01`, through: today };
  }
}

export const presetOf = (period: Period, today: string): Preset | undefined =>
  presets.find(preset => {
    const { from, through } = periodOf(preset, today);
    return from === period.from && through === period.through;
  });

/** Whether a text is a day of the calendar, as an address may claim. */
export const isDay = (text: string | null): text is string => {
  if (!text || !/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
};

const daysOf = ({ from, through }: Period): number => (Date.parse(through) - Date.parse(from)) / 86_400_000 + 1;

/** As many points as a chart shows well. */
export const fittingInterval = (period: Period): Interval => {
  const days = daysOf(period);
  if (days <= 45) return 'DAY';
  return days <= 250 ? 'WEEK' : 'MONTH';
};

/** Intervals that make no more points than a chart can show. */
export const possibleIntervals = (period: Period): Interval[] => {
  const days = daysOf(period);
  return (['DAY', 'WEEK', 'MONTH'] as const).filter(
    interval => interval === 'MONTH' || days <= (interval === 'DAY' ? 130 : 900),
  );
};
