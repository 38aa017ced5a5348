import { Field, ID, ObjectType } from 'type-graphql';
import { connectionOf } from '../../shared/graphql/connection.type';
import { Role } from '../../shared/graphql/role.enum';

@ObjectType({ description: 'Somebody of the tenant, as its administrators see them.' })
export class Person {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  login!: string;

  @Field(() => String, { nullable: true })
  givenName!: string | null;

  @Field(() => String, { nullable: true })
  familyName!: string | null;

  @Field(() => [Role], { description: "Those of the person's row." })
  roles!: Role[];
}

@ObjectType()
export class PersonConnection extends connectionOf<Person>(() => Person, {
  total: 'All people found, not only those of this page.',
}) {}
