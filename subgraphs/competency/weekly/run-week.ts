import { keptFigures, refuseForgottenDay } from '../../reporting/published';
import type { Transaction } from '../../shared/database/database';
import { addDays, weekOf, type Day } from '../../shared/period';
import { selectToday } from '../counts/today.queries';
import { lockWeeks, writeWeek, type WeekCounts } from './weekly.queries';

/** An ISO week by its Monday and its Sunday. */
export interface WeekRun extends WeekCounts {
  from: Day;
  through: Day;
}

/** Makes the rows of the week that contains a day, however often it was done before: what became known since is in. */
export async function runWeek(tx: Transaction, { day, now }: { day: Day; now: Date }): Promise<WeekRun> {
  tx.keepVersion(); // no answer is made of these rows
  await lockWeeks(tx);
  const from = weekOf(day);
  refuseForgottenDay(addDays(from, 6), await keptFigures(tx, now));
  return { from, through: addDays(from, 6), ...(await writeWeek(tx, from, now)) };
}

/** A day of the last week that has ended in the tenant's time zone. */
export const lastWeek = async (tx: Transaction, now: Date): Promise<Day> => addDays(await selectToday(tx, now), -7);
