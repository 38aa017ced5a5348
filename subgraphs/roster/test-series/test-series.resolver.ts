import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { SeenClass } from '../classes/class.loader';
import { changedClass } from '../classes/class.resolver';
import { Class } from '../classes/class.type';
import type { RosterContext } from '../context';
import { assignTestSeries, createTestSeries, removeTestSeries } from './change-series';
import { shownSeries } from './test-series.loader';
import { TestSeries } from './test-series.type';

@Resolver(() => Class)
export class TestSeriesResolver {
  @FieldResolver(() => [TestSeries], { description: 'Those assigned to the class, by name.' })
  testSeries(@Root() { number }: SeenClass, @Ctx() { loaders }: RosterContext): Promise<TestSeries[]> {
    return loaders.seriesOfClass.load(number);
  }

  @Mutation(() => TestSeries, { description: 'ORG_ADMIN. CONFLICT where the tenant has one of that name.' })
  async createTestSeries(
    @Arg('name', () => String, { description: 'Not empty, 500 characters at most.' }) name: string,
    @Ctx() { session, now }: RosterContext,
  ): Promise<TestSeries> {
    return shownSeries(await session.write(tx => createTestSeries(tx, { name, now })));
  }

  @Mutation(() => Class, {
    description: 'ORG_ADMIN, and TEACHER for the own classes. A series is assigned to a class once.',
  })
  async assignTestSeries(
    @Arg('classId', () => ID) classId: string,
    @Arg('testSeriesId', () => ID) testSeriesId: string,
    @Ctx() context: RosterContext,
  ): Promise<Class> {
    await context.session.write(tx => assignTestSeries(tx, { classId, testSeriesId, change: context }));
    return changedClass(classId, context);
  }

  @Mutation(() => Class, { description: 'ORG_ADMIN, and TEACHER for the own classes.' })
  async removeTestSeries(
    @Arg('classId', () => ID) classId: string,
    @Arg('testSeriesId', () => ID) testSeriesId: string,
    @Ctx() context: RosterContext,
  ): Promise<Class> {
    await context.session.write(tx => removeTestSeries(tx, { classId, testSeriesId, change: context }));
    return changedClass(classId, context);
  }
}
