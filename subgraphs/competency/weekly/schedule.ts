import { addDays } from '../../shared/period';
import { startTenantRounds, type RoundsOptions } from '../../shared/queue/tenant-rounds';
import { lastWeek, runWeek } from './run-week';

/** Weeks that are made again in each round: activity that comes later than that waits for `strata weekly`. */
const weeksAgain = 4;

const minute = 60_000;

/**
 * Makes the rows of the last weeks of every tenant, a while after the start and every hour. A tenant in which nothing
 * changed since its last round is left alone.
 */
export function startWeekly({ now, first = minute, round = 60 * minute, ...options }: RoundsOptions) {
  const { database } = options;
  const done = new Map<number, string>();

  const runTenant = async (tenantId: number, stopped: () => boolean): Promise<void> => {
    const moment = now();
    const last = await database.transaction(tenantId, 'read', tx => lastWeek(tx, moment));
    const state = `${last} ${await database.version(tenantId)}`;
    if (done.get(tenantId) === state) return;
    for (let back = 0; back < weeksAgain && !stopped(); back++) {
      const day = addDays(last, -7 * back);
      await database.transaction(tenantId, 'write', tx => runWeek(tx, { day, now: moment }));
    }
    done.set(tenantId, state);
  };
  return startTenantRounds({ ...options, first, round, task: 'weeks', work: runTenant });
}
