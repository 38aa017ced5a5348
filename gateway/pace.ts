import { setImmediate } from 'node:timers';

/** Resolves when the caller's request may be read on. */
export type Pace = (caller: string) => Promise<void>;

/**
 * Lets requests in one at a time, each time the event loop comes round, and callers one after the other. Whoever sends a
 * hundred at once, though each is refused, waits for the own ones; what others are waiting for from the database is heard
 * in between, and does not come behind all hundred.
 */
export function createPace(): Pace {
  /** In the order in which callers come next. */
  const waiting = new Map<string, (() => void)[]>();
  let pausing = false;

  const pause = (): void => {
    pausing = true;
    setImmediate(() => {
      pausing = false;
      const [next] = waiting;
      if (!next) return;
      const [caller, requests] = next;
      const begin = requests.shift()!;
      waiting.delete(caller);
      if (requests.length > 0) waiting.set(caller, requests); // behind the others
      pause();
      begin();
    });
  };

  return caller => {
    if (!pausing) {
      pause();
      return Promise.resolve();
    }
    return new Promise(begin => {
      const known = waiting.get(caller);
      if (known) known.push(begin);
      else waiting.set(caller, [begin]);
    });
  };
}
