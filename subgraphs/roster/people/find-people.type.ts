import { Field, ObjectType } from 'type-graphql';
import { connectionOf } from '../../shared/graphql/connection.type';
import { Role } from '../../shared/graphql/role.enum';
import { NamedPerson } from './named-person.type';

@ObjectType({ description: 'Somebody of the tenant, as its administrators see them.' })
export class Person extends NamedPerson {
  @Field(() => [Role], { description: "Those of the person's row." })
  roles!: Role[];
}

@ObjectType()
export class PersonConnection extends connectionOf<Person>(() => Person, {
  total: 'All people found, not only those of this page.',
}) {}
