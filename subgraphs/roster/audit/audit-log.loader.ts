import type { Session } from '../../shared/database/session';
import { badInput } from '../../shared/errors';
import { personNumber, publicId } from '../../shared/identifiers';
import { checkFirst, noCursor, readPlace, writeCursor, type Page } from '../../shared/paging';
import { expiredBefore, laterOf, readRetention } from '../../shared/retention/retention';
import { selectAuditLog, type AuditLogRow } from './audit-log.queries';
import type { AuditLogConnection, AuditLogEntry } from './audit-log.type';

export interface AuditLogQuestion extends Page {
  actions?: string[] | null | undefined;
  performedById?: string | null | undefined;
  lastDays?: number | null | undefined;
}

const mostDays = 36_500;

/** A page of the tenant's audit log, newest first. */
export const auditLogLoader =
  ({ session, now }: { session: Session; now: Date }) =>
  async ({ first, after, actions, performedById, lastDays }: AuditLogQuestion): Promise<AuditLogConnection> => {
    checkFirst(first);
    const question = ['auditLog', actions ?? null, performedById ?? null, lastDays ?? null];
    const place = placeIn(after, question);
    const personId = performedById === null || performedById === undefined ? null : personNumber(performedById);
    if (typeof performedById === 'string' && personId === null) return shown([], { first, question });
    if (lastDays !== null && lastDays !== undefined && (lastDays < 0 || lastDays > mostDays)) {
      throw badInput(`lastDays must be from 0 to ${mostDays}, not ${lastDays}.`);
    }
    const tx = await session.read();
    const { auditLogDays } = await readRetention(tx);
    const since = laterOf(expiredBefore(now, auditLogDays), expiredBefore(now, lastDays ?? null));
    const rows = await selectAuditLog(tx, {
      ...{ actions: actions ?? null, personId, since, limit: first + 1 },
      after: place,
    });
    return shown(rows, { first, question });
  };

/** Where the page before ended. */
function placeIn(after: string | null | undefined, question: unknown): [moment: string, id: string] | null {
  const place = readPlace(after, question, { moment: 'moment', id: 'text' });
  if (!place) return null;
  const { moment, id } = place;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw noCursor();
  return [moment, id];
}

function shown(rows: AuditLogRow[], { first, question }: { first: number; question: unknown }): AuditLogConnection {
  const page = rows.slice(0, first);
  const last = page.at(-1);
  return {
    nodes: page.map(shownEntry),
    pageInfo: { hasNextPage: rows.length > first, endCursor: last ? writeCursor([last.moment, last.id], question) : null },
  };
}

const shownEntry = (row: AuditLogRow): AuditLogEntry => ({
  id: row.id,
  createdAt: row.recorded_at,
  action: row.action,
  performedById: row.person_id === null ? null : publicId('person', row.person_id),
  login: row.login,
  byPlatform: row.by_platform,
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  details: row.details,
  address: row.address,
  userAgent: row.agent,
});
