import { anyOf, chance, type Hand } from './arguments';
import type { WorldCaller } from './callers';
import { chosen, refuse } from './judging';
import type { RouteRule } from './routes';
import { coveredClasses, grantsOf, groupsCoveredBy, pathOfClass, pathTo } from './worlds-of-callers';
import { hierarchies, type WorldPerson } from './world';

const aPath = (hand: Hand, path: string): { path: string; method: 'GET' } => {
  const key = chance(hand, 3) ? anyOf(hand, [...Object.keys(hierarchies), 'none']) : null;
  return { path: key === null ? path : `${path}?hierarchy=${key}`, method: 'GET' };
};
const hierarchyIn = (path: string): string | null => new URL(path, 'http://strata').searchParams.get('hierarchy');

/** Each level's number: the class is 1, and what is above it goes up by one. */
function levelsOf(hierarchy: string): Record<string, number> {
  const levels = [...hierarchies[hierarchy]!.levels].reverse().map(([, type], index) => [type, index + 2] as const);
  return { student: 0, teacher: 0, class: 1, ...Object.fromEntries(levels) };
}

/** What somebody belongs to, themselves included. */
function membershipOf({ tenant }: WorldCaller, hierarchy: string, member: WorldPerson) {
  const enrolments = tenant.enrolments.filter(({ person, endedAt, klass }) => person === member && endedAt === null && klass.active);
  const classes = enrolments.map(({ klass }) => klass);
  const groups = [
    ...classes.flatMap(klass => pathOfClass(tenant, hierarchy, klass)),
    ...member.grants.flatMap(group => pathTo(tenant, hierarchy, group) ?? []),
  ];
  const is = (role: 'TEACHER' | 'LEARNER', type: string) => member.roles.includes(role) || enrolments.some(of => of.type === type);
  const [teaches, learns] = [is('TEACHER', 'TEACHER'), is('LEARNER', 'STUDENT')];
  const levels = levelsOf(hierarchy);
  return [
    ...[...new Set(groups)].map(({ type, externalId }) => ({ type, level: levels[type]!, eid: externalId })),
    ...[...new Set(classes)].map(({ externalId }) => ({ type: 'class', level: 1, eid: externalId })),
    ...(teaches || !learns ? [{ type: 'teacher', level: 0, eid: member.externalId }] : []),
    ...(learns ? [{ type: 'student', level: 0, eid: member.externalId }] : []),
  ];
}

/** Themselves, administrators, who covers a class of theirs, who is granted what is granted to them or what is above it. */
function seesMember(caller: WorldCaller, member: WorldPerson): boolean {
  const { tenant } = caller;
  const isCovered = tenant.enrolments.some(({ person, endedAt, klass }) =>
    person === member && endedAt === null && klass.active && coveredClasses(caller).has(klass));
  const granted = grantsOf(caller).flatMap(group => groupsCoveredBy(tenant, group));
  return caller.tenantWide || caller.person === member || isCovered || member.grants.some(group => granted.includes(group));
}

const sorted = <T extends { level: number; type: string; eid: string }>(list: T[]): T[] =>
  list.sort((a, b) => b.level - a.level || (`${a.type} ${a.eid}` < `${b.type} ${b.eid}` ? -1 : 1));

/** The routes of the Hierarchy Provider. */
export const routesOfMembers: Record<string, RouteRule> = {
  'GET /hierarchy/levels': {
    request: hand => aPath(hand, '/hierarchy/levels'),
    answer: ({ path }, caller) => ({ status: 200, body: levelsOf(chosen(caller, hierarchyIn(path))) }),
  },
  'GET /hierarchy/users/:eid/membership': {
    request: hand => {
      const tenant = chance(hand, 5) ? anyOf(hand, hand.world.tenants) : hand.caller.tenant;
      const eid = chance(hand, 15) ? 'nobody' : anyOf(hand, tenant.people).externalId;
      return aPath(hand, `/hierarchy/users/${eid}/membership`);
    },
    answer: ({ path }, caller) => {
      const hierarchy = chosen(caller, hierarchyIn(path));
      const eid = path.split('/')[3];
      const member = caller.tenant.people.find(({ externalId, deleted }) => externalId === eid && !deleted) ?? refuse('NOT_FOUND');
      if (!seesMember(caller, member)) refuse('FORBIDDEN');
      return { status: 200, body: sorted(membershipOf(caller, hierarchy, member)) };
    },
    inOrder: sorted,
  },
};
