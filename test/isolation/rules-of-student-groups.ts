import type { WorldCaller } from './callers';
import { countedIn, figuresOf } from './figures';
import { chosen, itself, refuse, type Judging, type Rule } from './judging';
import { pageOf, text, type Connection } from './pages';
import { period, type Asked, type Measured } from './rules-of-figures';
import { byName, isTheirUser, toldOfPerson } from './rules-of-rosters';
import { coveredClasses, locate } from './worlds-of-callers';
import type { WorldClass, WorldPerson, WorldStudentGroup } from './world';

const sees = ({ tenantWide, person }: WorldCaller, { users }: WorldStudentGroup): boolean =>
  tenantWide || users.some(login => login.toLowerCase() === person.login);

/** By reference: null where there is none, refused to who is no user of it. */
export function studentGroupOf(caller: WorldCaller, id: string): WorldStudentGroup | null {
  const group = caller.tenant.studentGroups.find(known => known.id === id && !known.deleted);
  return group && !sees(caller, group) ? refuse('FORBIDDEN') : (group ?? null);
}

/** The classes in which somebody may see a person's results. Whoever has some, of whatever role, is a learner here. */
export function resultsOf(caller: WorldCaller, person: WorldPerson): readonly WorldClass[] {
  const { tenant, tenantWide } = caller;
  if (tenantWide || caller.person === person || isTheirUser(caller, person)) return tenant.classes;
  const belongs = (klass: WorldClass) =>
    countedIn(tenant, person, klass) || tenant.enrolments.some(of =>
      of.klass === klass && of.person === person && of.type === 'STUDENT' && of.endedAt === null);
  const seen = [...coveredClasses(caller)].filter(belongs);
  return seen.length > 0 ? seen : refuse('FORBIDDEN');
}

/** A person as the subgraph of results knows them by reference. */
export function learnerOf(caller: WorldCaller, id: string): WorldPerson | null {
  const person = caller.tenant.people.find(known => known.id === id && !known.deleted) ?? null;
  if (person) resultsOf(caller, person);
  return person;
}

interface Whose {
  people: readonly WorldPerson[];
  classes: readonly WorldClass[];
}
const measured = ({ people, classes }: Whose, { period: span, filter }: Asked, { caller }: Judging): Measured => {
  const asked = { ...filter, ...period(span), of: new Set(people) };
  return { figures: figuresOf(caller.tenant, classes, asked), span, hierarchy: chosen(caller) };
};
const ofStudent: Rule = (person: WorldPerson, asked: Asked, judging) =>
  measured({ people: [person], classes: resultsOf(judging.caller, person) }, asked, judging);

const living = ({ students }: WorldStudentGroup): WorldPerson[] => students.filter(({ deleted }) => !deleted);

/** Student groups, and what students did. */
export const rulesOfStudentGroups: Record<string, Rule> = {
  'Query.studentGroups': (_, { schoolYear, first, after }, { caller, cursors }) =>
    pageOf({
      list: caller.tenant.studentGroups.filter(group =>
        !group.deleted && sees(caller, group) && (schoolYear ?? group.schoolYear) === group.schoolYear),
      ...{ first, after, cursors, question: JSON.stringify(['studentGroups', schoolYear ?? null]) },
      compare: (a, b) => text(a.name, b.name) || text(a.id, b.id),
      told: ({ name }) => name,
    }),
  'StudentGroupConnection.nodes': ({ page }: Connection<WorldStudentGroup>) => page,
  'StudentGroupConnection.pageInfo': itself,
  'StudentGroupConnection.totalCount': ({ totalCount }: Connection<WorldStudentGroup>) => totalCount,
  'StudentGroup.id': ({ id }: WorldStudentGroup) => id,
  'StudentGroup.name': ({ name }: WorldStudentGroup) => name,
  'StudentGroup.schoolYear': ({ schoolYear }: WorldStudentGroup) => schoolYear,
  'StudentGroup.subject': ({ subject }: WorldStudentGroup) => subject,
  'StudentGroup.school': ({ school }: WorldStudentGroup, _, { caller }) =>
    caller.tenantWide || locate(caller, chosen(caller), school.id)?.visible ? { referred: school } : null,
  'StudentGroup.students': (group: WorldStudentGroup, { first, after }, { cursors }) =>
    pageOf({
      ...{ list: living(group), first, after, cursors, question: JSON.stringify(['studentGroup', group.id]) },
      ...{ compare: byName, told: toldOfPerson },
    }),
  'StudentGroup.performance': (group: WorldStudentGroup, asked: Asked, judging) =>
    measured({ people: living(group), classes: judging.caller.tenant.classes }, asked, judging),
  'StudentConnection.nodes': ({ page }: Connection<WorldPerson>) => page,
  'StudentConnection.pageInfo': itself,
  'StudentConnection.totalCount': ({ totalCount }: Connection<WorldPerson>) => totalCount,
  'Student.performance': ofStudent,
  'Student.timeSpent': ofStudent,
};
