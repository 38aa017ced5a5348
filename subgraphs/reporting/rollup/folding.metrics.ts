import { counter, duration, gauge } from '../../shared/metrics';

/** What the folder tells of its work in this process. */
export const foldedDeltas = counter('strata_deltas_folded_total', 'Changes moved from the deltas into the stored sums.');
export const foldSeconds = duration('strata_fold_seconds', 'Seconds that folding took, a turn of one tenant: some of what waited, mostly all of it.');
export const foldErrors = counter('strata_fold_errors_total', 'Times that folding or building for a tenant failed; the next round tries again.');

const waitingSince = new Map<number, number>();

/** A tenant has deltas to fold, or may have, from this moment on if not from an earlier one. */
export const startsToWait = (tenantId: number, at: number): void =>
  void waitingSince.set(tenantId, Math.min(at, waitingSince.get(tenantId) ?? at));
/** Returns since when it waited; undefined where nobody told this process of what other processes have accepted. */
export function waitsNoMore(tenantId: number): number | undefined {
  const since = waitingSince.get(tenantId);
  waitingSince.delete(tenantId);
  return since;
}

gauge('strata_fold_tenants_waiting', 'Tenants that this process has yet to look at for changes to fold.', () => waitingSince.size);
gauge('strata_fold_lag_seconds', 'Seconds since the first of the tenants that wait began to wait.', () =>
  waitingSince.size === 0 ? 0 : (Date.now() - Math.min(...waitingSince.values())) / 1000,
);

export const buildSteps = gauge('strata_build_steps', 'Steps of the stored sums that are being made now: the cells, and each hierarchy.');
export const buildStepsDone = gauge('strata_build_steps_done', 'How many of strata_build_steps are done.');
export const builds = counter('strata_builds_total', 'Times that stored sums were made: of a new hierarchy, or after a load.');
