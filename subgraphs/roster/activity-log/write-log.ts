import { platformTenant } from '../../../migrations/row-level-security';
import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { insertLog } from './activity-log.queries';
import type { LogEntry, Performer } from './log-entry';

export const performerOf = ({ personId, tenantId, actsForPlatform }: Caller): Performer => ({
  personId,
  tenantId: actsForPlatform ? platformTenant : tenantId,
});

/** Writes what was done to the log, in the transaction that does it. */
export async function writeLog(
  tx: Transaction,
  { caller, now }: { caller: Caller; now: Date },
  entries: readonly LogEntry[],
): Promise<void> {
  if (entries.length > 0) await insertLog(tx, { entries, performer: performerOf(caller), now });
}
