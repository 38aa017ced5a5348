import type { WorldCaller } from './callers';
import { figuresOf, spansOf, today, type Span } from './figures';
import { analyticsOf, averagesOf, dayBefore, meanOf, type LearnerFigures } from './figures-of-learners';
import { anything, chosen, itself, needsRole, nodeIn, reader, refuse, tenantAdmin, type Judging, type Rule } from './judging';
import { pageOf, text, type Connection } from './pages';
import { period } from './rules-of-figures';
import { byName, toldOfPerson } from './rules-of-rosters';
import { resultsOf } from './rules-of-student-groups';
import { coveredClasses, nodeOf, seesNothing, wholeViewId, type WorldNode } from './worlds-of-callers';
import { now, type WorldClass, type WorldCompetency, type WorldPerson } from './world';

const fourWeeks = ({ tenant }: WorldCaller, asOf: string | null | undefined): Span => {
  const through = asOf ?? today(tenant);
  return through > today(tenant) ? refuse('BAD_USER_INPUT') : { from: dayBefore(through, 27), through };
};
const points = ({ tenant }: WorldCaller, asked: { period: Span; interval: string }): Span[] => {
  const span = period(asked.period);
  return span.through > today(tenant) ? refuse('BAD_USER_INPUT') : spansOf(span, asked.interval);
};

/** A learner's figures over some days, of classes in which their results are shown. */
interface Learning extends Span {
  person: WorldPerson;
  classes: readonly WorldClass[];
  figures: LearnerFigures;
  hierarchy: string;
}
const learning = (caller: WorldCaller, person: WorldPerson, { classes, span }: { classes: readonly WorldClass[]; span: Span }): Learning => ({
  ...{ person, classes, ...span, hierarchy: chosen(caller) },
  figures: analyticsOf(caller.tenant, person, { classes, span }),
});

/** The learners of classes over some days. */
interface Cohort extends Span {
  classes: readonly WorldClass[];
  learners: Learning[];
  hierarchy: string;
  /** Whose it is, or of what. */
  id: string;
  node?: WorldNode;
}
function cohortOf(caller: WorldCaller, { id, classes, span, node }: { id: string; classes: readonly WorldClass[]; span: Span; node?: WorldNode }): Cohort {
  const learners = caller.tenant.people
    .filter(({ deleted }) => !deleted)
    .map(person => learning(caller, person, { classes, span }))
    .filter(({ figures }) => figures.present);
  return { id, classes, learners, ...span, hierarchy: node?.hierarchy ?? chosen(caller), ...(node ? { node } : {}) };
}

function learnerAnalytics(_: unknown, { studentId, asOf }: { studentId: string; asOf?: string | null }, { caller }: Judging): Learning | null {
  const span = fourWeeks(caller, asOf);
  const person = caller.tenant.people.find(({ id, deleted }) => id === studentId && !deleted);
  return person ? learning(caller, person, { classes: resultsOf(caller, person), span }) : null;
}

/** Active classes in which somebody teaches. */
const taughtBy = ({ tenant }: WorldCaller, teacher: WorldPerson): WorldClass[] =>
  tenant.enrolments
    .filter(({ person, type, endedAt, klass }) => person === teacher && type === 'TEACHER' && endedAt === null && klass.active)
    .map(({ klass }) => klass);

function teacherAnalytics(_: unknown, { teacherId, asOf }: { teacherId: string; asOf?: string | null }, judging: Judging): Cohort | null {
  const { caller } = judging;
  reader(judging);
  const span = fourWeeks(caller, asOf);
  const teacher = caller.tenant.people.find(({ id, deleted }) => id === teacherId && !deleted);
  if (!teacher) return null;
  const classes = taughtBy(caller, teacher);
  const isOwn = teacher === caller.person && caller.roles.has('TEACHER');
  const coversAll = classes.length > 0 && classes.every(klass => coveredClasses(caller).has(klass));
  if (!caller.tenantWide && !isOwn && !coversAll) refuse('FORBIDDEN');
  if (classes.length === 0 && !teacher.roles.includes('TEACHER')) return null;
  return cohortOf(caller, { id: teacherId, classes, span });
}

interface AskedOrganisation {
  nodeId?: string | null;
  hierarchyId?: string | null;
  asOf?: string | null;
}
function organisationAnalytics(_: unknown, { nodeId, hierarchyId, asOf }: AskedOrganisation, judging: Judging): Cohort | null {
  const { caller } = judging;
  needsRole(judging, 'ORG_ADMIN', 'SUPER_ADMIN', 'OFFICER');
  if (nodeId && judging.permissions) nodeIn(caller, chosen(caller, hierarchyId), nodeId);
  const span = fourWeeks(caller, asOf);
  const hierarchy = chosen(caller, hierarchyId);
  if (!nodeId && seesNothing(caller, hierarchy)) refuse('FORBIDDEN');
  const id = nodeId ?? wholeViewId(caller);
  const node = nodeIn(caller, hierarchy, id);
  if (!node) return null;
  // Of the tenant, what learners did counts wherever it was.
  return cohortOf(caller, { id, classes: node.classes, span, node });
}

