import type { RequestHandler } from 'express';
import { sendProblem } from './http';

/** One thing that must be well before a service can answer. */
export interface Check {
  name: string;
  /** Rejects, or returns what is wrong; undefined when all is well. */
  look(): Promise<string | undefined>;
}

const patience = 5_000;

/** GET /healthz: the process is alive and its event loop turns. */
export const alive: RequestHandler = (_request, response) => {
  response.json({ status: 'alive' });
};

/** GET /readyz: 200 when every check passes, else 503 with those that do not. */
export function readiness(checks: readonly Check[]): RequestHandler {
  // Anybody may ask, as often as they like: however many do at a time, the database is asked once.
  let looking: ReturnType<typeof failuresOf> | undefined;
  return async (_request, response) => {
    looking ??= failuresOf(checks).finally(() => (looking = undefined));
    const failing = await looking;
    if (failing.length === 0) {
      response.json({ status: 'ready', checks: checks.map(check => check.name) });
      return;
    }
    sendProblem(response, {
      status: 503,
      title: 'Not ready',
      detail: `Not ready: ${failing.map(({ name, reason }) => `${name} (${reason})`).join(', ')}.`,
      code: 'UNAVAILABLE',
      failing,
    });
  };
}

const failuresOf = async (checks: readonly Check[]): Promise<Failure[]> =>
  (await Promise.all(checks.map(failureOf))).filter(failure => failure !== undefined);

interface Failure {
  name: string;
  reason: string;
}

async function failureOf(check: Check): Promise<Failure | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>(resolve => {
    timer = setTimeout(resolve, patience, `no answer within ${patience / 1000} seconds`);
  });
  const looked = check.look().catch(() => 'cannot be reached');
  const reason = await Promise.race([looked, late]);
  clearTimeout(timer);
  return reason === undefined ? undefined : { name: check.name, reason };
}
