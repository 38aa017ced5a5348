import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { MetricFilter, PeriodInput } from '../../shared/graphql/metric-filter.type';
import { ProvenanceSource, type Provenance } from '../../shared/graphql/provenance.type';
import { checkPeriod } from '../../shared/period';
import type { ReportingContext } from '../context';
import { Performance, TimeSpent } from '../reports/figures.type';
import { momentShown } from '../reports/shown-provenance';
import { performanceFields, timeSpentFields } from '../reports/shown-figures';
import type { SeenStudent } from './learner-figures.loader';
import type { LearnerSums } from './learner-figures.queries';
import { Student, StudentGroup } from './learner-figures.type';

type ShownStudent = Student & { readonly seen: SeenStudent };
type ShownStudentGroup = StudentGroup & { readonly number: number };

/** Learners' own facts are added up when asked; they hang in no hierarchy, so the version is that of the reader's. */
export async function provenanceOfLearners({ loaders, asOf, now }: ReportingContext): Promise<Provenance> {
  const { version } = await loaders.nodes.hierarchy();
  const read = { source: ProvenanceSource.READ_TIME, storedLevel: null };
  const completeFrom = await loaders.figuresFrom();
  return { ...read, ...momentShown({ asOf, now }), hierarchyVersion: version, completeFrom };
}

const shownPerformance = async ({ sums, learners }: LearnerSums, context: ReportingContext): Promise<Performance> => ({
  ...performanceFields(sums),
  learners: learners.scored,
  provenance: await provenanceOfLearners(context),
});

const shownTimeSpent = async ({ sums, learners }: LearnerSums, context: ReportingContext): Promise<TimeSpent> => ({
  ...timeSpentFields(sums),
  learners: learners.timed,
  provenance: await provenanceOfLearners(context),
});

@Resolver(() => Student)
export class StudentFiguresResolver {
  @FieldResolver(() => Performance, {
    nullable: true,
    description:
      "The student's own results: all of them for the student, administrators and users of a student group of theirs; " +
      'for others those of the classes that are granted to them.',
  })
  async performance(
    @Root() { seen }: ShownStudent,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<Performance> {
    const key = { student: seen, period: checkPeriod(period), filter: filter ?? {} };
    return shownPerformance(await context.loaders.studentFigures.load(key), context);
  }

  @FieldResolver(() => TimeSpent, { nullable: true, description: 'Of the same activity as performance.' })
  async timeSpent(
    @Root() { seen }: ShownStudent,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<TimeSpent> {
    const key = { student: seen, period: checkPeriod(period), filter: filter ?? {} };
    return shownTimeSpent(await context.loaders.studentFigures.load(key), context);
  }
}

@Resolver(() => StudentGroup)
export class StudentGroupFiguresResolver {
  @FieldResolver(() => Performance, {
    nullable: true,
    description: "Of the activity of the group's students of today, in whatever class, over the period.",
  })
  async performance(
    @Root() { number }: ShownStudentGroup,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('filter', () => MetricFilter, { nullable: true }) filter: MetricFilter | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<Performance> {
    const key = { groupId: number, period: checkPeriod(period), filter: filter ?? {} };
    return shownPerformance(await context.loaders.groupFigures.load(key), context);
  }
}

export async function resolveStudentReference(
  { id }: { id: string },
  { loaders }: ReportingContext,
): Promise<ShownStudent | null> {
  const seen = await loaders.seenStudent.load(id);
  return seen && { id, seen };
}

export async function resolveStudentGroupReference(
  { id }: { id: string },
  { loaders }: ReportingContext,
): Promise<ShownStudentGroup | null> {
  const number = await loaders.seenStudentGroup.load(id);
  return number === null ? null : { id, number };
}
