import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'That somebody was erased.' })
export class Erasure {
  @Field(() => ID, { description: 'As before; it leads to nobody any more.' })
  userId!: string;

  @Field(() => Date, { description: 'When it was asked for first.' })
  erasedAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: 'When the last trace was gone from logs and imported files; null until then, a minute or two.',
  })
  finishedAt!: Date | null;
}
