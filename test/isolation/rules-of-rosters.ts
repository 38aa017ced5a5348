import type { WorldCaller } from './callers';
import { nodeIn, refuse, type Rule } from './judging';
import { coveredClasses } from './worlds-of-callers';
import { hierarchies, type WorldClass, type WorldPerson } from './world';

/** What of a class somebody sees: all of it, what its own students see, or nothing. */
export function seen(caller: WorldCaller, klass: WorldClass): 'whole' | 'attended' | 'hidden' {
  const belongs = (as: 'TEACHER' | 'STUDENT') =>
    caller.tenant.enrolments.some(({ type, person, endedAt, ...of }) =>
      type === as && of.klass === klass && person === caller.person && endedAt === null);
  if (coveredClasses(caller).has(klass) || (caller.roles.has('TEACHER') && belongs('TEACHER'))) return 'whole';
  return caller.roles.has('LEARNER') && belongs('STUDENT') ? 'attended' : 'hidden';
}

/** A class by its id: null where there is none, refused where it is hidden. */
export function classOf(caller: WorldCaller, id: string): WorldClass | null {
  const klass = caller.tenant.classes.find(known => known.id === id);
  return klass && seen(caller, klass) === 'hidden' ? refuse('FORBIDDEN') : (klass ?? null);
}

/** The classes where somebody is an active student, of those that the caller sees. */
const classesOf = (caller: WorldCaller, student: WorldPerson): WorldClass[] =>
  caller.tenant.enrolments
    .filter(({ person, type, endedAt }) => person === student && type === 'STUDENT' && endedAt === null)
    .map(({ klass }) => klass)
    .filter(klass => seen(caller, klass) !== 'hidden')
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** A student by their id: for themselves, the tenant's administrators, and who sees one of their classes whole. */
export function studentOf(caller: WorldCaller, id: string): WorldPerson | null {
  const { people, enrolments } = caller.tenant;
  const student = people.find(person => person.id === id && !person.deleted && (person.roles.includes('LEARNER') ||
    enrolments.some(enrolment => enrolment.person === person && enrolment.type === 'STUDENT')));
  if (!student) return null;
  const isOwn = student === caller.person && caller.roles.has('LEARNER');
  const visible = caller.tenantWide || isOwn || classesOf(caller, student).some(klass => seen(caller, klass) === 'whole');
  return visible ? student : refuse('FORBIDDEN');
}

/** Classes and students. */
export const rulesOfRosters: Record<string, Rule> = {
  'Query.class': (_, { id }, { caller }) => classOf(caller, id),
  'Query.student': (_, { id }, { caller }) => studentOf(caller, id),
  'Class.id': ({ id }: WorldClass) => id,
  'Class.externalId': ({ externalId }: WorldClass) => externalId,
  'Class.name': ({ name }: WorldClass) => name,
  'Class.code': ({ code }: WorldClass) => code,
  'Class.grade': ({ grade }: WorldClass) => grade,
  'Class.subject': ({ subject }: WorldClass) => subject,
  'Class.active': ({ active }: WorldClass) => active,
  'Class.school': () => null, // no roster of the world names one
  'Class.testSeries': () => [], // nor has any class a series
  'Class.placements': (klass: WorldClass, _, { caller }) =>
    Object.keys(hierarchies)
      .filter(key => caller.tenant.parents[key]?.has(klass))
      .sort((a, b) => (hierarchies[a]!.name < hierarchies[b]!.name ? -1 : 1))
      .map(key => nodeIn(caller, key, klass.id)),
  'Student.id': ({ id }: WorldPerson) => id,
  'Student.login': ({ login }: WorldPerson) => login,
  'Student.givenName': ({ givenName }: WorldPerson) => givenName,
  'Student.familyName': ({ familyName }: WorldPerson) => familyName,
  'Student.classes': (student: WorldPerson, _, { caller }) => classesOf(caller, student),
  'Student.testSeries': () => [],
};
