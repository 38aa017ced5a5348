import { Field, ID, ObjectType } from 'type-graphql';

/** The student whom a row of a list is about. */
@ObjectType()
export abstract class NamedStudent {
  @Field(() => ID)
  studentId!: string;

  @Field(() => String)
  login!: string;

  @Field(() => String, { nullable: true })
  givenName!: string | null;

  @Field(() => String, { nullable: true })
  familyName!: string | null;
}