interface Listed {
  first?: number | null;
  after?: string | null;
}
const atRisk: Rule = ({ id, learners, node, through }: Cohort, { first, after }: Listed, { cursors }) =>
  pageOf({
    ...{ list: learners.filter(({ figures }) => figures.reasons.length > 0), first, after, cursors },
    question: JSON.stringify(['atRisk', id, node?.hierarchy ?? null, through]),
    compare: (a, b) => byName(a.person, b.person),
    told: ({ person }) => toldOfPerson(person),
  });

interface Course extends Cohort {
  klass: WorldClass;
}
const courses: Rule = (cohort: Cohort, { first, after }: Listed, { caller, cursors }) => {
  const question = JSON.stringify(['classesOfTeacher', cohort.id, cohort.through]);
  const byClassName = (a: WorldClass, b: WorldClass) => text(a.name, b.name) || text(a.id, b.id);
  const page = pageOf({ list: [...cohort.classes], first, after, cursors, question, compare: byClassName, told: ({ id }) => id });
  const span = { from: cohort.from, through: cohort.through };
  return { ...page, of: page.page.map((klass): Course => ({ klass, ...cohortOf(caller, { id: klass.id, classes: [klass], span }) })) };
};

const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);
const total = ({ learners }: Cohort, of: (figures: LearnerFigures) => number): number => sum(learners.map(({ figures }) => of(figures)));
const activeOf = ({ learners }: Cohort): number => learners.filter(({ figures }) => figures.activeDays > 0).length;
const from = ({ from: day }: Span) => day;
const through = ({ through: day }: Span) => day;
const lastOf = ({ learners }: Cohort): string | null =>
  learners.map(({ figures }) => figures.lastDay).filter(day => day !== null).sort().at(-1) ?? null;

const averages = (cohort: Cohort) => averagesOf(cohort.learners.map(({ figures }) => figures));
const trendOf: Rule = ({ id, classes, node }: Cohort, asked, { caller }) =>
  points(caller, asked).map(span => cohortOf(caller, { id, classes, span, ...(node ? { node } : {}) }));

const done = ({ klass, from: first, through: last }: Course, { caller }: Judging) =>
  figuresOf(caller.tenant, [klass], { from: first, through: last });

const figure = (of: (figures: LearnerFigures) => unknown) => ({ figures }: Learning) => of(figures);
const ofLearner = {
  from,
  through,
  learningVelocity: figure(({ velocity }) => velocity),
  masteryProgress: figure(({ mastery }) => mastery),
  completed: figure(({ completed }) => completed.length),
  expected: figure(({ expected }) => expected.length),
  skillGapCount: figure(({ gaps }) => gaps.length),
  engagement: figure(({ engagement }) => engagement),
  activeDays: figure(({ activeDays }) => activeDays),
  averageScore: figure(({ averageScore }) => averageScore),
  attempts: figure(({ attempts }) => attempts),
  totalSeconds: figure(({ seconds }) => seconds),
};
const named = (type: string, fields: Record<string, Rule>): Record<string, Rule> =>
  Object.fromEntries(Object.entries(fields).map(([name, rule]) => [`${type}.${name}`, rule]));

/** Who belongs to a node: everybody to the tenant, else who is enrolled there now. */
const usersOf = ({ tenant }: WorldCaller, { node }: Cohort): WorldPerson[] =>
  tenant.people.filter(person => !person.deleted && (node!.kind === 'tenant' || tenant.enrolments.some(of =>
    of.person === person && of.endedAt === null && of.klass.active && node!.classes.includes(of.klass))));
const roles = ['LEARNER', 'TEACHER', 'OFFICER', 'ORG_ADMIN', 'SUPER_ADMIN', 'PARTNER'] as const;

/** The settings are nobody's but the default here: what would change them is not sent. */
const usual = { inactiveDays: 14, minimumAverageScore: 50, minimumEngagement: null, minimumMasteryProgress: null };

