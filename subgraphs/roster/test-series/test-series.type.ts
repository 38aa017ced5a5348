import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Tests that are assigned to classes together.' })
export class TestSeries {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;
}
