import { lockLoad } from '../../../hierarchy/published';
import type { Database } from '../../../shared/database/database';
import { tenantNumbers } from '../../../shared/database/tenants.queries';
import { isBusy, isUnavailable } from '../../../shared/errors';
import { inSpan, jobOf } from '../../../shared/tracing';
import { Stopped, startTenantQueue, type TenantQueue } from '../../../shared/queue/tenant-queue';
import { arrivedImports } from './announce';
import { applyFile } from './apply';
import { countFailedTry, lockLine, markProcessed, selectNextInLine, updateProgress } from './apply.queries';
import { readPayload } from './payload';

export interface QueueOptions {
  database: Database;
  now?: () => Date;
  /** Milliseconds between two rounds over all tenants, for what other processes accepted or left behind. */
  round?: number;
  onError?: (error: unknown) => void;
}

/** Tries of a file that this program itself makes fail; those that the database cuts short do not count. */
const mostTries = 5;

/**
 * Works off accepted files in the background, one tenant after the other and each tenant's in the order they were
 * accepted. A file is applied in one transaction that also says so: killed in the middle, it has not happened, and the
 * lock that keeps other processes away is gone with it.
 */
export function startImportQueue(options: QueueOptions): TenantQueue {
  const { database, now = () => new Date(), round = 10_000, onError = () => undefined } = options;
  return startTenantQueue({
    ...{ round, onError },
    arrivals: arrivedImports,
    tenants: () => tenantNumbers(database),
    workNext: (tenantId, refuse) => processNext(database, { tenantId, now, refuse }),
  });
}

interface Processing {
  tenantId: number;
  now: () => Date;
  /** Throws where the work is to be broken off. */
  refuse: () => void;
}

/** Applies the tenant's next file; false where there is none, or another process is at it. */
async function processNext(database: Database, { tenantId, now, refuse }: Processing): Promise<boolean> {
  let importId: number | undefined;
  try {
    return await database.transaction(tenantId, 'write', async tx => {
      const next = (await lockLine(tx)) ? await selectNextInLine(tx) : undefined;
      if (!next) {
        tx.keepVersion();
        return false;
      }
      importId = next.id;
      await lockLoad(tx); // bundles make people too: they and we take turns
      const applying = { importId, now: now() };
      const file = {
        ...applying,
        bytes: readPayload(database, tenantId, importId),
        onProgress: async (records: number) => {
          refuse();
          await progress(database, { tenantId, importId: applying.importId, records });
        },
      };
      await inSpan(jobOf('student group file', tenantId), () => applyFile(tx, file));
      await markProcessed(tx, { ...applying, now: now() });
      return true;
    });
  } catch (error) {
    if (importId !== undefined && !(error instanceof Stopped) && !isUnavailable(error) && !isBusy(error)) {
      const failed = { importId, now: now(), most: mostTries };
      await database.transaction(tenantId, 'write', tx => {
        tx.keepVersion();
        return countFailedTry(tx, failed);
      });
    }
    throw error;
  }
}

/** In a transaction of its own: it is seen while the file is still being applied. */
const progress = (
  database: Database,
  { tenantId, importId, records }: { tenantId: number; importId: number; records: number },
): Promise<void> =>
  database.transaction(tenantId, 'write', tx => {
    tx.keepVersion();
    return updateProgress(tx, importId, records);
  });
