import type { Node, NodeLoaders } from '../../hierarchy/published';
import { competencyStatesLoader, competencyValuesLoader, keptFigures, refuseForgottenDay } from '../../reporting/published';
import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { addDays, intervalsOf, weekOf, type Day, type IntervalName, type Period } from '../../shared/period';
import { selectToday } from './today.queries';

export interface Filter {
  subject: string | null;
  framework: string | null;
}

/** Counts of expected triples at or below nodes that were found visible. */
export function competencyCountsLoader(parts: { caller: Caller; session: Session; now: Date; nodes: NodeLoaders }) {
  const { session, now } = parts;
  const states = competencyStatesLoader(parts);
  const values = competencyValuesLoader(parts);
  let today: Promise<Day> | undefined;
  const kept = async () => keptFigures(await session.read(), now);
  const at = async (days: readonly Day[]): Promise<readonly Day[]> => {
    const known = await kept();
    for (const day of days) refuseForgottenDay(day, known);
    return days;
  };

  /** A day whose statuses are kept; null for today in the tenant's time zone. */
  const dayOf = async (day: Day | null): Promise<readonly Day[]> => {
    today ??= day === null ? session.read().then(tx => selectToday(tx, now)) : undefined;
    return at([day ?? (await today!)]);
  };

  return {
    kept,

    /** At the end of a day, today for null. */
    asOf: async (node: Node, day: Day | null, filter: Filter) => {
      const { counts, ...where } = await states.load({ node, days: await dayOf(day), ...filter });
      return { counts: counts[0]!, ...where };
    },
    /** What these counts can be filtered by. */
    filterValues: async (node: Node, day: Day | null) =>
      values.load({ node, days: await dayOf(day), subject: null, framework: null }),
    /** At the end of each interval, clipped to the period. */
    trend: async (node: Node, { period, interval, filter }: { period: Period; interval: IntervalName; filter: Filter }) => {
      const intervals = intervalsOf(period, interval);
      const days = await at(intervals.map(({ through }) => through));
      const { counts } = await states.load({ node, days, ...filter });
      return intervals.map((span, index) => ({ ...span, counts: counts[index]! }));
    },
    /** On the last day of the week that contains a day. */
    endOfWeek: async (node: Node, day: Day) => {
      const days = await at([addDays(weekOf(day), 6)]);
      const { counts } = await states.load({ node, days, subject: null, framework: null });
      return counts[0]!;
    },
  };
}
