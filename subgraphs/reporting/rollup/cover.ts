import { addDays, dayAfter, monthOf, weekOf, type Day, type Period } from '../../shared/period';

/** Days in a stored bucket, as the database names the grain. */
export type Grain = 1 | 7 | 30;

/** Buckets of one grain that begin in a half-open range of days. */
export interface Span {
  grain: Grain;
  from: Day;
  before: Day;
  buckets: number;
}

const nextMonth = (day: Day): Day => monthOf(addDays(monthOf(day), 31));
const daysBetween = (from: Day, before: Day): number => (Date.parse(before) - Date.parse(from)) / 86_400_000;

function monthsIn(from: Day, before: Day): Span | null {
  const first = monthOf(from) === from ? from : nextMonth(from);
  const end = monthOf(before);
  if (first >= end) return null;
  let buckets = 0;
  for (let month = first; month < end; month = nextMonth(month)) buckets++;
  return { grain: 30, from: first, before: end, buckets };
}

function weeksIn(from: Day, before: Day): Span | null {
  const first = weekOf(from) === from ? from : addDays(weekOf(from), 7);
  const end = weekOf(before);
  return first < end ? { grain: 7, from: first, before: end, buckets: daysBetween(first, end) / 7 } : null;
}

/** What is left of a range on both sides of a span, handed on to the next finer grain. */
function around(from: Day, before: Day, { span, rest }: { span: Span | null; rest: (from: Day, before: Day) => Span[] }): Span[] {
  if (from >= before) return [];
  if (!span) return rest(from, before);
  return [...rest(from, span.from), span, ...rest(span.before, before)];
}

const daysOf = (from: Day, before: Day): Span[] =>
  from < before ? [{ grain: 1, from, before, buckets: daysBetween(from, before) }] : [];

const weeksAndDays = (from: Day, before: Day): Span[] =>
  around(from, before, { span: weeksIn(from, before), rest: daysOf });

/** Where a period begins that holds all days there are up to its end. */
export const beginning: Day = '-infinity';

/** Of a tenant's whole past, how many months are taken to have rows: to compare ways to read it, and for nothing else. */
const monthsOfThePast = 24;

const sinceBeginning = (before: Day): Span => ({
  ...{ grain: 30, from: beginning, before: monthOf(before), buckets: monthsOfThePast },
});

/** The fewest stored buckets that make up a period: whole months, then whole weeks, then days. */
export const coverOf = ({ from, through }: Period): Span[] => {
  const before = dayAfter(through);
  if (from === beginning) return [sinceBeginning(before), ...weeksAndDays(monthOf(before), before)];
  return around(from, before, { span: monthsIn(from, before), rest: weeksAndDays });
};

export const bucketsOf = (cover: readonly Span[]): number => cover.reduce((sum, span) => sum + span.buckets, 0);
