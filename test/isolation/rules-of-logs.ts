import { anything, itself, reader, refuse, tenantAdmin, type Judging, type Rule } from './judging';
import { pageOf, pageSize, placeOf, text, type Connection } from './pages';
import { belongs } from './rules-of-rosters';
import { coveredClasses } from './worlds-of-callers';
import { hierarchies, now, type WorldDeed, type WorldLogLine, type WorldTenant } from './world';

const since = (lastDays: number | null | undefined): string =>
  lastDays === null || lastDays === undefined ? '' : new Date(now.getTime() - lastDays * 86_400_000).toISOString();

interface AskedLog {
  classId?: string | null;
  studentId?: string | null;
  performedById?: string | null;
  actions?: string[] | null;
  lastDays?: number | null;
  first?: number | null;
  after?: string | null;
}

/** A line outlives whom it names: an id is known where somebody has it, or a line. */
function refuseUnknown({ classes, people, log }: WorldTenant, { classId, studentId, performedById }: AskedLog): void {
  const known = {
    class: [...classes, ...log.map(({ klass }) => klass)],
    student: [...people, ...log.map(({ student }) => student)],
    performer: [...people, ...log.map(({ performer }) => performer)],
  };
  const unknown = (id: string | null | undefined, among: ({ id: string } | null)[]) => id && !among.some(one => one?.id === id);
  const asked = [[classId, known.class], [studentId, known.student], [performedById, known.performer]] as const;
  if (asked.some(([id, among]) => id === '' || unknown(id, among))) refuse('NOT_FOUND');
}

function activityLog(asked: AskedLog, judging: Judging): Connection<WorldLogLine> {
  reader(judging);
  const { caller, cursors } = judging;
  const { tenant } = caller;
  const { classId = null, studentId = null, performedById = null, actions = null, lastDays = null, first, after } = asked;
  const question = JSON.stringify(['activityLog', classId, studentId, performedById, actions, lastDays]);
  pageSize(first);
  placeOf(cursors, { after, question });
  if (lastDays !== null && (lastDays < 1 || lastDays > 36_500)) refuse('BAD_USER_INPUT');
  refuseUnknown(tenant, asked);
  const sees = (klass: WorldLogLine['klass']) =>
    coveredClasses(caller).has(klass) || (caller.roles.has('TEACHER') && belongs(caller, 'TEACHER', klass));
  if (classId !== null && !sees(tenant.classes.find(({ id }) => id === classId)!)) refuse('FORBIDDEN');
  const list = tenant.log.filter(({ klass, student, performer, action, createdAt }) =>
    sees(klass) && (classId ?? klass.id) === klass.id && (studentId === null || student?.id === studentId) &&
    (performedById ?? performer.id) === performer.id && (actions?.includes(action) ?? true) && createdAt >= since(lastDays));
  const compare = (a: WorldLogLine, b: WorldLogLine) => text(b.createdAt, a.createdAt);
  return pageOf({ list, first, after, question, cursors, compare, told: () => null });
}

function auditLog(asked: AskedLog, judging: Judging): Connection<WorldDeed> {
  tenantAdmin(judging);
  const { caller, cursors } = judging;
  const { actions = null, performedById = null, lastDays = null, first, after } = asked;
  // What is done while the world is attacked stands there, too: only what rests is asked for.
  if (!actions) throw new Error('the audit log is asked for by action here');
  const question = JSON.stringify(['auditLog', actions, performedById, lastDays]);
  pageSize(first);
  placeOf(cursors, { after, question });
  const isPerson = performedById === null || /^p0[0-9a-z]{5}$/.test(performedById);
  if (isPerson && lastDays !== null && (lastDays < 0 || lastDays > 36_500)) refuse('BAD_USER_INPUT');
  const list = caller.tenant.deeds.filter(({ action, person, at }) =>
    actions.includes(action) && (performedById === null || person?.id === performedById) && at >= since(lastDays));
  return pageOf({ list, first, after, question, cursors, compare: (a, b) => text(b.at, a.at), told: () => null });
}

interface OrgType {
  orgType: string;
  groupType: string | null;
  isDefault: boolean;
}

/** From the widest; what the tenant has not said is the level of that name. */
export function orgTypesOf({ ownHierarchy, orgTypes }: WorldTenant): OrgType[] {
  const isThere = hierarchies[ownHierarchy]!.levels.some(([, type]) => type === 'school_district');
  const district = isThere ? 'school_district' : 'district';
  const defaults = { national: 'country', state: 'state', district, local: district, school: 'school', department: null };
  return Object.entries(defaults).map(([orgType, groupType]) => {
    const isDefault = !(orgType in orgTypes);
    return { orgType, groupType: isDefault ? groupType : orgTypes[orgType]!, isDefault };
  });
}

/** What was changed in rosters, what was done and refused, what orgs become. */
export const rulesOfLogs: Record<string, Rule> = {
  'Query.activityLog': (_, asked, judging) => activityLog(asked, judging),
  'ActivityLogConnection.nodes': ({ page }: Connection<WorldLogLine>) => page,
  'ActivityLogConnection.pageInfo': itself,
  'ActivityLogConnection.totalCount': ({ totalCount }: Connection<WorldLogLine>) => totalCount,
  'ActivityLogEntry.id': () => anything,
  'ActivityLogEntry.action': ({ action }: WorldLogLine) => action,
  'ActivityLogEntry.classId': ({ klass }: WorldLogLine) => klass.id,
  'ActivityLogEntry.userId': ({ user }: WorldLogLine) => user.id,
  'ActivityLogEntry.studentId': ({ student }: WorldLogLine) => student?.id ?? null,
  'ActivityLogEntry.performedById': ({ performer }: WorldLogLine) => performer.id,
  'ActivityLogEntry.metadata': ({ metadata }: WorldLogLine) => metadata,
  'ActivityLogEntry.createdAt': ({ createdAt }: WorldLogLine) => createdAt,
  'Query.auditLog': (_, asked, judging) => auditLog(asked, judging),
  'AuditLogConnection.nodes': ({ page }: Connection<WorldDeed>) => page,
  'AuditLogConnection.pageInfo': itself,
  'AuditLogEntry.id': () => anything,
  'AuditLogEntry.createdAt': ({ at }: WorldDeed) => at,
  'AuditLogEntry.action': ({ action }: WorldDeed) => action,
  'AuditLogEntry.performedById': ({ person }: WorldDeed) => person?.id ?? null,
  'AuditLogEntry.login': ({ person, byPlatform }: WorldDeed) => (person && !person.deleted && !byPlatform ? person.login : null),
  'AuditLogEntry.byPlatform': ({ byPlatform }: WorldDeed) => byPlatform,
  'AuditLogEntry.resourceType': () => null,
  'AuditLogEntry.resourceId': ({ resourceId }: WorldDeed) => resourceId,
  'AuditLogEntry.details': ({ details }: WorldDeed) => details,
  'AuditLogEntry.address': ({ address }: WorldDeed) => address,
  'AuditLogEntry.userAgent': ({ agent }: WorldDeed) => agent,
  'Query.orgTypes': (_, __, judging) => {
    tenantAdmin(judging);
    return orgTypesOf(judging.caller.tenant);
  },
  'OrgTypeMapping.orgType': ({ orgType }: OrgType) => orgType,
  'OrgTypeMapping.groupType': ({ groupType }: OrgType) => groupType,
  'OrgTypeMapping.isDefault': ({ isDefault }: OrgType) => isDefault,
};
