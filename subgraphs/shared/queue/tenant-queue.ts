import { apart } from '../tracing';
import type { Arrivals } from './arrivals';

export interface TenantQueueOptions {
  arrivals: Arrivals;
  /** The numbers of all tenants. */
  tenants: () => Promise<number[]>;
  /** Does a tenant's next piece of work; false where there is none, or another process is at it. */
  workNext: (tenantId: number, refuse: () => void) => Promise<boolean>;
  /** Milliseconds between two rounds over all tenants, for what other processes accepted or left behind. */
  round: number;
  /** Tenants that are worked for at the same time; one when omitted. */
  atOnce?: number;
  onError: (error: unknown) => void;
}

export interface TenantQueue {
  /** Breaks off the work under way: whoever comes next begins it anew. */
  stop(): Promise<void>;
}

/** Thrown by `refuse` once the queue has been stopped, for the work under way to end with. */
export class Stopped extends Error {}

/**
 * Works off what waits for tenants in the background, tenant after tenant. Which piece of work is next, and that no two
 * processes do the same one, is the business of `workNext`, which asks the database; this only knows when to look.
 */
export function startTenantQueue(options: TenantQueueOptions): TenantQueue {
  const { arrivals, tenants, workNext, round, atOnce = 1, onError } = options;
  const waiting = new Set<number>();
  const working = new Set<Promise<void>>();
  let stopped = false;
  const refuse = (): void => {
    if (stopped) throw new Stopped();
  };

  const work = async (): Promise<void> => {
    for (const tenantId of waiting) { // those too that come, or come again, meanwhile
      if (stopped) return;
      waiting.delete(tenantId);
      try {
        while (!stopped && (await workNext(tenantId, refuse))) continue;
      } catch (error) {
        if (!(error instanceof Stopped)) onError(error); // the next round comes by again
      }
    }
  };
  const wake = (): void => {
    if (stopped || waiting.size === 0 || working.size >= atOnce) return;
    const begun = work().finally(() => {
      working.delete(begun);
      wake();
    });
    working.add(begun);
  };
  const expect = (tenantId: number): void => {
    waiting.add(tenantId);
    wake();
  };
  const goRound = async (): Promise<void> => {
    try {
      for (const tenantId of await tenants()) expect(tenantId);
    } catch (error) {
      onError(error);
    }
  };
  const rounds = setInterval(() => void goRound(), round).unref();
  const deaf = arrivals.on(tenantId => apart(() => expect(tenantId)));
  const first = goRound();

  return {
    stop: async () => {
      stopped = true;
      deaf();
      clearInterval(rounds);
      await first;
      await Promise.all(working);
    },
  };
}
