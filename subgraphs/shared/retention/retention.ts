import type { Transaction } from '../database/database';
import { badInput } from '../errors';
import { selectRetention, type Retention, type RetentionTimes } from './retention.queries';

/** The tenant's retention; remembered as part of its structure. */
export async function readRetention(tx: Transaction): Promise<Retention> {
  return tx.memory.recall<Retention>('retention') ?? tx.memory.remember('retention', await selectRetention(tx));
}

const millisecondsOfAnHour = 3_600_000;
const millisecondsOfADay = 24 * millisecondsOfAnHour;
const mostYears = 100;

/** The moment before which what was kept for so long has expired; null where it never does. */
export const expiredBefore = (now: Date, days: number | null): Date | null =>
  days === null ? null : new Date(now.getTime() - days * millisecondsOfADay);

export const hoursBefore = (now: Date, hours: number): Date => new Date(now.getTime() - hours * millisecondsOfAnHour);

/** Of two moments before which something is out of sight the later one; null where there is none. */
export const laterOf = (one: Date | null, other: Date | null): Date | null => (one && other ? (one > other ? one : other) : (one ?? other));

/** Refuses times that are none, and raw activity that would outlive the figures that are compared with it. */
export function checkTimes(times: Partial<RetentionTimes>, present: RetentionTimes): RetentionTimes {
  for (const [name, time] of Object.entries(times)) {
    const most = mostYears * 366 * (name.endsWith('Hours') ? 24 : 1);
    if (time !== null && (!Number.isInteger(time) || time < 1 || time > most)) {
      throw badInput(`${name} must be a whole number from 1 to ${most}, or null for ever; it is ${time}.`);
    }
  }
  const wanted = { ...present, ...times };
  const { rawActivityHours: hours, figureDays: days } = wanted;
  if (days !== null && (hours === null || hours > (days - 1) * 24)) {
    const told = hours === null ? 'for ever' : `for ${hours} hours`;
    throw badInput(
      `Raw activity must go at least a day before its figures: rawActivityHours keeps it ${told}, figureDays keeps ` +
        `figures for ${days} days.`,
    );
  }
  return wanted;
}
