import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import { JsonScalar } from '../../shared/graphql/scalars';
import { publicId } from '../../shared/identifiers';
import { checkFirst, noCursor, readPlace, writeCursor } from '../../shared/paging';
import type { SeenClass } from '../classes/class.loader';
import { changedClass } from '../classes/class.resolver';
import { Class } from '../classes/class.type';
import type { RosterContext } from '../context';
import { assignTeacher, enrolStudents } from './enrol';
import type { EnrolmentRow } from './enrolment.queries';
import { Enrolment, EnrolmentConnection, EnrolmentStatus, EnrolmentType } from './enrolment.type';
import { setEnrolmentStatus } from './set-status';

@Resolver(() => Class)
export class EnrolmentResolver {
  @FieldResolver(() => EnrolmentConnection, {
    description:
      'By family and given name (the login of who has neither), then id. FORBIDDEN for who sees the class as one of ' +
      'its students.',
  })
  async enrolments(
    @Root() { number, id, seen }: SeenClass,
    @Arg('type', () => EnrolmentType, { nullable: true }) type: EnrolmentType | null,
    @Arg('status', () => EnrolmentStatus, { nullable: true }) status: EnrolmentStatus | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { loaders }: RosterContext,
  ): Promise<EnrolmentConnection> {
    const asked = ['enrolments', id, type ?? null, status ?? null];
    const page = await loaders.enrolments.load({
      ...{ classId: number, seen },
      bounds: {
        type: type ?? null,
        status: status ?? null,
        first: checkFirst(first ?? 50),
        after: placeIn(after, asked),
      },
    });
    const last = page.rows.at(-1);
    return {
      nodes: page.rows.map(shownEnrolment),
      totalCount: page.totalCount,
      pageInfo: {
        hasNextPage: page.hasMore,
        endCursor: last ? writeCursor([last.name, last.personId, last.type], asked) : null,
      },
    };
  }

  @Mutation(() => Class, {
    description:
      'ORG_ADMIN, and TEACHER for the own classes. All of them or none: NOT_FOUND names those there are not. Who was ' +
      'withdrawn or inactive is active again, from now on; who is active already stays as they are.',
  })
  async enrolStudents(
    @Arg('classId', () => ID) classId: string,
    @Arg('studentIds', () => [ID], { description: '1 to 1,000.' }) studentIds: string[],
    @Arg('metadata', () => JsonScalar, {
      nullable: true,
      description: 'An object, kept with each line of the log; 10,000 characters at most.',
    })
    metadata: unknown,
    @Ctx() context: RosterContext,
  ): Promise<Class> {
    await context.session.write(tx => enrolStudents(tx, { classId, studentIds, metadata, change: context }));
    return changedClass(classId, context);
  }

  @Mutation(() => Enrolment, {
    description:
      'ORG_ADMIN, and TEACHER for the own classes. The enrolment stays, whatever its status. NOT_FOUND where the user ' +
      'was never enrolled so.',
  })
  async setEnrolmentStatus(
    @Arg('classId', () => ID) classId: string,
    @Arg('userId', () => ID) userId: string,
    @Arg('type', () => EnrolmentType) type: EnrolmentType,
    @Arg('status', () => EnrolmentStatus) status: EnrolmentStatus,
    @Arg('reason', () => String, { nullable: true, description: 'Kept in the log; 500 characters at most.' })
    reason: string | null,
    @Ctx() context: RosterContext,
  ): Promise<Enrolment> {
    const asked = { classId, userId, type, status, reason, change: context };
    return shownEnrolment(await context.session.write(tx => setEnrolmentStatus(tx, asked)));
  }

  @Mutation(() => Class, {
    description: 'ORG_ADMIN, and TEACHER for the own classes. Who teaches it already stays so.',
  })
  async assignTeacher(
    @Arg('classId', () => ID) classId: string,
    @Arg('teacherId', () => ID) teacherId: string,
    @Ctx() context: RosterContext,
  ): Promise<Class> {
    await context.session.write(tx => assignTeacher(tx, { classId, teacherId, change: context }));
    return changedClass(classId, context);
  }

  @Mutation(() => Class, {
    description: 'ORG_ADMIN, and TEACHER for the own classes. The enrolment is WITHDRAWN, and stays.',
  })
  async removeTeacher(
    @Arg('classId', () => ID) classId: string,
    @Arg('teacherId', () => ID) teacherId: string,
    @Arg('reason', () => String, { nullable: true, description: 'Kept in the log; 500 characters at most.' })
    reason: string | null,
    @Ctx() context: RosterContext,
  ): Promise<Class> {
    const asked = { classId, userId: teacherId, reason, change: context };
    await context.session.write(tx => setEnrolmentStatus(tx, { ...asked, type: 'TEACHER', status: 'WITHDRAWN' }));
    return changedClass(classId, context);
  }
}

const shownEnrolment = (row: EnrolmentRow): Enrolment => ({
  user: {
    id: publicId('person', row.personId),
    ...{ login: row.login, givenName: row.givenName, familyName: row.familyName },
  },
  type: EnrolmentType[row.type],
  status: EnrolmentStatus[row.status],
  enrolledAt: row.enrolledAt,
});

function placeIn(after: string | null, asked: unknown): { name: string; personId: number; type: string } | null {
  const place = readPlace(after, asked, { name: 'text', personId: 'number', type: 'text' });
  if (place && place.type !== 'TEACHER' && place.type !== 'STUDENT') throw noCursor();
  return place;
}
