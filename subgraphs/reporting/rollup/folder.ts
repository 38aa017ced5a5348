import type { Database } from '../../shared/database/database';
import { platformTenant } from '../../../migrations/row-level-security';
import { onDeltas } from './announce';
import { buildMissing } from './build';
import { foldAll } from './fold';
import { selectTenantNumbers } from './folder.queries';

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

/**
 * Moves deltas into the stored sums in the background, one tenant after the other, and makes the stored sums that are
 * missing, of a new hierarchy say. Several processes may do so: the lock of a tenant's sums lets one work at a time.
 */
export function startFolder(options: FolderOptions): Folder {
  const { database, patience = 200, round = 10_000, onError = () => undefined } = options;
  const waiting = new Set<number>();
  let stopped = false;
  let working: Promise<void> | undefined;
  let soon: NodeJS.Timeout | undefined;

  const work = async (): Promise<void> => {
    while (!stopped && waiting.size > 0) {
      const [tenantId] = waiting as unknown as [number];
      waiting.delete(tenantId);
      try {
        await database.transaction(tenantId, 'write', buildMissing);
        await foldAll(database, tenantId);
      } catch (error) {
        onError(error); // the next round comes by again
      }
    }
  };
  const wake = (): void => {
    working ??= work().finally(() => (working = undefined));
  };
  const expect = (tenantId: number): void => {
    waiting.add(tenantId);
    soon ??= setTimeout(() => {
      soon = undefined;
      wake();
    }, patience).unref();
  };
  const goRound = async (): Promise<void> => {
    try {
      const tenants = await database.transaction(platformTenant, 'read', selectTenantNumbers);
      for (const tenantId of tenants) waiting.add(tenantId);
      wake();
    } catch (error) {
      onError(error);
    }
  };
  const rounds = setInterval(() => void goRound(), round).unref();
  const deaf = onDeltas(expect);
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
