import type { Environment } from '../../subgraphs/shared/environment';
import type { Shutdown } from './shutdown';

/** Traces go out where a receiver is set; else nothing of what makes them is even loaded. */
export async function startTracing({ tracing }: Environment, { service, shutdown }: { service: string; shutdown: Shutdown }): Promise<void> {
  if (!tracing) return;
  const { exportSpans } = await import('./trace-exporter');
  shutdown.defer(exportSpans(service));
}
