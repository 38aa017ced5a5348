import type { Database } from '../../shared/database/database';
import { tenantNumbers } from '../../shared/database/tenants.queries';
import { apart, inSpan, jobOf } from '../../shared/tracing';
import { beginHistory } from '../competency-counts/keep-competency-counts';
import { onDeltas } from './announce';
import { buildMissing } from './build';
import { progressTeller } from './build-progress';
import { foldFor } from './fold';
import { sealSome } from './seal';
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

/**
 * Moves deltas into the stored sums in the background, one tenant after the other, and makes the stored sums that are
 * missing, of a new hierarchy say. Several processes may do so: the lock of a tenant's sums lets one work at a time.
 */
export function startFolder(options: FolderOptions): Folder {
  const { database, patience = 200, round = 10_000, onError = () => undefined } = options;
  const waiting = new Set<number>();
  /** The tenants whose roster's history is known to be kept: of those from before there was any, it is begun. */
  const withHistory = new Set<number>();
  /** The tenants that a round came by, and whose months that are over it looks at. */
  const toSeal = new Set<number>();
  let stopped = false;
  let working: Promise<void> | undefined;
  let soon: NodeJS.Timeout | undefined;

  /** Tells how far it is, to /metrics and to whoever asks the graph. */
  const buildFor = async (tenantId: number): Promise<void> => {
    const teller = progressTeller(database, { tenantId, startedAt: new Date() });
    try {
      const built = await database.transaction(tenantId, 'write', tx =>
        buildMissing(tx, (step, done, steps) => {
          teller.tell(step, done, steps);
          buildSteps.set(steps);
          buildStepsDone.set(done);
        }),
      );
      if (built.length > 0) builds.inc();
    } finally {
      buildSteps.set(0);
      buildStepsDone.set(0);
      await teller.written();
    }
  };

  const isToFold = (tenantId: number): void => {
    waiting.add(tenantId);
    startsToWait(tenantId, Date.now());
  };

  /** Some of it even where others wait, and the rest when nobody does. */
  const seal = async (tenantId: number): Promise<void> => {
    let more = toSeal.delete(tenantId);
    while (more) {
      more = await database.transaction(tenantId, 'write', tx => sealSome(tx, { now: new Date() }));
      if (stopped || waiting.size > 0) return;
    }
  };

  const work = async (): Promise<void> => {
    while (!stopped && waiting.size > 0) {
      const [tenantId] = waiting as unknown as [number];
      waiting.delete(tenantId);
      try {
        if (!withHistory.has(tenantId)) await database.transaction(tenantId, 'write', tx => beginHistory(tx, new Date()));
        withHistory.add(tenantId);
        await buildFor(tenantId);
        const announced = waitsNoMore(tenantId);
        const took = foldSeconds.startTimer();
        const fold = () => foldFor(database, tenantId, timesInTurn);
        const { folded, isLeft } = announced ? await inSpan(jobOf('fold', tenantId), fold) : await fold();
        if (folded > 0) took();
        foldedDeltas.inc(folded);
        await seal(tenantId);
        if (isLeft) isToFold(tenantId);
      } catch (error) {
        foldErrors.inc();
        onError(error); // the next round comes by again
      }
    }
  };
  const wake = (): void => {
    working ??= work().finally(() => (working = undefined));
  };
  const expect = (tenantId: number): void => {
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
        waiting.add(tenantId);
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
      stopped = true;
      deaf();
      clearInterval(rounds);
      clearTimeout(soon);
      await working;
    },
  };
}
