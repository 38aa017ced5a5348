import { counter, duration } from '../../shared/metrics';

/** What became of report files that this process worked on. */
export const madeExports = counter('strata_exports_total', 'Report files by what became of them: completed, failed.', ['outcome']);
export const exportSeconds = duration('strata_export_seconds', 'Seconds that making a report file took.');
