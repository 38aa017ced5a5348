import type { WorldCaller } from './callers';
import { itself, reader, refuse, type Judging, type Rule } from './judging';
import { pageOf, pageSize, placeOf, text, type Connection } from './pages';
import { byName, toldOfPerson } from './rules-of-rosters';
import { coveredClasses } from './worlds-of-callers';
import type { WorldClass, WorldCompetency, WorldPerson, WorldStatus, WorldTenant } from './world';

const names = ['NOT_STARTED', 'IN_PROGRESS', 'INFERRED', 'COMPLETED'];

/** What is expected in active classes. */
const expectedIn = ({ competencies }: WorldTenant, classes: WorldClass[]): WorldCompetency[] =>
  competencies.filter(({ grade, subject }) =>
    classes.some(klass => klass.active && klass.grade === grade && (klass.subject === null || klass.subject === subject)));

/** Newest first. */
const historyOf = ({ statuses }: WorldTenant, { person, competency }: Standing): WorldStatus[] =>
  statuses.filter(status => status.person === person && status.competency === competency).sort((a, b) => text(b.day, a.day));

interface Standing {
  person: WorldPerson;
  competency: WorldCompetency;
}
interface Page extends Connection<Standing> {
  all: Standing[];
}

const byCode = (a: WorldCompetency, b: WorldCompetency): number => text(a.framework, b.framework) || text(a.code, b.code);
const toldOfCompetency = ({ framework, code }: WorldCompetency): unknown => [framework, code];

const classesOf = ({ enrolments }: WorldTenant, student: WorldPerson): WorldClass[] =>
  enrolments.filter(({ person, type, endedAt }) => person === student && type === 'STUDENT' && endedAt === null).map(({ klass }) => klass);

function studentCompetencies(caller: WorldCaller, { studentId, first, after }: Asked, { cursors }: Judging): Page | null {
  const { tenant } = caller;
  const question = JSON.stringify(['studentCompetencies', studentId]);
  pageSize(first);
  placeOf(cursors, { after, question });
  const person = tenant.people.find(({ id, deleted }) => id === studentId && !deleted);
  if (!person) return null;
  const classes = classesOf(tenant, person);
  const isOwn = person === caller.person && caller.roles.has('LEARNER');
  if (!isOwn && !caller.tenantWide && !classes.some(klass => coveredClasses(caller).has(klass))) refuse('FORBIDDEN');
  const known = new Set([
    ...expectedIn(tenant, classes),
    ...tenant.statuses.filter(status => status.person === person).map(({ competency }) => competency),
  ]);
  const all = [...known].map(competency => ({ person, competency }));
  const compare = (a: Standing, b: Standing) => byCode(a.competency, b.competency);
  const told = ({ competency }: Standing) => toldOfCompetency(competency);
  return { all, ...pageOf({ list: all, first, after, question, cursors, compare, told }) };
}
interface Asked {
  studentId: string;
  first?: number | null;
  after?: string | null;
}

interface Matrix {
  classId: string;
  competencies: Connection<WorldCompetency>;
  students: Connection<WorldPerson>;
}

function classCompetencies(caller: WorldCaller, asked: AskedMatrix, { cursors }: Judging): Matrix | null {
  const { classId, first, after, firstCompetencies, afterCompetencies } = asked;
  const { tenant } = caller;
  const ofStudents = { first, after, question: JSON.stringify(['classCompetencies', classId]), cursors };
  const ofCompetencies = { first: firstCompetencies, after: afterCompetencies, question: JSON.stringify(['competencies of', classId]), cursors };
  pageSize(first);
  if (pageSize(firstCompetencies) > 100) refuse('BAD_USER_INPUT');
  placeOf(cursors, ofStudents);
  placeOf(cursors, ofCompetencies);
  const klass = tenant.classes.find(({ id }) => id === classId);
  if (!klass) return null;
  if (!coveredClasses(caller).has(klass)) refuse('FORBIDDEN');
  const students = tenant.people.filter(person => classesOf(tenant, person).includes(klass));
  return {
    classId,
    competencies: pageOf({ list: expectedIn(tenant, [klass]), ...ofCompetencies, compare: byCode, told: toldOfCompetency }),
    students: pageOf({ list: students, ...ofStudents, compare: byName, told: toldOfPerson }),
  };
}
interface AskedMatrix {
  classId: string;
  first?: number | null;
  after?: string | null;
  firstCompetencies?: number | null;
  afterCompetencies?: string | null;
}
interface Row {
  person: WorldPerson;
  matrix: Matrix;
}

