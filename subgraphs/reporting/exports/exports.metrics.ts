import { counter, duration, gauge } from '../../shared/metrics';

/** What became of report files that this process worked on. */
export const madeExports = counter('strata_exports_total', 'Report files by what became of them: completed, failed.', ['outcome']);
export const exportSeconds = duration('strata_export_seconds', 'Seconds that making a report file took.');

const inLine = new Map<number, { depth: number; oldest: number }>();

/** What this process has last seen of a tenant's line. */
export function sawLine(tenantId: number, waiting: readonly { createdAt: Date }[]): void {
  if (waiting.length === 0) inLine.delete(tenantId);
  else inLine.set(tenantId, { depth: waiting.length, oldest: Math.min(...waiting.map(({ createdAt }) => createdAt.getTime())) });
}

gauge('strata_exports_waiting', 'Report files that are not finished, as this process last saw it.', () =>
  [...inLine.values()].reduce((sum, { depth }) => sum + depth, 0),
);
gauge('strata_exports_age_seconds', 'Seconds since the oldest of the report files that are not finished was asked for.', () =>
  inLine.size === 0 ? 0 : Math.max(0, (Date.now() - Math.min(...[...inLine.values()].map(({ oldest }) => oldest))) / 1_000),
);
