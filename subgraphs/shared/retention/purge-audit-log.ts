import { deleteAuditRows } from './audit-log.queries';
import { deleteAll, type Purge } from './purge';
import { expiredBefore } from './retention';

/** The audit log's own old rows; that they were purged is one of its new ones. */
export const purgeAuditLog: Purge = async tools => {
  const before = expiredBefore(tools.now, tools.retention.auditLogDays);
  if (before) await deleteAll(tools, 'audit_log', (tx, most) => deleteAuditRows(tx, before, most));
};