const statusOf = (tenant: WorldTenant, standing: Standing): string => names[historyOf(tenant, standing)[0]?.status ?? 0]!;
const count = (status: number) => (counts: number[]) => counts[status];

/** What students and teachers see of competencies. */
export const rulesOfCompetencies: Record<string, Rule> = {
  'Query.studentCompetencies': (_, asked, judging) => studentCompetencies(judging.caller, asked, judging),
  'Query.classCompetencies': (_, asked, judging) => {
    reader(judging);
    return classCompetencies(judging.caller, asked, judging);
  },
  'StudentCompetencyConnection.nodes': ({ page }: Page) => page,
  'StudentCompetencyConnection.pageInfo': itself,
  'StudentCompetencyConnection.totalCount': ({ totalCount }: Page) => totalCount,
  'StudentCompetencyConnection.counts': ({ all }: Page, { asOf }, { caller }) => {
    const counts = [0, 0, 0, 0];
    for (const standing of all) {
      counts[historyOf(caller.tenant, standing).find(({ day }) => !asOf || day <= asOf)?.status ?? 0]!++;
    }
    return counts;
  },
  'StudentCounts.completed': count(3),
  'StudentCounts.inferred': count(2),
  'StudentCounts.inProgress': count(1),
  'StudentCounts.notStarted': count(0),
  'StudentCompetency.competency': ({ competency }: Standing) => competency,
  'StudentCompetency.status': (standing: Standing, _, { caller }) => statusOf(caller.tenant, standing),
  'StudentCompetency.day': (standing: Standing, _, { caller }) => historyOf(caller.tenant, standing)[0]?.day ?? null,
  'StudentCompetency.history': (standing: Standing, { first }, { caller }) => historyOf(caller.tenant, standing).slice(0, pageSize(first)),
  'CompetencyDay.day': ({ day }: WorldStatus) => day,
  'CompetencyDay.status': ({ status }: WorldStatus) => names[status],
  'Competency.id': ({ id }: WorldCompetency) => id,
  'Competency.code': ({ code }: WorldCompetency) => code,
  'Competency.title': ({ code }: WorldCompetency) => code, // as the fixture makes it
  'Competency.framework': ({ framework }: WorldCompetency) => framework,
  'Competency.subject': ({ subject }: WorldCompetency) => subject,
  'Competency.grade': ({ grade }: WorldCompetency) => grade,
  'CompetencyMatrix.classId': ({ classId }: Matrix) => classId,
  'CompetencyMatrix.competencies': ({ competencies }: Matrix) => competencies,
  'CompetencyMatrix.students': (matrix: Matrix) => ({ ...matrix.students, matrix }),
  'CompetencyConnection.nodes': ({ page }: Connection<WorldCompetency>) => page,
  'CompetencyConnection.pageInfo': itself,
  'CompetencyConnection.totalCount': ({ totalCount }: Connection<WorldCompetency>) => totalCount,
  'CompetencyRowConnection.nodes': ({ page, matrix }: Connection<WorldPerson> & { matrix: Matrix }) => page.map(person => ({ person, matrix })),
  'CompetencyRowConnection.pageInfo': itself,
  'CompetencyRowConnection.totalCount': ({ totalCount }: Connection<WorldPerson>) => totalCount,
  'CompetencyRow.studentId': ({ person }: Row) => person.id,
  'CompetencyRow.login': ({ person }: Row) => person.login,
  'CompetencyRow.givenName': ({ person }: Row) => person.givenName,
  'CompetencyRow.familyName': ({ person }: Row) => person.familyName,
  'CompetencyRow.statuses': ({ person, matrix }: Row, _, { caller }) =>
    matrix.competencies.page.map(competency => statusOf(caller.tenant, { person, competency })),
};
