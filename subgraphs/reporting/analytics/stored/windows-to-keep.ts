import { addDays, earlier, intervalsOf, monthOf, weekOf, type Day, type IntervalName, type Period } from '../../../shared/period';
import { windowThrough } from '../windows';

/** How far back each interval's windows are kept ready. */
const days = 35;
const weeks = 13;
const months = 13;
const years = 5;

const yearsBefore = (day: Day, number: number): Day => `${String(Number(day.slice(0, 4)) - number).padStart(4, '0')}-01-01`;

/** The windows that a large tenant is asked for: four weeks, and whole intervals up to today; the newest first. */
export function windowsToKeep(today: Day): Period[] {
  const since: Record<IntervalName, Day> = {
    DAY: addDays(today, 1 - days),
    WEEK: addDays(weekOf(today), -7 * (weeks - 1)),
    MONTH: monthOf(addDays(monthOf(today), -29 * (months - 1))),
    YEAR: yearsBefore(today, years - 1),
  };
  const windows = (Object.keys(since) as IntervalName[]).flatMap(interval =>
    intervalsOf({ from: since[interval], through: today }, interval));
  const all = [windowThrough(null, today), windowThrough(addDays(today, -1), today), ...windows];
  const distinct = new Map(all.map(window => [`${window.from} ${window.through}`, window]));
  return [...distinct.values()].sort((a, b) => (a.through < b.through ? 1 : a.through > b.through ? -1 : 0));
}

const hour = 3_600_000;

/** Milliseconds after which a window is made again, if anything of the tenant has changed: what is past changes seldom. */
export const patienceFor = ({ through }: Period, today: Day): number =>
  earlier(through, addDays(today, -2)) === through ? 24 * hour : hour;
