import type { Outcome } from './action';
import { progress } from './log';
import type { ReadyReport } from './services';
import { Shutdown } from './shutdown';

/** Runs a service: says so when it answers, and ends when it is told to. */
export async function serveUntilStopped(
  start: (shutdown: Shutdown) => Promise<number>,
  announce: (port: number) => void,
): Promise<Outcome> {
  const shutdown = new Shutdown();
  try {
    const port = await start(shutdown);
    announce(port);
    process.send?.({ port } satisfies ReadyReport);
  } catch (error) {
    if (!shutdown.stopping) {
      await shutdown.stop(0);
      throw error;
    }
    // What was still starting when the signal came fails, as it must.
  }
  const exitCode = await shutdown.ended;
  if (exitCode === 0) progress('Stopped');
  process.exit(exitCode);
}
