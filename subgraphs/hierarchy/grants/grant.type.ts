import { Field, ID, ObjectType } from 'type-graphql';
import { Group } from '../groups/group.type';

@ObjectType({ description: 'A group given to a person or a partner application; it covers everything below.' })
export class Grant {
  @Field(() => ID)
  userId!: string;

  @Field(() => Group)
  group!: Group;

  @Field(() => Date)
  grantedAt!: Date;
}
