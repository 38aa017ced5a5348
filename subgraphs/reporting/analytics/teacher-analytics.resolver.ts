import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { Interval, PeriodInput } from '../../shared/graphql/metric-filter.type';
import { DateScalar } from '../../shared/graphql/scalars';
import { publicId } from '../../shared/identifiers';
import { checkFirst, readPlace, writeCursor } from '../../shared/paging';
import type { ReportingContext } from '../context';
import { provenanceOfLearners } from '../learners/learner-figures.resolver';
import { nodeReference } from '../reports/node-figures.resolver';
import { averageScore, totalSeconds } from '../reports/shown-figures';
import { pageOfAtRisk } from './at-risk';
import { StudentAtRiskConnection } from './cohort.type';
import { LearnersPoint } from './figures.type';
import { averagesOf, learnersPoints } from './shown-cohort';
import { CoursePerformanceConnection, TeacherAnalytics, type CoursePerformance } from './teacher-analytics.type';
import { windowsOf, windowThrough } from './windows';
import { pageOfClasses } from './page-of-classes';

/** With the classes it is of. */
export type SeenTeacherAnalytics = TeacherAnalytics & { readonly classes: readonly number[] };

@Resolver(() => TeacherAnalytics)
export class TeacherAnalyticsResolver {
  @Query(() => TeacherAnalytics, {
    nullable: true,
    description:
      "The figures of a teacher's classes of the four weeks that end with a day, today when omitted. For the teacher, " +
      'administrators, and whoever covers all of these classes. Null where there is no such teacher; BAD_USER_INPUT where ' +
      'the day is to come.',
  })
  async teacherAnalytics(
    @Arg('teacherId', () => ID) teacherId: string,
    @Arg('asOf', () => DateScalar, { nullable: true }) asOf: string | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<SeenTeacherAnalytics | null> {
    const { loaders } = context;
    const window = windowThrough(asOf, (await loaders.todayAndRisk()).today);
    const teacher = await loaders.seenTeacher.load(teacherId);
    if (!teacher) return null;
    const { classes } = teacher;
    const { rows: [row = null] } = await loaders.cohortRows.load({ set: { key: teacherId, classes }, windows: [window] });
    return {
      ...{ teacherId, classes, ...window },
      classCount: classes.length,
      students: row?.learners ?? 0,
      activeStudents: row?.activeLearners ?? 0,
      averages: averagesOf(row, window),
      atRiskCount: row?.atRisk ?? 0,
      lastActivity: row?.lastDay ?? null,
      provenance: await provenanceOfLearners(context),
    };
  }

  @FieldResolver(() => StudentAtRiskConnection, { description: 'By family name, given name and login. first is 0 to 1000.' })
  studentsAtRisk(
    @Root() { teacherId, classes, from, through }: SeenTeacherAnalytics,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<StudentAtRiskConnection> {
    return pageOfAtRisk({ key: teacherId, classes }, { window: { from, through }, first, after }, context);
  }

  @FieldResolver(() => CoursePerformanceConnection, { description: 'Class by class, by name. first is 0 to 1000.' })
  async classes(
    @Root() { teacherId, classes, from, through }: SeenTeacherAnalytics,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { loaders }: ReportingContext,
  ): Promise<CoursePerformanceConnection> {
    const window = { from, through };
    const size = checkFirst(first ?? 50);
    const question = ['classesOfTeacher', teacherId, through];
    const { page, hasNextPage } = pageOfClasses(classes, { first: size, after: readPlace(after, question, { id: 'number' }) });
    const { key: hierarchyKey } = await loaders.nodes.hierarchy();
    const nodes = await Promise.all(page.map(one => loaders.nodes.node({ id: publicId('class', one), hierarchyKey })));
    const courses = page.map(async (one, index): Promise<CoursePerformance> => {
      const node = nodes[index]!; // a class is a node of every hierarchy
      const set = { key: node.id, classes: [one] };
      const [{ sums }, { rows: [row = null] }] = await Promise.all([
        loaders.figures.load({ node, period: window, filter: {} }),
        loaders.cohortRows.load({ set, windows: [window] }),
      ]);
      const { completed = 0, expected = 0 } = row ?? {};
      return {
        classId: node.id,
        node: nodeReference(node),
        students: row?.learners ?? 0,
        activeStudents: row?.activeLearners ?? 0,
        averageScore: averageScore(sums),
        attempts: sums.attempts,
        totalSeconds: totalSeconds(sums),
        ...{ completed, expected, completion: expected === 0 ? null : completed / expected },
      };
    });
    const last = page.at(-1);
    return {
      nodes: await Promise.all(courses),
      pageInfo: { hasNextPage, endCursor: last === undefined ? null : writeCursor([last], question) },
      totalCount: classes.length,
    };
  }

  @FieldResolver(() => [LearnersPoint], {
    nullable: true,
    description:
      'The students of these classes: one point for every interval that overlaps the period, the outer two clipped to it. ' +
      'Points are not added up. BAD_USER_INPUT where the period ends after today.',
  })
  async trend(
    @Root() { teacherId, classes }: SeenTeacherAnalytics,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('interval', () => Interval) interval: Interval,
    @Ctx() { loaders }: ReportingContext,
  ): Promise<LearnersPoint[]> {
    const windows = windowsOf(period, { interval, today: (await loaders.todayAndRisk()).today });
    return learnersPoints(await loaders.cohortRows.load({ set: { key: teacherId, classes }, windows }), windows);
  }
}
