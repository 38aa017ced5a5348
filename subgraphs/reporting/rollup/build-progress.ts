import type { Database } from '../../shared/database/database';
import type { Progress } from './build';
import { writeBuildProgress } from './build-progress.queries';

export interface ProgressTeller {
  tell: Progress;
  /** Resolves once all that was told is written. */
  written(): Promise<void>;
}

/**
 * Writes the steps of a build down as they come, each in a transaction of its own: the build's own shows nothing to
 * others before it ends. Progress that cannot be written stops no build.
 */
export function progressTeller(database: Database, { tenantId, startedAt }: { tenantId: number; startedAt: Date }): ProgressTeller {
  let last: Promise<unknown> = Promise.resolve();
  return {
    tell: (step, done, steps) => {
      const write = () =>
        database.transaction(tenantId, 'write', tx => {
          tx.keepVersion(); // no figure changes
          return writeBuildProgress(tx, { step, done, steps, startedAt });
        });
      last = last.then(write).catch(() => undefined);
    },
    written: async () => void (await last),
  };
}
