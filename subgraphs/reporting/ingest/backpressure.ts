import type { Transaction } from '../../shared/database/database';
import { Problem } from '../../shared/errors';
import { refusedBatches } from './ingest.metrics';
import { selectBuiltTrees } from '../rollup/stored.queries';
import { backlogOf } from '../rollup/waiting.queries';

/** Deltas that may wait for a tenant before its senders are asked to wait: reads add up what waits each time. */
const mostWaiting = 500_000;
const secondsToWait = 5;

/**
 * Refuses the activity of so many requests, before any of it is stored, while more is waiting to be folded than reads
 * should carry.
 */
export async function refuseBehind(tx: Transaction, requests = 1): Promise<void> {
  const backlog = await backlogOf(tx);
  // Without stored sums nothing is folded, and nothing waits for it.
  if (backlog <= mostWaiting || !(await selectBuiltTrees(tx)).has(0)) return;
  refusedBatches.inc(requests);
  throw new Problem(
    'RATE_LIMITED',
    `Some ${backlog} changes wait to be added up, more than ${mostWaiting}; please send this again in ${secondsToWait} seconds.`,
    { retryAfter: secondsToWait },
  );
}
