import { Field, ID, ObjectType } from 'type-graphql';
import { PageInfo } from '../../shared/graphql/page-info.type';
import { SafeInt } from '../../shared/graphql/scalars';
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
export class PersonConnection {
  @Field(() => [Person])
  nodes!: Person[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => SafeInt, { description: 'All people found, not only those of this page.' })
  totalCount!: number;
}
