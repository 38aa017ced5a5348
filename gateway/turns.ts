import { availableParallelism } from 'node:os';
import { Problem } from '../subgraphs/shared/errors';
import { counter, duration, gauge } from '../subgraphs/shared/metrics';

/** Of this process's gateway: there is one. */
let told = () => ({ running: 0, waiting: 0 });
gauge('strata_turns_running', 'Operations of the graph that are being answered.', () => told().running);
gauge('strata_turns_waiting', 'Operations of the graph that wait for their turn.', () => told().waiting);
const waitSeconds = duration('strata_turn_wait_seconds', 'Seconds that operations waited for their turn, those included that did not have to.');
const refused = counter(
  'strata_turns_refused_total',
  'Operations that got no turn: their caller had too many waiting (too_many), or they waited too long or were given up (too_long).',
  ['reason'],
);

export interface Turns {
  /**
   * Resolves when the caller may go on; call what it gives when that has ended. `rows`: how many its answer may have, as
   * far as that is known.
   */
  take(asked: { caller: string; rows: number; signal: AbortSignal }): Promise<() => void>;
}

interface Waiting {
  caller: string;
  rows: number;
  begin(): void;
}

/** Milliseconds after which what somebody has used counts half. */
const halfLife = 5_000;
const mostKnown = 10_000;
/**
 * Rows from which on an operation is a large one, and milliseconds of recent use from which on a caller's all are: more than
 * somebody can use who asks one thing after the other.
 */
const large = { rows: 2_000, use: 10_000 };

export interface TurnSettings {
  /** Operations at the same time. */
  atOnce: number;
  /** Operations of one caller that may wait. */
  waiting: number;
  /** What the machine can do at the same time. */
  processors?: number;
  /** The clock, in milliseconds. */
  now?: () => number;
}

/**
 * Who goes on when more is asked than can be answered at once: of those who wait, the one who has used the service least
 * of late. Large operations have a quarter of the places among them, and leave one processor free, so that there is always
 * something for a small one: callers who ask for much wait for each other, and one who asks for little hardly ever waits.
 */
export function createTurns(settings: TurnSettings): Turns {
  const { atOnce, waiting: mostWaiting, processors = availableParallelism(), now = () => performance.now() } = settings;
  const queue: Waiting[] = [];
  const usage = new Map<string, { used: number; at: number }>();
  const mostLarge = Math.max(1, Math.min(Math.floor(atOnce / 4), processors - 1));
  let running = 0;
  let runningLarge = 0;
  told = () => ({ running, waiting: queue.length });

  const usedBy = (caller: string): number => {
    const known = usage.get(caller);
    return known ? known.used * 0.5 ** ((now() - known.at) / halfLife) : 0;
  };
  const add = (caller: string, used: number): void => {
    const total = usedBy(caller) + used;
    usage.delete(caller); // so that the map stays in the order of last use
    usage.set(caller, { used: total, at: now() });
    if (usage.size > mostKnown) usage.delete(usage.keys().next().value!);
  };
  const isLarge = ({ caller, rows }: Pick<Waiting, 'caller' | 'rows'>): boolean =>
    rows >= large.rows || usedBy(caller) >= large.use;
  const mayBegin = (asked: Pick<Waiting, 'caller' | 'rows'>): boolean =>
    running < atOnce && (runningLarge < mostLarge || !isLarge(asked));
  const next = (): void => {
    let best = -1;
    let least = Infinity;
    const known = new Map<string, number>(); // of one caller the first comes first
    for (const [index, one] of queue.entries()) {
      const { caller } = one;
      if (known.has(caller) || !mayBegin(one)) continue;
      const used = usedBy(caller);
      known.set(caller, used);
      if (used < least) [best, least] = [index, used];
    }
    if (best >= 0) queue.splice(best, 1)[0]!.begin();
  };
  const start = (asked: Pick<Waiting, 'caller' | 'rows'>): (() => void) => {
    const { caller } = asked;
    const counted = isLarge(asked);
    running++;
    if (counted) runningLarge++;
    // What is under way counts from its beginning, so that nobody takes every turn at once.
    const expected = 20;
    add(caller, expected);
    const begun = now();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      running--;
      if (counted) runningLarge--;
      add(caller, Math.max(0, now() - begun - expected));
      next();
    };
  };

  return {
    take: ({ caller, rows, signal }) => {
      if (mayBegin({ caller, rows })) {
        waitSeconds.observe(0);
        return Promise.resolve(start({ caller, rows }));
      }
      if (queue.filter(one => one.caller === caller).length >= mostWaiting) {
        refused.inc({ reason: 'too_many' });
        return Promise.reject(
          new Problem('RATE_LIMITED', `${mostWaiting} of your requests are waiting already.`, { retryAfter: 1 }),
        );
      }
      return new Promise((resolve, reject) => {
        const waited = waitSeconds.startTimer();
        const one: Waiting = {
          ...{ caller, rows },
          begin: () => {
            signal.removeEventListener('abort', leave);
            waited();
            resolve(start({ caller, rows }));
          },
        };
        const leave = (): void => {
          const at = queue.indexOf(one);
          if (at >= 0) queue.splice(at, 1);
          refused.inc({ reason: 'too_long' });
          reject(new Problem('UNAVAILABLE', 'The service is busy, and this request waited too long. Please try again.'));
        };
        if (signal.aborted) return leave();
        signal.addEventListener('abort', leave, { once: true });
        queue.push(one);
      });
    },
  };
}
