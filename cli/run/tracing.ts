import path from 'node:path';
import type { Environment } from '../../subgraphs/shared/environment';
import { surroundThreads } from '../../subgraphs/shared/threads';
import type { Shutdown } from './shutdown';

/** Traces go out where a receiver is set, from each thread; else nothing of what makes them is even loaded. */
export async function startTracing({ tracing }: Environment, { service, shutdown }: { service: string; shutdown: Shutdown }): Promise<void> {
  if (!tracing) return;
  const { exportSpans } = await import('./trace-exporter');
  shutdown.defer(exportSpans(service));
  surroundThreads({ first: { file: path.join(__dirname, 'tracing.thread'), given: service } });
}
