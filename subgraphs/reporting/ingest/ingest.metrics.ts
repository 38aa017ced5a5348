import { counter, duration } from '../../shared/metrics';

/** What happened to activity that reached this process. */
export const events = counter('strata_events_total', 'Activity events by what became of them: accepted, duplicate, rejected.', ['outcome']);
export const batchSeconds = duration('strata_ingest_seconds', 'Seconds that a batch of events took, from its first statement to its commit.');
export const refusedBatches = counter(
  'strata_ingest_refused_total',
  'Requests with activity that were refused with 429, since too many changes waited to be folded.',
);
