import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { forbidden, notFound } from '../../shared/errors';
import { testSeriesNumber } from '../../shared/identifiers';
import { Class } from '../classes/class.type';
import type { RosterContext } from '../context';
import { TestSeries } from '../test-series/test-series.type';
import type { SeenStudent } from './student.loader';
import { Student } from './student.type';

@Resolver(() => Student)
export class StudentResolver {
  @Query(() => Student, {
    nullable: true,
    description:
      'A student: for themselves, for who covers or teaches one of the classes where they are an active student, and ' +
      "for the tenant's administrators. Null where there is none; FORBIDDEN for everybody else.",
  })
  student(@Arg('id', () => ID) id: string, @Ctx() context: RosterContext): Promise<Student | null> {
    return resolveStudentReference({ id }, context);
  }

  @FieldResolver(() => [Class], {
    description: 'Where they are an active student, as far as the reader sees these classes; by name.',
  })
  classes(@Root() { number }: SeenStudent, @Ctx() { loaders }: RosterContext): Promise<Class[]> {
    return loaders.classesOfStudent(number);
  }

  @FieldResolver(() => [TestSeries], {
    description: 'From active enrolments in active classes only, each series once; by name.',
  })
  testSeries(@Root() { number }: SeenStudent, @Ctx() { loaders }: RosterContext): Promise<TestSeries[]> {
    return loaders.seriesOfStudent.load(number);
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether it is one of their test series. NOT_FOUND where the tenant has no such series.',
  })
  async canAccessTestSeries(
    @Root() { number }: SeenStudent,
    @Arg('testSeriesId', () => ID) testSeriesId: string,
    @Ctx() { loaders }: RosterContext,
  ): Promise<boolean> {
    if (!(await loaders.seriesExists.load(testSeriesNumber(testSeriesId) ?? -1))) {
      throw notFound(`There is no test series '${testSeriesId}'.`);
    }
    return (await loaders.seriesOfStudent.load(number)).some(({ id }) => id === testSeriesId);
  }
}

/** A student whom a request or another subgraph names: null where there is none, refused where they may not be seen. */
export async function resolveStudentReference(
  { id }: { id: string },
  { loaders }: RosterContext,
): Promise<Student | null> {
  const student = await loaders.student(id);
  if (student && !student.visible)
    throw forbidden('You may not see this student: none of their classes is yours to see.');
  return student;
}
