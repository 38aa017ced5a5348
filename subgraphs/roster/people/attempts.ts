import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../../shared/limits/network';

const quarterOfAnHour = 900;

/** Failed attempts in a quarter of an hour after which there are no more: whoever guesses, from wherever, gets nowhere. */
export const mostAttempts = { loginFromAddress: 10, login: 50, address: 100 } as const;

/** Failures of one kind at one client that the audit log tells of in a quarter of an hour: it is no way to fill the database. */
export const mostTold = 50;

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
  /** Whether a failure that is known by a client and a reason is to be told of: as one of several, as the last, or not. */
  tell(client: string, reason: string): Promise<'one' | 'last' | 'none'>;
}

/** Counted before they are tried, so that many at once are no way round. In this process's memory. */
export function countAttempts(): Attempts {
  const limiter = (points: number, keyPrefix: string) => new RateLimiterMemory({ points, duration: quarterOfAnHour, keyPrefix });
  const byPair = limiter(mostAttempts.loginFromAddress, 'pair');
  const byLogin = limiter(mostAttempts.login, 'login');
  const byAddress = limiter(mostAttempts.address, 'address');
  const told = limiter(mostTold, 'told');

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
    tell: async (client, reason) => {
      const { consumedPoints } = await told.penalty(digest([client, reason]));
      return consumedPoints < mostTold ? 'one' : consumedPoints === mostTold ? 'last' : 'none';
    },
  };
}

/**
 * A login as no two are written that any database takes for the same: which letters are one in small and capitals is its
 * own matter, and "İ" is an "i" to some. Whoever could choose between such would have as many attempts again with each.
 */
const plainest = (login: string): string => login.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase();

const digest = (parts: string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
