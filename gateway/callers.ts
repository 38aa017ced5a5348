import type { RequestHandler, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { VerifyToken } from '../subgraphs/shared/access/token';
import { Problem } from '../subgraphs/shared/errors';
import { networkOf } from '../subgraphs/shared/limits/network';
import { credentialsOf } from '../subgraphs/shared/subgraph/http';
import { recordCaller, recordOf } from '../subgraphs/shared/subgraph/request-record';
import type { Pace } from './pace';

const seconds = 10;

/** Whoever has no token that holds, by where they are. */
const strangerAt = (address: string | undefined): string => `at ${networkOf(address)}`;

/**
 * Nothing of a request is read for somebody without a token that holds; the subgraphs ask again, and who it is. Who tries
 * many tokens waits for each refusal, and is told to come back later where there were too many.
 */
export const identified =
  (verifyToken: VerifyToken, { pace, often }: { pace: Pace; often: Often }): RequestHandler =>
  async (request, response, next) => {
    const { token, address, actingTenant } = credentialsOf(request);
    try {
      const claims = await verifyToken(token);
      response.locals.caller = JSON.stringify([claims.tenant, claims.subject]);
      recordCaller(recordOf(response), claims, actingTenant);
    } catch (error) {
      await pace(strangerAt(address));
      await often(strangerAt(address));
      throw error;
    }
    next();
  };

/** Each caller's requests are read one after the other, and callers in turn. */
export const paced =
  (pace: Pace): RequestHandler =>
  async (_request, response, next) => {
    await pace(callerKey(response));
    next();
  };

/** For routes that find out themselves who asks: whoever has no token that holds is known by the address. */
export const knownOrNot =
  (verifyToken: VerifyToken): RequestHandler =>
  async (request, response, next) => {
    const { token, address, actingTenant } = credentialsOf(request);
    const claims = token === undefined ? undefined : await verifyToken(token).catch(() => undefined);
    response.locals.caller = claims ? JSON.stringify([claims.tenant, claims.subject]) : strangerAt(address);
    if (claims) recordCaller(recordOf(response), claims, actingTenant);
    next();
  };

/** Who sent the request that is being answered, for limits. */
export const callerKey = (response: Response): string => String(response.locals.caller);

/** Counts a request of somebody; rejects where they ask too often, with the time after which to come back. */
export type Often = (caller: string) => Promise<void>;

/** So many in ten seconds, in this process's memory. */
export function countRequests(requests: number): Often {
  if (requests === 0) return () => Promise.resolve();
  const limiter = new RateLimiterMemory({ points: requests, duration: seconds });
  return async caller => {
    try {
      await limiter.consume(caller);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfter = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
      const message = `These are more than ${requests} requests in ${seconds} seconds. Please try again in ${retryAfter} s.`;
      throw new Problem('RATE_LIMITED', message, { retryAfter });
    }
  };
}

export const notTooOften =
  (often: Often): RequestHandler =>
  async (_request, response, next) => {
    await often(callerKey(response));
    next();
  };

/**
 * Of one caller some requests go on at the same time; the others wait until one of those has ended, unread, and more than
 * may wait are refused. However many exports or uploads somebody begins, others still find a connection.
 */
export function someAtOnce({ most, waiting: mostWaiting }: { most: number; waiting: number }): RequestHandler {
  const going = new Map<string, { count: number; waiting: Set<() => void> }>();
  return (_request, response, next) => {
    const caller = callerKey(response);
    const own = going.get(caller) ?? { count: 0, waiting: new Set() };
    going.set(caller, own);
    const begin = (): void => {
      own.waiting.delete(begin);
      own.count++;
      response.once('close', () => {
        own.count--;
        const [first] = own.waiting;
        if (first) first();
        else if (own.count === 0) going.delete(caller);
      });
      next();
    };
    if (own.count < most) return begin();
    if (own.waiting.size >= mostWaiting) throw tooManyWait(mostWaiting);
    own.waiting.add(begin);
    response.once('close', () => own.waiting.delete(begin)); // gone while it waited
  };
}

/** Of one caller only so many bodies may be on their way: whoever sends them slowly keeps a connection with each. */
export function bodiesAtOnce(most: number, read: RequestHandler): RequestHandler {
  const going = new Map<string, number>();
  return (request, response, next) => {
    const caller = callerKey(response);
    const count = going.get(caller) ?? 0;
    if (count >= most) throw tooManyWait(most);
    going.set(caller, count + 1);
    let isThere = false;
    const there = (): void => {
      if (isThere) return;
      isThere = true;
      const left = going.get(caller)! - 1;
      if (left === 0) going.delete(caller);
      else going.set(caller, left);
    };
    response.once('close', there);
    return read(request, response, error => {
      there();
      next(error);
    });
  };
}

const tooManyWait = (most: number): Problem =>
  new Problem('RATE_LIMITED', `${most} of your requests are waiting already.`, { retryAfter: 1 });
