import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';

@InputType()
export class PlacementInput {
  @Field(() => ID, { description: 'A group or a class; each once in a call.' })
  childId!: string;

  @Field(() => ID, { nullable: true, description: 'The group it is to hang under; null takes it out.' })
  parentId?: string | null;
}

@ObjectType({ description: 'What became of placements. Those that came along are counted with the others.' })
export class PlacementReceipt {
  @Field(() => Int, { description: 'Groups and classes that had no place in the hierarchy and have one now.' })
  placed!: number;

  @Field(() => Int, { description: 'Those that hang under another parent than before.' })
  moved!: number;

  @Field(() => Int, { description: 'Those that have lost their place.' })
  takenOut!: number;

  @Field(() => Int, { description: 'Those that hung where they should, or had no place and were to have none.' })
  unchanged!: number;

  @Field(() => Int, { description: 'Those, of placed and unchanged, that were not listed: alongFrom has them below.' })
  cameAlong!: number;

  @Field(() => Int, { description: 'Groups and classes that did not come along: they have another place in the hierarchy, and keep it.' })
  stayed!: number;

  @Field(() => [ID], { description: 'Their ids, of the first 100. What alongFrom has below these did not come along either.' })
  stayedIds!: string[];

  @Field(() => Int, {
    description: 'Groups that did not come along since their type is no level of the hierarchy, or none below what they would ' +
      'hang under. What alongFrom has below them hangs under the next one above.',
  })
  skipped!: number;
}
