import { platformTenant } from '../../../../migrations/row-level-security';
import { selectTenantNumbers } from '../../../hierarchy/published';
import type { Database } from '../../../shared/database/database';
import { keepFigures } from './keep-figures';
import { leadsFigures } from './organisation-figures.queries';

export interface ScheduleOptions {
  database: Database;
  now: () => Date;
  onError: (error: unknown) => void;
  /** Milliseconds until the first round, and between two. */
  first?: number;
  round?: number;
}

const minute = 60_000;

/** Keeps large tenants' figures ready, a while after the start and every quarter of an hour; one process at a time. */
export function startFigures({ database, now, onError, first = 2 * minute, round = 15 * minute }: ScheduleOptions) {
  let working: Promise<void> | undefined;
  let stopped = false;

  const goRound = (): Promise<void> =>
    database.transaction(platformTenant, 'write', async leading => {
      leading.keepVersion(); // it writes nothing: it is no read, since a read's moment would be held on to all the while
      if (!(await leadsFigures(leading))) return;
      for (const tenantId of await selectTenantNumbers(leading)) {
        if (stopped) return;
        if (tenantId === platformTenant) continue;
        await keepFigures({ database, tenantId, now, stopped: () => stopped }).catch(onError); // the next round comes by again
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
