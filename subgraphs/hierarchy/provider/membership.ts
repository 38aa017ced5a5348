import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { forbidden, notFound } from '../../shared/errors';
import { publicId } from '../../shared/identifiers';
import type { HierarchyRow } from '../hierarchies/hierarchy.queries';
import { selectCoveredClasses } from '../nodes/covered-classes';
import { holdsGrants } from '../nodes/view.queries';
import { classLevel, providerLevels, type UserType } from './levels';
import {
  isGrantedBelow,
  selectConfiguredLevels,
  selectMember,
  selectMemberClasses,
  selectMemberGroups,
  type Member,
  type MemberClass,
} from './membership.queries';

/** One thing a user belongs to. How these are linked to each other is not shown. */
export interface Membership {
  type: string;
  level: number;
  eid: string;
}

/**
 * All that a user belongs to, the user included, the highest level first; each type and eid once. Throws NOT_FOUND where
 * the tenant has no such user, FORBIDDEN where the caller may not see them.
 */
export async function membershipOf(
  tx: Transaction,
  { caller, eid, hierarchy }: { caller: Caller; eid: string; hierarchy: HierarchyRow },
): Promise<Membership[]> {
  const member = await selectMember(tx, eid);
  if (!member) throw notFound(`There is no user '${eid}'.`);
  const classes = await selectMemberClasses(tx, member.id);
  if (!(await maySee(tx, { caller, member, classes }))) {
    throw forbidden("You may not see this user's memberships: they are not below a group that is granted to you.");
  }
  const names = providerLevels(await selectConfiguredLevels(tx, hierarchy.id));
  const groups = await selectMemberGroups(tx, { personId: member.id, hierarchyId: hierarchy.id });
  const all: Membership[] = [
    ...groups.flatMap(({ type, id, externalId }) => {
      const named = names.get(type);
      return named ? [{ ...named, eid: externalId ?? publicId('group', id) }] : [];
    }),
    ...classes.map(({ id, externalId }) => ({ ...classLevel, eid: externalId ?? publicId('class', id) })),
    ...userTypesOf(member, classes).map(type => ({ type, level: 0, eid })),
  ];
  return [...new Map(all.map(one => [`${one.type} ${one.eid}`, one])).values()].sort((a, b) => b.level - a.level);
}

/**
 * What a user is at level 0: what their active classes say, else their roles. The provider knows two kinds; who is
 * neither (an officer, an administrator) is on the teachers' side.
 */
function userTypesOf({ roles }: Member, classes: readonly MemberClass[]): UserType[] {
  const teaches = roles.includes('TEACHER') || classes.some(({ type }) => type === 'TEACHER');
  const learns = roles.includes('LEARNER') || classes.some(({ type }) => type === 'STUDENT');
  return [...(teaches || !learns ? (['teacher'] as const) : []), ...(learns ? (['student'] as const) : [])];
}

interface Looking {
  caller: Caller;
  member: Member;
  classes: readonly MemberClass[];
}

/** Oneself; the whole tenant for its administrators; for others who is in a covered class, or granted a group below. */
async function maySee(tx: Transaction, { caller, member, classes }: Looking): Promise<boolean> {
  if (caller.tenantWide || caller.personId === member.id) return true;
  const covered = await selectCoveredClasses(tx, caller, [...new Set(classes.map(({ id }) => id))]);
  if (covered.size > 0) return true;
  return holdsGrants(caller) && isGrantedBelow(tx, { callerId: caller.personId, personId: member.id });
}
