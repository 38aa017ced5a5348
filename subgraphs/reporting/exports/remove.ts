import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { deleteExport, type ExportRow } from './export.queries';
import { requesterOf } from './requester';

/** Removes a file of the caller's; undefined where there is none. */
export async function removeExport(
  tx: Transaction,
  { id, caller, now }: { id: number; caller: Caller; now: Date },
): Promise<ExportRow | undefined> {
  tx.keepVersion();
  return deleteExport(tx, { id, requester: requesterOf(caller), now });
}
