import { platformTenant } from '../../../migrations/row-level-security';
import { selectTenantNumbers } from '../../hierarchy/published';
import type { Database } from '../../shared/database/database';
import { addDays } from '../../shared/period';
import { lastWeek, runWeek } from './run-week';
import { leadsWeeks } from './weekly.queries';

export interface ScheduleOptions {
  database: Database;
  now: () => Date;
  onError: (error: unknown) => void;
  /** Milliseconds until the first round, and between two. */
  first?: number;
  round?: number;
}

/** Weeks that are made again in each round: activity that comes later than that waits for `strata weekly`. */
const weeksAgain = 4;

const minute = 60_000;

/**
 * Makes the rows of the last weeks of every tenant, a while after the start and every hour. Of several processes one
 * does so at a time; a tenant in which nothing changed since its last round is left alone.
 */
export function startWeekly({ database, now, onError, first = minute, round = 60 * minute }: ScheduleOptions) {
  const done = new Map<number, string>();
  let working: Promise<void> | undefined;
  let stopped = false;

  const runTenant = async (tenantId: number): Promise<void> => {
    const moment = now();
    const last = await database.transaction(tenantId, 'read', tx => lastWeek(tx, moment));
    const state = `${last} ${await database.version(tenantId)}`;
    if (done.get(tenantId) === state) return;
    for (let back = 0; back < weeksAgain && !stopped; back++) {
      const day = addDays(last, -7 * back);
      await database.transaction(tenantId, 'write', tx => runWeek(tx, { day, now: moment }));
    }
    done.set(tenantId, state);
  };
  const goRound = (): Promise<void> =>
    database.transaction(platformTenant, 'write', async leading => {
      leading.keepVersion(); // it writes nothing: it is no read, since a read's moment would be held on to all the while
      if (!(await leadsWeeks(leading))) return;
      for (const tenantId of await selectTenantNumbers(leading)) {
        if (stopped) return;
        if (tenantId !== platformTenant) await runTenant(tenantId).catch(onError); // the next round comes by again
      }
    });
  const wake = (): void => {
    working ??= goRound().catch(onError).finally(() => (working = undefined));
  };
  const begin = setTimeout(wake, first).unref();
  const rounds = setInterval(wake, round).unref();
  return {
    stop: async (): Promise<void> => {
      stopped = true;
      clearTimeout(begin);
      clearInterval(rounds);
      await working;
    },
  };
}
