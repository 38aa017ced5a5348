import { startTenantRounds, type RoundsOptions } from '../../../shared/queue/tenant-rounds';
import { keepFigures } from './keep-figures';

const minute = 60_000;

/** Keeps large tenants' figures ready, a while after the start and every quarter of an hour. */
export function startFigures({ now, first = 2 * minute, round = 15 * minute, ...options }: RoundsOptions) {
  return startTenantRounds({
    ...{ ...options, first, round, task: 'figures' },
    work: (tenantId, stopped) => keepFigures({ database: options.database, tenantId, now, stopped }),
  });
}
