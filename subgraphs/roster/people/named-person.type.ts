import { Field, ID, ObjectType } from 'type-graphql';

/** Somebody, and what they are called. */
@ObjectType()
export abstract class NamedPerson {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  login!: string;

  @Field(() => String, { nullable: true })
  givenName!: string | null;

  @Field(() => String, { nullable: true })
  familyName!: string | null;
}
