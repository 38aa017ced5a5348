import { getNamedType } from 'graphql';
import { anId, anyOf, chance, type Hand } from './arguments';
import type { Argument, Document } from './documents';
import { harmlessToRosters } from './roster-mutations';
import { selectionOf } from './queries';
import { asSent } from './rules-of-changes';
import { parentOf } from './worlds-of-callers';
import type { WorldGroup, WorldTenant } from './world';

/** A tenant that has something to change: mostly the caller's, sometimes another. */
function aTenant(hand: Hand): WorldTenant {
  const customers = hand.world.tenants.slice(1);
  return hand.caller.tenant.groups.length === 0 || chance(hand, 4) ? anyOf(hand, customers) : hand.caller.tenant;
}

const groupInput = ({ type, name, code, externalId }: WorldGroup) => ({ type, name, code, externalId });
const noHierarchy = { name: 'Mine', levels: [] };
const aHierarchyInUse = (hand: Hand): string => anyOf(hand, Object.keys(aTenant(hand).parents));

/** Something of a tenant's where it hangs, or under something else. */
function placement(hand: Hand, tenant: WorldTenant, hierarchyId: string) {
  const child = anyOf(hand, [...tenant.groups, ...tenant.classes]);
  const parent = chance(hand, 4) ? anyOf(hand, aTenant(hand).groups) : parentOf(tenant, hierarchyId, child);
  return { childId: child.id, parentId: parent?.id ?? null };
}

/** Now and then a hierarchy from which nothing can come along. */
const fromNowhere = (hand: Hand, hierarchyId: string) => ({
  alongFrom: chance(hand, 4) ? (chance(hand, 2) ? 'none' : hierarchyId) : null,
});

/**
 * Arguments for each mutation by which nothing changes even for somebody who may: what is there already, an id that is
 * taken, a version that the settings do not have. Where one would change something for a caller, it is not sent.
 */
export const harmless: Record<string, (hand: Hand) => Record<string, unknown>> = {
  createGroup: hand => ({ input: groupInput(anyOf(hand, aTenant(hand).groups)) }),
  updateGroup: hand => {
    const group = anyOf(hand, aTenant(hand).groups);
    return { id: group.id, input: groupInput(group) };
  },
  grantAccess: hand => {
    const person = anyOf(hand, aTenant(hand).people.filter(({ grants }) => grants.length > 0));
    return { userId: person.id, groupId: (chance(hand, 3) ? anyOf(hand, aTenant(hand).groups) : anyOf(hand, person.grants)).id };
  },
  revokeAccess: hand => ({ userId: anyOf(hand, aTenant(hand).people).id, groupId: anyOf(hand, aTenant(hand).groups).id }),
  place: hand => {
    const tenant = aTenant(hand);
    const hierarchyId = anyOf(hand, Object.keys(tenant.parents));
    return { hierarchyId, ...placement(hand, tenant, hierarchyId), ...fromNowhere(hand, hierarchyId) };
  },
  placeMany: hand => {
    const tenant = aTenant(hand);
    const hierarchyId = anyOf(hand, Object.keys(tenant.parents));
    const placements = Array.from({ length: 1 + hand.random.below(4) }, () =>
      placement(hand, chance(hand, 6) ? aTenant(hand) : tenant, hierarchyId));
    return { hierarchyId, placements, ...fromNowhere(hand, hierarchyId) };
  },
  setApplicableHierarchy: hand => ({ hierarchyId: aHierarchyInUse(hand), expectedVersion: 7 }),
  setRiskSettings: () => ({ input: { inactiveDays: 7 }, expectedVersion: 7 }),
  setTimeZone: () => ({ timeZone: 'Europe/London', expectedVersion: 7 }),
  setRetention: () => ({ input: { figureDays: 1_000 }, expectedVersion: 7 }),
  ...harmlessToRosters(aTenant),
  requestExport: hand => ({
    input: {
      ...{ format: anyOf(hand, ['CSV', 'XLSX', 'PDF']), period: { from: '2026-03-02', through: '2026-03-01' } },
      ...(chance(hand, 4) ? {} : { nodeId: anId(hand) }),
      ...(chance(hand, 3) ? { hierarchyId: aHierarchyInUse(hand) } : {}),
    },
  }),
  removeExport: hand => ({ id: anyOf(hand, aTenant(hand).exports)?.id ?? anId(hand) }),
  createHierarchy: () => ({ input: noHierarchy }),
  updateHierarchy: hand => ({ id: aHierarchyInUse(hand), input: noHierarchy }),
  removeHierarchy: hand => ({ id: chance(hand, 4) ? anId(hand) : aHierarchyInUse(hand) }),
  recordActivity: hand => {
    const events = Array.from({ length: 1 + hand.random.below(4) }, () => {
      const event = anyOf(hand, aTenant(hand).events);
      const classId = chance(hand, 3) ? anId(hand) : event.klass.id;
      return asSent(event, { classId, userId: chance(hand, 6) ? anId(hand) : event.person.id });
    });
    return { events: [...new Map(events.map(event => [event.eventId, event])).values()] };
  },
};

/** A random mutation that must be refused or change nothing; null where the schema has none. */
export function randomMutation(hand: Hand): Document | null {
  const fields = Object.values(hand.schema.getMutationType()?.getFields() ?? {});
  if (fields.length === 0) return null;
  const fresh = fields.filter(({ name }) => !hand.asked.has(`Mutation.${name}`));
  const field = anyOf(hand, fresh.length > 0 ? fresh : fields);
  return aMutation(hand, field.name);
}

export function aMutation(hand: Hand, name: string): Document {
  const field = hand.schema.getMutationType()!.getFields()[name]!;
  hand.asked.add(`Mutation.${field.name}`);
  const given = harmless[field.name]!(hand);
  const args: Argument[] = field.args.map(({ name, type }) => ({ name, type: String(type), value: given[name], variable: chance(hand, 2) }));
  const selections = selectionOf(hand, getNamedType(field.type));
  return { operation: 'mutation', selections: [{ kind: 'field', alias: 'm0', name: field.name, args, selections }] };
}
