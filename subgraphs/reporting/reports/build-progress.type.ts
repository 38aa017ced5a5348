import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: "How far the making of the tenant's stored aggregates is. Reports are right meanwhile." })
export class BuildProgress {
  @Field(() => String, { description: "What is being made: 'cells', or a hierarchy's id." })
  step!: string;

  @Field(() => Int)
  done!: number;

  @Field(() => Int, { description: 'How many steps there are in all.' })
  steps!: number;

  @Field(() => Date)
  startedAt!: Date;
}
