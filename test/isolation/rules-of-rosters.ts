import type { WorldCaller } from './callers';
import { itself, nodeIn, refuse, type Rule } from './judging';
import { pageOf, text, type Connection } from './pages';
import { coveredClasses } from './worlds-of-callers';
import { hierarchies, type WorldClass, type WorldEnrolment, type WorldPerson, type WorldSeries } from './world';

const isActive = ({ endedAt }: WorldEnrolment): boolean => endedAt === null;

export const belongs = ({ tenant, person }: WorldCaller, as: 'TEACHER' | 'STUDENT', klass: WorldClass): boolean =>
  tenant.enrolments.some(of => of.type === as && of.klass === klass && of.person === person && isActive(of));

/** What of a class somebody sees: all of it, what its own students see, or nothing. */
export function seen(caller: WorldCaller, klass: WorldClass): 'whole' | 'attended' | 'hidden' {
  if (coveredClasses(caller).has(klass) || (caller.roles.has('TEACHER') && belongs(caller, 'TEACHER', klass))) return 'whole';
  return caller.roles.has('LEARNER') && belongs(caller, 'STUDENT', klass) ? 'attended' : 'hidden';
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

/** Whether somebody is a user of a student group of theirs. */
export const isTheirUser = ({ tenant, person }: WorldCaller, student: WorldPerson): boolean =>
  tenant.studentGroups.some(({ deleted, students, users }) =>
    !deleted && students.includes(student) && users.some(login => login.toLowerCase() === person.login));

/** A student by their id: for themselves, administrators, users of a group of theirs, and who sees a class of theirs whole. */
export function studentOf(caller: WorldCaller, id: string): WorldPerson | null {
  const { people, enrolments } = caller.tenant;
  const student = people.find(person => person.id === id && !person.deleted && (person.roles.includes('LEARNER') ||
    enrolments.some(enrolment => enrolment.person === person && enrolment.type === 'STUDENT')));
  if (!student) return null;
  const isOwn = student === caller.person && caller.roles.has('LEARNER');
  const visible = caller.tenantWide || isOwn || isTheirUser(caller, student) ||
    classesOf(caller, student).some(klass => seen(caller, klass) === 'whole');
  return visible ? student : refuse('FORBIDDEN');
}

const nameOf = ({ familyName, givenName }: WorldPerson): string => `${familyName} ${givenName}`;
export const byName = (a: WorldPerson, b: WorldPerson): number => text(nameOf(a), nameOf(b)) || text(a.id, b.id);
export const toldOfPerson = (person: WorldPerson): unknown => [nameOf(person), person.login];
export const statusOf = (enrolment: WorldEnrolment): string => (isActive(enrolment) ? 'ACTIVE' : 'WITHDRAWN');

interface AskedEnrolments {
  type?: string | null;
  status?: string | null;
  first?: number | null;
  after?: string | null;
}

const enrolmentsOf: Rule = (klass: WorldClass, { type, status, first, after }: AskedEnrolments, { caller, cursors, permissions }) => {
  const isWhole = seen(caller, klass) === 'whole';
  if (permissions && !isWhole) refuse('FORBIDDEN');
  const list = caller.tenant.enrolments.filter(enrolment => enrolment.klass === klass &&
    (type ?? enrolment.type) === enrolment.type && (status ?? statusOf(enrolment)) === statusOf(enrolment));
  const page = pageOf({
    ...{ list, first, after, cursors, question: JSON.stringify(['enrolments', klass.id, type ?? null, status ?? null]) },
    compare: (a, b) => byName(a.person, b.person) || text(a.type, b.type),
    told: ({ person }) => toldOfPerson(person),
  });
  return isWhole ? page : refuse('FORBIDDEN');
};

const named = (series: WorldSeries[]): WorldSeries[] => [...series].sort((a, b) => text(a.name, b.name));

/** Of active classes where they are active students. */
const seriesOf = ({ tenant }: WorldCaller, student: WorldPerson): WorldSeries[] => {
  const attended = tenant.enrolments.filter(of => of.person === student && of.type === 'STUDENT' && isActive(of) && of.klass.active);
  return named(tenant.series.filter(({ classes }) => attended.some(({ klass }) => classes.includes(klass))));
};

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
  'Class.school': ({ school }: WorldClass) => school && { referred: school },
  'Class.testSeries': (klass: WorldClass, _, { caller }) => named(caller.tenant.series.filter(({ classes }) => classes.includes(klass))),
  'Class.enrolments': enrolmentsOf,
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
  'Student.testSeries': (student: WorldPerson, _, { caller }) => seriesOf(caller, student),
  'Student.canAccessTestSeries': (student: WorldPerson, { testSeriesId }, { caller }) => {
    if (!caller.tenant.series.some(({ id }) => id === testSeriesId)) refuse('NOT_FOUND');
    return seriesOf(caller, student).some(({ id }) => id === testSeriesId);
  },
  'TestSeries.id': ({ id }: WorldSeries) => id,
  'TestSeries.name': ({ name }: WorldSeries) => name,
  'EnrolmentConnection.nodes': ({ page }: Connection<WorldEnrolment>) => page,
  'EnrolmentConnection.pageInfo': itself,
  'EnrolmentConnection.totalCount': ({ totalCount }: Connection<WorldEnrolment>) => totalCount,
  'Enrolment.user': ({ person }: WorldEnrolment) => person,
  'Enrolment.type': ({ type }: WorldEnrolment) => type,
  'Enrolment.status': statusOf,
  'Enrolment.enrolledAt': ({ enrolledAt }: WorldEnrolment) => new Date(enrolledAt).toISOString(),
  'RosterUser.id': ({ id }: WorldPerson) => id,
  'RosterUser.login': ({ login }: WorldPerson) => login,
  'RosterUser.givenName': ({ givenName }: WorldPerson) => givenName,
  'RosterUser.familyName': ({ familyName }: WorldPerson) => familyName,
};
