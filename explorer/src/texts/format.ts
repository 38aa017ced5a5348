import { t } from '.';

/** The browser's own locale, whatever language the texts are in. */
const locale = typeof navigator === 'undefined' ? undefined : navigator.language;

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat(locale, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const points = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const hours = new Intl.NumberFormat(locale, {
  style: 'unit',
  unit: 'hour',
  unitDisplay: 'short',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const wholeHours = new Intl.NumberFormat(locale, {
  style: 'unit',
  unit: 'hour',
  unitDisplay: 'short',
  maximumFractionDigits: 0,
});
/** Of an axis: as few decimals as its steps need. */
const steps = new Intl.NumberFormat(locale, {
  style: 'unit',
  unit: 'hour',
  unitDisplay: 'short',
  maximumFractionDigits: 1,
});
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const monthOfYear = new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });

const list = new Intl.ListFormat(locale, { type: 'unit', style: 'short' });

/** One after the other, with what the language puts between. */
export const formatList = (texts: readonly string[]): string => list.format(texts);

/** What stands where there is no number. */
export const none = '–';
const or = <T>(write: (value: T) => string) => (value: T | null | undefined): string =>
  value === null || value === undefined ? none : write(value);

/** A calendar date as the moment that Intl writes as that very date. */
const dateOf = (text: string): Date => new Date(`${text}T00:00:00Z`);

export const formatCount = or<number>(value => whole.format(value));
/** A mean of counts. */
export const formatDecimal = or<number>(value => decimal.format(value));
export const formatCompact = (value: number): string => compact.format(value);
export const formatHours = (value: number): string => steps.format(value);
/** Percent from 0 to 100, with its sign. */
export const formatScore = or<number>(value => percent.format(value / 100));
/** A difference of percentages. */
export const formatPoints = (value: number): string => t('unit.points', { value: points.format(value) });
/** Seconds, told in hours. */
export const formatTime = or<number>(seconds =>
  (seconds >= 360_000 ? wholeHours : hours).format(seconds / 3600),
);
export const formatDay = or<string>(text => day.format(dateOf(text)));
export const formatShortDay = (text: string): string => shortDay.format(dateOf(text));
export const formatMonth = (text: string): string => monthOfYear.format(dateOf(text));
export const formatPeriod = (from: string, through: string): string => day.formatRange(dateOf(from), dateOf(through));
/** The same; a single day as itself. */
export const formatSpan = (from: string, through: string): string =>
  from === through ? formatDay(from) : formatPeriod(from, through);
export const formatMoment = or<string>(text => moment.format(new Date(text)));

/** Today's date, YYYY-MM-DD, where the tenant is. */
export const todayIn = (timeZone: string, now: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(now);
