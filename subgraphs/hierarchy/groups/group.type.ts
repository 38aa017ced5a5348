import { Directive, Field, ID, InputType, ObjectType } from 'type-graphql';
import { GroupType } from '../../shared/graphql/group-type.enum';
import { connectionOf } from '../../shared/graphql/connection.type';

@Directive('@key(fields: "id")')
@ObjectType({ description: 'A country, state, district, school district, block, cluster or school of the tenant.' })
export class Group {
  @Field(() => ID, { description: 'Also the id of its node in every hierarchy where it stands.' })
  id!: string;

  @Field(() => String, { nullable: true, description: "The customer's own identifier, unique per type." })
  externalId!: string | null;

  @Field(() => GroupType)
  type!: GroupType;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  code!: string | null;
}

@ObjectType()
export class GroupConnection extends connectionOf<Group>(() => Group, {
  total: 'All groups found, not only those of this page.',
}) {}

@InputType()
export class CreateGroupInput {
  @Field(() => GroupType, { description: 'Any but class: classes belong to the roster.' })
  type!: GroupType;

  @Field(() => String, { description: 'Not empty.' })
  name!: string;

  @Field(() => String, { nullable: true })
  code?: string | null;

  @Field(() => String, { nullable: true, description: "The customer's own identifier, unique per type." })
  externalId?: string | null;
}
