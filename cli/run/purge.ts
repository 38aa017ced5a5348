import type { Logger } from 'pino';
import { purgeStatuses } from '../../subgraphs/competency/retention/purge-statuses';
import { purgeStoredFigures } from '../../subgraphs/reporting/analytics/stored/purge-stored';
import { utcDay } from '../../subgraphs/reporting/retention/kept-figures';
import { purgeEventIds, purgeRawActivity } from '../../subgraphs/reporting/retention/purge-activity';
import { purgeFigures } from '../../subgraphs/reporting/retention/purge-figures';
import { isBehind } from '../../subgraphs/reporting/retention/raw-activity.queries';
import { purgeActivityLog, purgeImports } from '../../subgraphs/roster/retention/purge-roster';
import type { Database } from '../../subgraphs/shared/database/database';
import { tenantNumbers } from '../../subgraphs/shared/database/tenants.queries';
import { isUnavailable } from '../../subgraphs/shared/errors';
import { dropExpiredPartitions, type ExpiringTable } from '../../subgraphs/shared/retention/expired-partitions';
import { LedElsewhere, purgeTools, type Purge } from '../../subgraphs/shared/retention/purge';
import { purgeAuditLog } from '../../subgraphs/shared/retention/purge-audit-log';
import { expiredBefore, hoursBefore } from '../../subgraphs/shared/retention/retention';
import { moveForward } from '../../subgraphs/shared/retention/retention.queries';

/** Raw activity before the figures that are compared with it. */
const purges: readonly Purge[] = [
  purgeRawActivity,
  purgeEventIds,
  tools => purgeFigures(tools, from => purgeStatuses(tools, from)),
  purgeStoredFigures,
  purgeActivityLog,
  purgeImports,
  purgeAuditLog,
];

/** Tables whose partitions go as a whole once all that is in them has expired. */
const expiringTables: readonly ExpiringTable[] = [
  {
    table: 'activity_events',
    expiredBefore: ({ rawActivityHours }, now) =>
      rawActivityHours === null ? null : new Date(utcDay(hoursBefore(now, rawActivityHours))),
    stays: (tx, before) => isBehind(tx, before),
    gone: (tx, before) => moveForward(tx, { rawFrom: utcDay(before) }),
  },
  { table: 'audit_log', expiredBefore: ({ auditLogDays }, now) => expiredBefore(now, auditLogDays) },
];

export interface PurgeAllParts {
  now: Date;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Rows that one transaction deletes at most; the usual number when omitted. */
  most?: number;
}

/**
 * Purges what has expired, of all tenants, as the tables' owner. Ended at any moment and begun again, it goes on where it
 * was. While another process is at it, this one leaves it to that one. Returns whether it came to the end; where a
 * tenant's could not be purged, it rejects once the others' were.
 */
export async function purgeAll(owner: Database, { now, log, most }: PurgeAllParts): Promise<boolean> {
  try {
    const dropped = await dropExpiredPartitions(owner, { tables: expiringTables, now, log });
    if (dropped.length > 0) log.info({ partitions: dropped }, 'dropped expired partitions');
    const tenants = await tenantNumbers(owner);
    const failures: unknown[] = [];
    for (const tenantId of tenants) {
      try {
        const tools = await purgeTools({ owner, tenantId, now, ...(most === undefined ? {} : { most }) });
        for (const purge of purges) await purge(tools);
      } catch (error) {
        if (error instanceof LedElsewhere || isUnavailable(error)) throw error;
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `of ${failures.length} tenants not all could be purged`);
    return true;
  } catch (error) {
    if (error instanceof LedElsewhere) return false;
    throw error;
  }
}
