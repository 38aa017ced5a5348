import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { connectionOf } from '../../shared/graphql/connection.type';
import { NamedPerson } from '../people/named-person.type';

export enum EnrolmentType {
  TEACHER = 'TEACHER',
  STUDENT = 'STUDENT',
}

export enum EnrolmentStatus {
  ACTIVE = 'ACTIVE',
  INACTIVE = 'INACTIVE',
  WITHDRAWN = 'WITHDRAWN',
}

registerEnumType(EnrolmentType, {
  name: 'EnrolmentType',
  description: 'The same user may be teacher and student of a class, and is enrolled once as each.',
});
registerEnumType(EnrolmentStatus, {
  name: 'EnrolmentStatus',
  description:
    'What is not ACTIVE has ended. The enrolment is kept, and enrolling again makes it ACTIVE from that day on.',
});

@ObjectType({ description: 'A person of the roster.' })
export class RosterUser extends NamedPerson {}

@ObjectType({ description: 'That a person belongs to a class, as teacher or student.' })
export class Enrolment {
  @Field(() => RosterUser)
  user!: RosterUser;

  @Field(() => EnrolmentType)
  type!: EnrolmentType;

  @Field(() => EnrolmentStatus)
  status!: EnrolmentStatus;

  @Field(() => Date, { description: 'When it last became active.' })
  enrolledAt!: Date;
}

@ObjectType()
export class EnrolmentConnection extends connectionOf<Enrolment>(() => Enrolment, {
  total: 'All enrolments of the class that match, not only those of this page.',
}) {}
