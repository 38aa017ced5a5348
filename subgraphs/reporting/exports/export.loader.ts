import type { Caller } from '../../shared/access/caller';
import type { Session } from '../../shared/database/session';
import { exportNumber } from '../../shared/identifiers';
import { selectExport, selectExports, type ExportRow } from './export.queries';
import { requesterOf } from './requester';

/** The caller's own files, and nobody else's. */
export const exportLoaders = ({ caller, session, now }: { caller: Caller; session: Session; now: Date }) => ({
  export: async (id: string): Promise<ExportRow | null> => {
    const number = exportNumber(id);
    if (number === null) return null;
    return (await selectExport(await session.read(), { id: number, requester: requesterOf(caller), now })) ?? null;
  },
  exports: async (page: { before: number | null; first: number }) =>
    selectExports(await session.read(), { requester: requesterOf(caller), now, ...page }),
});
