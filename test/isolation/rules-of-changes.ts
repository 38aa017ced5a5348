import { anything, needsRole, nodeIn, refuse, tenantAdmin, usable, type Judging, type Rule } from './judging';
import { coveredClasses, isUsed, locate, parentOf } from './worlds-of-callers';
import { hierarchies, type WorldEvent, type WorldGroup, type WorldPerson, type WorldTenant } from './world';

/**
 * Mutations. Only those are sent that change nothing even where they are allowed (what is there already, another version
 * than the settings have): so the world stays as it is, and a refused one that changes something is found at the end.
 */
export class WouldChange extends Error {}
export const wouldChange = (what: string): never => {
  throw new WouldChange(`this would change ${what}`);
};

const personOf = ({ people }: WorldTenant, id: string): WorldPerson =>
  people.find(person => person.id === id && !person.deleted) ?? refuse('NOT_FOUND');
const groupOf = ({ groups }: WorldTenant, id: string): WorldGroup => groups.find(group => group.id === id) ?? refuse('NOT_FOUND');

interface GroupInput {
  type: string;
  name: string;
  code: string | null;
  externalId: string | null;
}

function grantOf({ userId, groupId }: { userId: string; groupId: string }, judging: Judging) {
  tenantAdmin(judging);
  const person = personOf(judging.caller.tenant, userId);
  const group = groupOf(judging.caller.tenant, groupId);
  return { userId, group, granted: person.grants.includes(group) };
}

const settings = (judging: Judging, { expectedVersion }: { expectedVersion: number }): never =>
  expectedVersion === 1 ? wouldChange('settings') : refuse('CONFLICT');

/** Sound hierarchies are never sent: only who may send them is judged. */
function hierarchyInput(judging: Judging, { input }: { input: { levels: unknown[] } }): never {
  needsRole(judging, 'SUPER_ADMIN');
  return input.levels.length > 0 ? wouldChange('hierarchies') : refuse('BAD_USER_INPUT');
}

interface Placement {
  childId: string;
  parentId: string | null;
}
interface PlaceMany {
  hierarchyId: string;
  alongFrom?: string | null;
  placements: Placement[];
}

/** Something comes along from a hierarchy that is not there, or from the same: never from one where something would. */
function placedIn(hierarchyId: string, alongFrom?: string | null): void {
  if (!hierarchies[hierarchyId] || (alongFrom && !hierarchies[alongFrom])) refuse('NOT_FOUND');
  if (alongFrom) return alongFrom === hierarchyId ? refuse('BAD_USER_INPUT') : wouldChange('placements');
}

/** Whether something hangs where it is to hang, both of the tenant. */
function isThere(tenant: WorldTenant, hierarchyId: string, { childId, parentId }: Placement): 'there' | 'NOT_FOUND' {
  const things = [...tenant.groups, ...tenant.classes];
  const [child, parent] = [childId, parentId].map(wanted => things.find(({ id }) => id === wanted));
  if (!child || (parentId !== null && !parent)) return 'NOT_FOUND';
  const placed = tenant.parents[hierarchyId]?.has(child) ?? false;
  const changes = parentId === null ? placed : !placed || parentOf(tenant, hierarchyId, child) !== parent;
  return changes ? wouldChange('placements') : 'there';
}

interface SentEvent {
  eventId: string;
  classId: string;
  userId: string;
}

/** What cannot be read is found first, what is unknown or not covered next, what is known otherwise last. */
const foundAt = ({ code }: { code: string }): number => (code === 'BAD_USER_INPUT' ? 0 : code === 'CONFLICT' ? 2 : 1);

/** What becomes of events that name classes and people by the graph's ids, or by the customer's. */
export function receiptOf(events: SentEvent[], { caller }: Judging, by: 'id' | 'externalId') {
  const { tenant } = caller;
  const rejected: { eventId: string; code: string }[] = [];
  let duplicates = 0;
  for (const { eventId, classId, userId } of events) {
    const known = tenant.events.find(event => event.eventId === eventId);
    const klass = tenant.classes.find(each => each[by] === classId);
    const person = tenant.people.find(each => each[by] === userId && !each.deleted);
    if ([eventId, classId, userId].includes('')) rejected.push({ eventId, code: 'BAD_USER_INPUT' });
    else if (!klass) rejected.push({ eventId, code: 'NOT_FOUND' });
    else if (!coveredClasses(caller).has(klass)) rejected.push({ eventId, code: 'FORBIDDEN' });
    else if (!person) rejected.push({ eventId, code: 'NOT_FOUND' });
    else if (!known) wouldChange('activity');
    else if (known.klass === klass && known.person === person) duplicates++;
    else rejected.push({ eventId, code: 'CONFLICT' });
  }
  return { accepted: 0, duplicates, rejected: rejected.sort((a, b) => foundAt(a) - foundAt(b)) };
}

