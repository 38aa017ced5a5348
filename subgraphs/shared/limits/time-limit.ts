import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';

/**
 * Aborted after some seconds. Of what only reads, also when its caller has gone before the answer came: nobody waits for
 * it. A write goes on, since its caller cannot know how far it came.
 */
export function timeLimit(response: ServerResponse, { seconds, readsOnly }: { seconds: number; readsOnly: boolean }): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // every fetch and statement of the operation listens
  const timer = setTimeout(() => controller.abort(), seconds * 1_000);
  response.once('close', () => {
    clearTimeout(timer);
    if (readsOnly && !response.writableFinished) controller.abort();
  });
  return controller.signal;
}
