import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../../shared/graphql/page-info.type';
import { JsonScalar, SafeInt } from '../../shared/graphql/scalars';

export enum ActivityAction {
  STUDENT_ADDED = 'STUDENT_ADDED',
  STUDENT_REMOVED = 'STUDENT_REMOVED',
  STUDENT_UPDATED = 'STUDENT_UPDATED',
  TEACHER_ASSIGNED = 'TEACHER_ASSIGNED',
  TEACHER_REMOVED = 'TEACHER_REMOVED',
  TEST_SERIES_ADDED = 'TEST_SERIES_ADDED',
  TEST_SERIES_REMOVED = 'TEST_SERIES_REMOVED',
  GROUP_CREATED = 'GROUP_CREATED',
  GROUP_UPDATED = 'GROUP_UPDATED',
}

registerEnumType(ActivityAction, {
  name: 'ActivityAction',
  description:
    'STUDENT_REMOVED: set to INACTIVE or WITHDRAWN. STUDENT_UPDATED: made ACTIVE again by its status, or changed ' +
    'between INACTIVE and WITHDRAWN. GROUP_CREATED, GROUP_UPDATED: the class itself was made, or made active or inactive.',
});

@ObjectType({ description: 'One change of a roster. Lines are added, and never changed or deleted.' })
export class ActivityLogEntry {
  @Field(() => ID)
  id!: string;

  @Field(() => ActivityAction)
  action!: ActivityAction;

  @Field(() => ID)
  classId!: string;

  @Field(() => ID, { description: 'Whom it concerns; the performer where it is about the class itself.' })
  userId!: string;

  @Field(() => ID, { nullable: true, description: 'The same, where they are concerned as a student.' })
  studentId!: string | null;

  @Field(() => ID, { description: 'Who did it; of the platform, where a super admin did.' })
  performedById!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'Details: a reason, the statuses from and to, the test series, or what was sent with an enrolment.',
  })
  metadata!: unknown;

  @Field(() => Date)
  createdAt!: Date;
}

@ObjectType()
export class ActivityLogConnection {
  @Field(() => [ActivityLogEntry])
  nodes!: ActivityLogEntry[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => SafeInt, { description: 'All lines that match, not only those of this page.' })
  totalCount?: number;
}
