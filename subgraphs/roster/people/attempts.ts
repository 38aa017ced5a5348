import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../../shared/limits/network';

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

  const counters = ({ address, login }: Attempt): [RateLimiterMemory, string][] => {
    const network = networkOf(address);
    const name = login && digest([login.tenant, plainest(login.name)]);
    return [[byAddress, network], ...(name ? [[byLogin, name], [byPair, `${name} ${network}`]] satisfies [RateLimiterMemory, string][] : [])];
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

/**
 * A login as no two are written that any database takes for the same: which letters are one in small and capitals is its
 * own matter, and "İ" is an "i" to some. Whoever could choose between such would have as many attempts again with each.
 */
const plainest = (login: string): string => login.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase();

const digest = (parts: string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
