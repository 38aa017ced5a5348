import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { Interval, PeriodInput } from '../../shared/graphql/metric-filter.type';
import { DateScalar } from '../../shared/graphql/scalars';
import { publicId } from '../../shared/identifiers';
import { checkFirst, readPlace, writeCursor } from '../../shared/paging';
import type { ReportingContext } from '../context';
import type { SeenStudent } from '../learners/learner-figures.loader';
import { provenanceOfLearners } from '../learners/learner-figures.resolver';
import { LearnerPoint } from './figures.type';
import { LearnerAnalytics, SkillGapConnection } from './learner-analytics.type';
import { reasonsOf, shownRow } from './shown-rows';
import { windowsOf, windowThrough } from './windows';

/** With whose figures they are. */
export type SeenAnalytics = LearnerAnalytics & { readonly seen: SeenStudent };

const gapPlace = { framework: 'text', code: 'text', number: 'number' } as const;

@Resolver(() => LearnerAnalytics)
export class LearnerAnalyticsResolver {
  @Query(() => LearnerAnalytics, {
    nullable: true,
    description:
      "A learner's figures of the four weeks that end with a day, today when omitted. For the learner, administrators, " +
      "users of a student group of the learner's, and whoever covers a class of theirs. Null where there is no such user; " +
      'BAD_USER_INPUT where the day is to come.',
  })
  async learnerAnalytics(
    @Arg('studentId', () => ID) studentId: string,
    @Arg('asOf', () => DateScalar, { nullable: true }) asOf: string | null | undefined,
    @Ctx() context: ReportingContext,
  ): Promise<SeenAnalytics | null> {
    const { loaders } = context;
    const window = windowThrough(asOf, (await loaders.todayAndRisk()).today);
    const seen = await loaders.seenStudent.load(studentId);
    if (!seen) return null;
    const [row] = await loaders.learnerRows.load({ student: seen, windows: [window] });
    const riskReasons = reasonsOf(row!);
    const { lastDay: lastActivity } = row!;
    const provenance = await provenanceOfLearners(context);
    return { seen, studentId, ...shownRow(row!, window), lastActivity, riskReasons, atRisk: riskReasons.length > 0, provenance };
  }

  @FieldResolver(() => SkillGapConnection, {
    description: 'What is expected on the last day and NOT_STARTED at its end, by framework and code. first is 0 to 1000.',
  })
  async skillGaps(
    @Root() { seen, studentId, from, through }: SeenAnalytics,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { loaders }: ReportingContext,
  ): Promise<SkillGapConnection> {
    const size = checkFirst(first ?? 50);
    const question = ['skillGaps', studentId, through];
    const place = readPlace(after, question, gapPlace);
    const { rows, total } = await loaders.skillGaps(seen, { window: { from, through }, most: size + 1, after: place });
    const page = rows.slice(0, size);
    const last = page.at(-1);
    return {
      nodes: page.map(({ number, ...gap }) => ({ competencyId: publicId('competency', number), ...gap })),
      pageInfo: {
        hasNextPage: rows.length > size,
        endCursor: last ? writeCursor([last.framework, last.code, last.number], question) : null,
      },
      totalCount: total,
    };
  }

  @FieldResolver(() => [LearnerPoint], {
    nullable: true,
    description:
      'One point for every interval that overlaps the period, the outer two clipped to it: the figures of its days and, ' +
      'of competencies, of its last day. Points are not added up. BAD_USER_INPUT where the period ends after today.',
  })
  async trend(
    @Root() { seen }: SeenAnalytics,
    @Arg('period', () => PeriodInput) period: PeriodInput,
    @Arg('interval', () => Interval) interval: Interval,
    @Ctx() { loaders }: ReportingContext,
  ): Promise<LearnerPoint[]> {
    const windows = windowsOf(period, { interval, today: (await loaders.todayAndRisk()).today });
    const rows = await loaders.learnerRows.load({ student: seen, windows });
    return rows.map((row, index) => shownRow(row, windows[index]!));
  }
}
