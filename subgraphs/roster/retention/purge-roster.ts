import { deleteAll, type Purge } from '../../shared/retention/purge';
import { expiredBefore } from '../../shared/retention/retention';
import { deleteLog, deletePayloads } from './purge-roster.queries';

export const purgeActivityLog: Purge = async tools => {
  const before = expiredBefore(tools.now, tools.retention.activityLogDays);
  if (before) await deleteAll(tools, 'activity_log', (tx, most) => deleteLog(tx, before, most));
};

/** Pieces are a quarter of a megabyte each. */
const piecesAtOnce = 100;

/** The contents of imported files; that they were sent, and what became of them, stays. */
export const purgeImports: Purge = async tools => {
  const before = expiredBefore(tools.now, tools.retention.importDays);
  if (before) await deleteAll(tools, 'import_chunks', tx => deletePayloads(tx, before, piecesAtOnce));
};
