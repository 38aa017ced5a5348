import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const quarterOfAnHour = 900;

/** Failed attempts in a quarter of an hour after which there are no more: whoever guesses, from wherever, gets nowhere. */
export const mostAttempts = { loginFromAddress: 10, login: 50, address: 100 } as const;

export interface Attempt {
  address: string | undefined;
  /** Without one it is a program's attempt to say who it is. */
  login?: { tenant: string; name: string };
}

export interface Attempts {
  /** Counts an attempt as failed. Returns the seconds after which to come back where there were too many, else 0. */
  begin(attempt: Attempt): Promise<number>;
  /** It was a good one, and counts no longer. */
  succeed(attempt: Attempt): Promise<void>;
}

/** Counted before they are tried, so that many at once are no way round. In this process's memory. */
export function countAttempts(): Attempts {
  const limiter = (points: number, keyPrefix: string) => new RateLimiterMemory({ points, duration: quarterOfAnHour, keyPrefix });
  const byPair = limiter(mostAttempts.loginFromAddress, 'pair');
  const byLogin = limiter(mostAttempts.login, 'login');
  const byAddress = limiter(mostAttempts.address, 'address');

  const counters = ({ address = 'unknown', login }: Attempt): [RateLimiterMemory, string][] => {
    const name = login && digest([login.tenant, login.name.toLowerCase()]);
    return [[byAddress, address], ...(name ? [[byLogin, name], [byPair, `${name} ${address}`]] satisfies [RateLimiterMemory, string][] : [])];
  };
  return {
    begin: async attempt => {
      const counted = await Promise.allSettled(counters(attempt).map(([counter, key]) => counter.consume(key)));
      let wait = 0;
      for (const one of counted) {
        if (one.status === 'fulfilled') continue;
        if (!(one.reason instanceof RateLimiterRes)) throw one.reason;
        wait = Math.max(wait, Math.ceil(one.reason.msBeforeNext / 1_000), 1);
      }
      return wait;
    },
    succeed: async attempt => {
      await Promise.all(counters(attempt).map(([counter, key]) => counter.reward(key)));
    },
  };
}

const digest = (parts: string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
