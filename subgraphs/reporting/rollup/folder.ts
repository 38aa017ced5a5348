import type { Database } from '../../shared/database/database';
import { tenantNumbers } from '../../shared/database/tenants.queries';
import { apart, inSpan, jobOf } from '../../shared/tracing';
import { beginHistory } from '../competency-counts/keep-competency-counts';
import { onDeltas } from './announce';
import { buildMissing, type Progress } from './build';
import { progressTeller } from './build-progress';
import { foldFor } from './fold';
import { Lane } from './lane';
import { sealSome } from './seal';
import { isLockedOut, lockStoredSoon } from './stored.queries';
import { buildSteps, buildStepsDone, builds, foldedDeltas, foldErrors, foldSeconds, startsToWait, waitsNoMore } from './folding.metrics';

export interface FolderOptions {
  database: Database;
  /** Milliseconds between an announcement and the fold: what comes in between is folded with it. */
  patience?: number;
  /** Milliseconds between two rounds over all tenants, for what other processes accepted or left behind. */
  round?: number;
  onError?: (error: unknown) => void;
}

export interface Folder {
  /** Ends once the fold under way has ended. */
  stop(): Promise<void>;
}

/** Transactions for one tenant before it is the next one's turn: one that is sent to without end holds up nobody. */
const timesInTurn = 4;

/** Milliseconds until a tenant's turn comes again whose sums somebody else was at. */
const elsewhere = 1_000;

/**
 * Moves deltas into the stored sums in the background, one tenant after the other. The stored sums that are missing, of a
 * new hierarchy say, are made in a lane of their own: that may take many minutes. Several processes may do so: the lock
 * of a tenant's sums lets one work at a time, and who finds it held goes on with other tenants.
 */
export function startFolder(options: FolderOptions): Folder {
  const { database, patience = 200, round = 10_000, onError = () => undefined } = options;
  /** The tenants whose roster's history is known to be kept: of those from before there was any, it is begun. */
  const withHistory = new Set<number>();
  /** The tenants that a round came by, and whose months that are over it looks at. */
  const toSeal = new Set<number>();
  /** The tenant whose stored sums this process makes now. */
  let built: number | undefined;

  const laneOf = (work: (tenantId: number) => Promise<void>): Lane => {
    const lane: Lane = new Lane(async tenantId => {
      try {
        await work(tenantId);
      } catch (error) {
        if (isLockedOut(error)) return lane.addLater(tenantId, elsewhere);
        foldErrors.inc();
        onError(error); // the next round comes by again
      }
    });
    return lane;
  };

  /** Tells how far it is, to /metrics and to whoever asks the graph. */
  const buildFor = async (tenantId: number): Promise<void> => {
    const teller = progressTeller(database, { tenantId, startedAt: new Date() });
    const progress: Progress = (step, done, steps) => {
      built = tenantId;
      teller.tell(step, done, steps);
      buildSteps.set(steps);
      buildStepsDone.set(done);
    };
    try {
      const made = await database.transaction(tenantId, 'write', tx => buildMissing(tx, { progress, lock: lockStoredSoon }));
      if (made.length === 0) return;
      builds.inc();
      isToFold(tenantId); // what has come meanwhile
      folding.wake();
    } finally {
      built = undefined;
      buildSteps.set(0);
      buildStepsDone.set(0);
      await teller.written();
    }
  };
  const building = laneOf(async tenantId => {
    if (!withHistory.has(tenantId)) await database.transaction(tenantId, 'write', tx => beginHistory(tx, new Date()));
    withHistory.add(tenantId);
    await buildFor(tenantId);
  });

  /** Some of it even where others wait, and the rest when nobody does. */
  const seal = async (tenantId: number): Promise<void> => {
    let more = toSeal.delete(tenantId);
    while (more) {
      more = await database.transaction(tenantId, 'write', tx => sealSome(tx, { now: new Date(), lock: lockStoredSoon }));
      if (folding.isWaitedFor) return;
    }
  };
  const folding = laneOf(async tenantId => {
    if (built === tenantId) return folding.addLater(tenantId, elsewhere);
    const since = waitsNoMore(tenantId);
    try {
      const took = foldSeconds.startTimer();
      const fold = () => foldFor(database, tenantId, { times: timesInTurn, lock: lockStoredSoon });
      const { folded, isLeft } = since === undefined ? await fold() : await inSpan(jobOf('fold', tenantId), fold);
      if (folded > 0) took();
      foldedDeltas.inc(folded);
      if (isLeft) isToFold(tenantId);
    } catch (error) {
      if (since !== undefined) startsToWait(tenantId, since); // as long as it has
      throw error;
    }
    await seal(tenantId);
  });
  const isToFold = (tenantId: number): void => {
    folding.add(tenantId);
    startsToWait(tenantId, Date.now());
  };

  const wake = (): void => {
    building.wake();
    folding.wake();
  };
  let soon: NodeJS.Timeout | undefined;
  const expect = (tenantId: number): void => {
    building.add(tenantId);
    isToFold(tenantId);
    soon ??= setTimeout(() => {
      soon = undefined;
      wake();
    }, patience).unref();
  };
  const goRound = async (): Promise<void> => {
    try {
      const tenants = await tenantNumbers(database);
      for (const tenantId of tenants) {
        building.add(tenantId);
        folding.add(tenantId);
        toSeal.add(tenantId);
      }
      wake();
    } catch (error) {
      onError(error);
    }
  };
  const rounds = setInterval(() => void goRound(), round).unref();
  const deaf = onDeltas(tenantId => apart(() => expect(tenantId)));
  void goRound();

  return {
    stop: async () => {
      deaf();
      clearInterval(rounds);
      clearTimeout(soon);
      await Promise.all([building.stop(), folding.stop()]);
    },
  };
}