/** An event as it was sent when the world was made. */
export const asSent = (event: WorldEvent, { classId, userId }: { classId: string; userId: string }) => {
  const { eventId, occurredAt, score, seconds, kind, subject, contentSource } = event;
  return { eventId, classId, userId, occurredAt, score, secondsSpent: seconds, kind, subject, contentSource };
};

export const rulesOfChanges: Record<string, Rule> = {
  'Mutation.createGroup': (_, { input }: { input: GroupInput }, judging) => {
    tenantAdmin(judging);
    const taken = judging.caller.tenant.groups.some(({ type, externalId }) => type === input.type && externalId === input.externalId);
    return taken ? refuse('CONFLICT') : wouldChange('groups');
  },
  'Mutation.updateGroup': (_, { id, input }: { id: string; input: GroupInput }, judging) => {
    tenantAdmin(judging);
    const group = groupOf(judging.caller.tenant, id);
    const same = (['type', 'name', 'code', 'externalId'] as const).every(field => group[field] === input[field]);
    return same ? group : wouldChange('groups');
  },
  'Mutation.grantAccess': (_, args, judging) => {
    const grant = grantOf(args, judging);
    return grant.granted ? grant : wouldChange('grants');
  },
  'Mutation.revokeAccess': (_, args, judging) =>
    grantOf(args, judging).granted ? wouldChange('grants') : refuse('NOT_FOUND'),
  'Mutation.place': (_, { hierarchyId, alongFrom, ...placement }, judging) => {
    tenantAdmin(judging);
    const { caller } = judging;
    placedIn(hierarchyId, alongFrom);
    if (isThere(caller.tenant, hierarchyId, placement) === 'NOT_FOUND') refuse('NOT_FOUND');
    return locate(caller, hierarchyId, placement.childId) && nodeIn(caller, hierarchyId, placement.childId);
  },
  'Mutation.placeMany': (_, { hierarchyId, alongFrom, placements }: PlaceMany, judging) => {
    tenantAdmin(judging);
    placedIn(hierarchyId, alongFrom);
    const ids = placements.map(({ childId }) => childId);
    const verdicts = placements.map((placement, index) =>
      ids.indexOf(placement.childId) < index ? 'CONFLICT' : isThere(judging.caller.tenant, hierarchyId, placement),
    );
    const refused = verdicts.find(verdict => verdict !== 'there');
    return refused ? refuse(refused) : { unchanged: placements.length };
  },
  'PlacementReceipt.placed': () => 0,
  'PlacementReceipt.moved': () => 0,
  'PlacementReceipt.takenOut': () => 0,
  'PlacementReceipt.unchanged': ({ unchanged }) => unchanged,
  'PlacementReceipt.cameAlong': () => 0,
  'PlacementReceipt.stayed': () => 0,
  'PlacementReceipt.stayedIds': () => [],
  'PlacementReceipt.skipped': () => 0,
  'Mutation.setApplicableHierarchy': (_, args, judging) => {
    tenantAdmin(judging);
    usable(judging.caller, args.hierarchyId);
    return settings(judging, args);
  },
  'Mutation.setTimeZone': (_, args, judging) => {
    tenantAdmin(judging);
    return settings(judging, args);
  },
  'Mutation.setRetention': (_, args, judging) => {
    tenantAdmin(judging);
    return settings(judging, args);
  },
  'Mutation.createHierarchy': (_, args, judging) => hierarchyInput(judging, args),
  'Mutation.updateHierarchy': (_, args, judging) => hierarchyInput(judging, args),
  'Mutation.removeHierarchy': (_, { id }: { id: string }, judging) => {
    needsRole(judging, 'SUPER_ADMIN');
    if (!hierarchies[id]) refuse('NOT_FOUND');
    const used = judging.tenants.some(tenant => isUsed(tenant, id) || tenant.ownHierarchy === id);
    return used ? refuse('CONFLICT') : wouldChange('hierarchies');
  },
  'Mutation.recordActivity': (_, { events }: { events: SentEvent[] }, judging) => {
    needsRole(judging, 'ORG_ADMIN', 'SUPER_ADMIN', 'PARTNER');
    return receiptOf(events, judging, 'id');
  },

  'Grant.userId': ({ userId }) => userId,
  'Grant.group': ({ group }) => group,
  'Grant.grantedAt': () => '2026-01-01T00:00:00.000Z',
  'ActivityReceipt.accepted': ({ accepted }) => accepted,
  'ActivityReceipt.duplicates': ({ duplicates }) => duplicates,
  'ActivityReceipt.rejected': ({ rejected }) => rejected,
  'RejectedEvent.eventId': ({ eventId }) => eventId,
  'RejectedEvent.code': ({ code }) => code,
  'RejectedEvent.message': () => anything, // searched for words that are not the caller's, as every text is
};
