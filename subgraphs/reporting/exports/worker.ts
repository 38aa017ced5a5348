import type { Database } from '../../shared/database/database';
import { tenantNumbers } from '../../shared/database/tenants.queries';
import { isBusy, isUnavailable, Problem } from '../../shared/errors';
import { Stopped, startTenantQueue, type TenantQueue } from '../../shared/queue/tenant-queue';
import { arrivedExports } from './announce';
import { exportSeconds, madeExports } from './exports.metrics';
import { keptFor, Overtaken, quietly } from './make';
import { Maker, Unheard } from './maker';
import { endTry, selectInLine, type Try } from './making.queries';
import { purgeExpiredExports } from './purge';

export interface WorkerOptions {
  database: Database;
  now?: () => Date;
  /** Milliseconds between two rounds over all tenants, for what other processes accepted or left behind. */
  round?: number;
  /** Milliseconds between two purges of what has expired. */
  purgeEvery?: number;
  /** Megabytes of objects for a file that is being made; enough when omitted. */
  megabytes?: number;
  onError?: (error: unknown) => void;
}

/** Files that are made at the same time in a process: a large one must not hold up the small ones. */
const atOnce = 2;
/** Milliseconds: the sorting of a million names takes its time. */
const statementTimeout = 15 * 60_000;
/** Tries that break off by a fault of ours; and all tries, those that were killed too. */
const mostFaults = 3;
const mostTries = 10;

/** Makes report files in the background, each tenant's in the order they were asked for, and removes those that expire. */
export function startExports(options: WorkerOptions): TenantQueue {
  const { database, now = () => new Date(), round = 10_000, purgeEvery = 3_600_000, onError = () => undefined } = options;
  // With connections of its own: the requests' are few, and their time is short.
  const maker = new Maker(database, { statementTimeout, megabytes: options.megabytes });
  let stopping = false;

  const workNext = async (tenantId: number, refuse: () => void): Promise<boolean> => {
    const waiting = await database.transaction(tenantId, 'read', selectInLine);
    for (const id of waiting) {
      refuse();
      if (maker.isAt(id, tenantId)) continue;
      const did = await workOn(database, id, { tenantId, now, maker, isStopping: () => stopping, onError });
      if (did === 'ended') return true;
    }
    return false;
  };
  const queue = startTenantQueue({
    ...{ round, atOnce, onError, workNext },
    arrivals: arrivedExports,
    tenants: () => tenantNumbers(database),
  });
  let purging: Promise<unknown> = Promise.resolve();
  const purge = (): void => void (purging = purgeExpiredExports(database, now()).catch(onError));
  purge();
  const purges = setInterval(purge, purgeEvery).unref();

  return {
    stop: async () => {
      clearInterval(purges);
      const stopped = queue.stop();
      stopping = true;
      maker.stop();
      await stopped;
      await maker.end();
      await purging;
    },
  };
}

interface Work {
  tenantId: number;
  now: () => Date;
  maker: Maker;
  isStopping: () => boolean;
  onError: (error: unknown) => void;
}

/** What became of one try: the file's end, good or bad; nothing, since it is another's; or it is tried again later. */
type Did = 'ended' | 'nothing' | 'later';

async function workOn(database: Database, id: number, { tenantId, now, maker, isStopping, onError }: Work): Promise<Did> {
  let mine: Try | undefined;
  const took = exportSeconds.startTimer();
  try {
    const made = await maker.make({ id, tenantId, mostTries, now, onTry: tries => (mine = { id, tries }) });
    if (!made) return 'nothing';
    took();
    madeExports.inc({ outcome: 'completed' });
    return 'ended';
  } catch (error) {
    if (error instanceof Overtaken) return 'ended';
    const stopped = isStopping() || error instanceof Stopped;
    if (!mine || error instanceof Unheard) throw stopped ? new Stopped() : error;
    const begun = mine;
    const reason = stopped ? null : reasonOf(error, begun.tries);
    const at = now();
    const failed = reason === null ? null : { reason, now: at, expiresAt: new Date(at.getTime() + keptFor) };
    await quietly(database, tenantId, tx => endTry(tx, begun, failed));
    if (stopped) throw new Stopped();
    if (failed) madeExports.inc({ outcome: 'failed' });
    if (!(error instanceof Problem)) onError(error);
    return failed ? 'ended' : 'later';
  }
}

const isOutOfMemory = (error: unknown): boolean => (error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY';

/** What its requester is told, where it makes no sense to try again; null where it does. */
function reasonOf(error: unknown, tries: number): string | null {
  if (error instanceof Problem && error.code !== 'UNAVAILABLE') return error.message;
  if (tries >= mostTries) return 'This file could not be made. Please ask for it again later, or for less at once.';
  if (tries >= mostFaults && isOutOfMemory(error)) return 'This file takes more memory than there is for one. Please ask for it of a node further down.';
  const passing = isUnavailable(error) || isBusy(error) || error instanceof Problem;
  return passing || tries < mostFaults ? null : 'Something went wrong on our side.';
}