/** The figures of learners, teachers and organisations. */
export const rulesOfAnalytics: Record<string, Rule> = {
  'Query.learnerAnalytics': learnerAnalytics,
  'Query.teacherAnalytics': teacherAnalytics,
  'Query.organisationAnalytics': organisationAnalytics,
  'Query.riskSettings': () => usual,
  'Mutation.setRiskSettings': (_, __, judging) => {
    tenantAdmin(judging);
    return refuse('CONFLICT');
  },
  ...named('RiskSettings', {
    version: () => 1,
    isDefault: () => true,
    ...Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, () => value])),
  }),
  ...named('LearnerPoint', ofLearner),
  ...named('LearnerAnalytics', {
    ...ofLearner,
    studentId: ({ person }: Learning) => person.id,
    lastActivity: figure(({ lastDay }) => lastDay),
    atRisk: figure(({ reasons }) => reasons.length > 0),
    riskReasons: figure(({ reasons }) => reasons),
    provenance: itself,
    trend: ({ person, classes }: Learning, asked, { caller }) =>
      points(caller, asked).map(span => learning(caller, person, { classes, span })),
    skillGaps: ({ person, figures, through: day }: Learning, { first, after }: Listed, { cursors }) =>
      pageOf({
        ...{ list: figures.gaps, first, after, cursors, question: JSON.stringify(['skillGaps', person.id, day]) },
        compare: (a, b) => text(a.framework, b.framework) || text(a.code, b.code),
        told: ({ framework, code }) => [framework, code],
      }),
  }),
  ...named('SkillGapConnection', {
    nodes: ({ page }: Connection<WorldCompetency>) => page,
    pageInfo: itself,
    totalCount: ({ totalCount }: Connection<WorldCompetency>) => totalCount,
  }),
  ...named('SkillGap', {
    competencyId: ({ id }: WorldCompetency) => id,
    code: ({ code }: WorldCompetency) => code,
    title: ({ code }: WorldCompetency) => code, // as the fixture makes it
    framework: ({ framework }: WorldCompetency) => framework,
    subject: ({ subject }: WorldCompetency) => subject,
    grade: ({ grade }: WorldCompetency) => grade,
  }),
  ...named('LearnersPoint', { from, through, learners: ({ learners }: Cohort) => learners.length, activeLearners: activeOf, averages, asOf: () => now.toISOString() }),
  ...named('LearnerAverages', {
    learningVelocity: ({ velocity }) => velocity,
    masteryProgress: ({ mastery }) => mastery,
    engagement: ({ engagement }) => engagement,
    skillGapCount: ({ gaps }) => gaps,
  }),
  ...named('TeacherAnalytics', {
    ...{ from, through, averages, trend: trendOf, studentsAtRisk: atRisk, classes: courses, provenance: itself },
    teacherId: ({ id }: Cohort) => id,
    classCount: ({ classes }: Cohort) => classes.length,
    students: ({ learners }: Cohort) => learners.length,
    activeStudents: activeOf,
    atRiskCount: ({ learners }: Cohort) => learners.filter(({ figures }) => figures.reasons.length > 0).length,
    lastActivity: lastOf,
  }),
  ...named('CoursePerformanceConnection', {
    nodes: ({ of }: { of: Course[] }) => of,
    pageInfo: itself,
    totalCount: ({ totalCount }: Connection<WorldClass>) => totalCount,
  }),
  ...named('CoursePerformance', {
    classId: ({ klass }: Course) => klass.id,
    node: ({ klass, hierarchy }: Course, _, { caller }) => nodeOf(caller, hierarchy, klass),
    students: ({ learners }: Cohort) => learners.length,
    activeStudents: activeOf,
    averageScore: (course: Course, _, judging) => {
      const { attempts, scoreSum } = done(course, judging);
      return attempts === 0 ? null : scoreSum / attempts / 10_000;
    },
    attempts: (course: Course, _, judging) => done(course, judging).attempts,
    totalSeconds: (course: Course, _, judging) => {
      const { collectionSeconds, assessmentSeconds } = done(course, judging);
      return collectionSeconds + assessmentSeconds;
    },
    completed: (course: Course) => total(course, ({ completed }) => completed.length),
    expected: (course: Course) => total(course, ({ expected }) => expected.length),
    completion: (course: Course) => meanOf(total(course, ({ completed }) => completed.length), total(course, ({ expected }) => expected.length)),
  }),
  ...named('StudentAtRiskConnection', {
    nodes: ({ page }: Connection<Learning>) => page,
    pageInfo: itself,
    totalCount: ({ totalCount }: Connection<Learning>) => totalCount,
  }),
  ...named('StudentAtRisk', {
    studentId: ({ person }: Learning) => person.id,
    login: ({ person }: Learning) => person.login,
    givenName: ({ person }: Learning) => person.givenName,
    familyName: ({ person }: Learning) => person.familyName,
    riskReasons: figure(({ reasons }) => reasons),
    lastActivity: figure(({ lastDay }) => lastDay),
    averageScore: figure(({ averageScore }) => averageScore),
    engagement: figure(({ engagement }) => engagement),
    masteryProgress: figure(({ mastery }) => mastery),
  }),
  ...named('OrganisationAnalytics', {
    ...{ from, through, averages, trend: trendOf, studentsAtRisk: atRisk, provenance: itself, users: itself },
    node: ({ node }: Cohort) => node,
    learners: ({ learners }: Cohort) => learners.length,
    activeLearners: activeOf,
    atRiskCount: ({ learners }: Cohort) => learners.filter(({ figures }) => figures.reasons.length > 0).length,
    lastActivity: lastOf,
  }),
  ...named('Users', {
    total: (cohort: Cohort, _, { caller }) => usersOf(caller, cohort).length,
    // Those who attack leave lines in the audit log meanwhile; test/analytics-over-the-graph.test.ts counts them.
    active: () => anything,
    byRole: (cohort: Cohort, _, { caller }) =>
      roles.map(role => ({ role, total: usersOf(caller, cohort).filter(person => person.roles.includes(role)).length }))
        .filter(of => of.total > 0),
  }),
  ...named('UsersOfRole', { role: ({ role }) => role, total: ({ total: count }) => count, active: () => anything }),
};
