import type { Direction, Interval, MetricFilter, ReportMeasure } from '../graph/operations';
import { filters } from './filter-values';
import { fittingInterval, isDay, periodOf, possibleIntervals, type Period } from './period';

export type ChartMeasure = 'score' | 'attempts' | 'time' | 'competencies';

/** All that a report shows is decided by this, and all of it stands in the address. */
export interface View {
  node: string | null;
  hierarchy: string | null;
  period: Period;
  interval: Interval;
  filter: MetricFilter;
  chart: ChartMeasure;
  order: { by: ReportMeasure; direction: Direction } | null;
  /** The cursors of the pages before this one, the first page's successor first. */
  pages: string[];
  size: number;
}

export const sizes = [25, 50, 100] as const;
const measures: readonly ReportMeasure[] = ['NAME', 'AVERAGE_SCORE', 'ATTEMPTS', 'TIME_SPENT', 'LEARNERS'];
const charts: readonly ChartMeasure[] = ['score', 'attempts', 'time', 'competencies'];

/** Reads an address; what it lacks or has wrong becomes what a first visit shows. */
export function readView(search: URLSearchParams, today: string): View {
  const [from, through] = [search.get('from'), search.get('through')];
  const period = isDay(from) && isDay(through) && from <= through ? { from, through } : periodOf('last30', today);
  const interval = possibleIntervals(period).find(one => one === search.get('interval'));
  const [by, direction] = (search.get('order') ?? '').split('.');
  const measure = measures.find(one => one === by);
  const size = sizes.find(one => String(one) === search.get('size'));
  const filter: MetricFilter = {};
  for (const name of filters) {
    const value = search.get(name);
    if (value) filter[name] = value;
  }
  return {
    node: search.get('node'),
    hierarchy: search.get('hierarchy'),
    period,
    interval: interval ?? fittingInterval(period),
    filter,
    chart: charts.find(one => one === search.get('chart')) ?? 'score',
    order: measure ? { by: measure, direction: direction === 'ASC' ? 'ASC' : 'DESC' } : null,
    pages: search.getAll('after'),
    size: size ?? sizes[0],
  };
}

/** The address of a view: the days always, else only what differs from a first visit. */
export function writeView(view: View): URLSearchParams {
  const search = new URLSearchParams();
  if (view.node) search.set('node', view.node);
  if (view.hierarchy) search.set('hierarchy', view.hierarchy);
  search.set('from', view.period.from);
  search.set('through', view.period.through);
  if (view.interval !== fittingInterval(view.period)) search.set('interval', view.interval);
  for (const name of filters) if (view.filter[name]) search.set(name, view.filter[name]);
  if (view.chart !== 'score') search.set('chart', view.chart);
  if (view.order) search.set('order', `${view.order.by}.${view.order.direction}`);
  if (view.size !== sizes[0]) search.set('size', String(view.size));
  for (const cursor of view.pages) search.append('after', cursor);
  return search;
}

/** Another node, period or order is another list: it begins at its first page. */
export const changed = (view: View, change: Partial<View>): View => {
  const next = { ...view, ...change, pages: change.pages ?? [] };
  if (change.period && !possibleIntervals(next.period).includes(next.interval)) {
    next.interval = fittingInterval(next.period);
  }
  if (change.period && !change.interval) next.interval = fittingInterval(next.period);
  return next;
};
