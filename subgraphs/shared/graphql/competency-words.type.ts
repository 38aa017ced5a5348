import { Field, ObjectType } from 'type-graphql';

/** What is said of a competency wherever one is shown. */
@ObjectType()
export abstract class CompetencyWords {
  @Field(() => String, { description: 'Unique in its framework.' })
  code!: string;

  @Field(() => String)
  title!: string;

  @Field(() => String)
  framework!: string;

  @Field(() => String, { nullable: true })
  subject!: string | null;

  @Field(() => String, { nullable: true })
  grade!: string | null;
}
