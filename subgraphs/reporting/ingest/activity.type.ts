import { Field, Float, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { CompetencyStatus } from '../../shared/graphql/competency-status.enum';
import { SafeInt } from '../../shared/graphql/scalars';

export enum ActivityKind {
  ASSESSMENT = 'ASSESSMENT',
  COLLECTION = 'COLLECTION',
}

registerEnumType(ActivityKind, { name: 'ActivityKind', description: 'Which of the two sums of time spent its seconds are added to.' });

@InputType()
export class ActivityEventInput {
  @Field(() => ID, { description: 'Chosen by the sender, 512 characters at most; the same id is counted once, however often it is sent.' })
  eventId!: string;

  @Field(() => ID, { description: "The graph's id; POST /events takes the customer's own." })
  classId!: string;

  @Field(() => ID, { description: "Whose activity it is, by the graph's id." })
  userId!: string;

  @Field(() => Date, { description: "From 1900 until a day ahead. Its day is that of the tenant's time zone when the event is accepted." })
  occurredAt!: Date;

  @Field(() => Float, { nullable: true, description: 'Percent, 0 to 100; kept to four decimals, halves away from zero. Without it there is no attempt.' })
  score?: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'Seconds, 0 to 86,400.' })
  secondsSpent?: number | null;

  @Field(() => ActivityKind, { nullable: true, description: 'Without it: ASSESSMENT when there is a score, else COLLECTION.' })
  kind?: ActivityKind | null;

  @Field(() => String, { nullable: true })
  subject?: string | null;

  @Field(() => String, { nullable: true })
  contentSource?: string | null;

  @Field(() => String, { nullable: true })
  framework?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "A competency's code. Without a framework it must be the code of one competency only.",
  })
  competency?: string | null;

  @Field(() => CompetencyStatus, { nullable: true, description: 'Needs the competency it is about.' })
  status?: CompetencyStatus | null;
}

@ObjectType({ description: 'An event that was not accepted, and why.' })
export class RejectedEvent {
  @Field(() => ID, { description: 'As it was sent; empty where it had none.' })
  eventId!: string;

  @Field(() => String, { description: 'BAD_USER_INPUT, NOT_FOUND, FORBIDDEN or CONFLICT.' })
  code!: string;

  @Field(() => String)
  message!: string;
}

@ObjectType({
  description:
    'accepted + duplicates + rejected = sent. The same id with the same contents is a duplicate, with other contents ' +
    'rejected as CONFLICT. What is accepted survives a crash that follows the answer.',
})
export class ActivityReceipt {
  @Field(() => SafeInt, { description: 'Events that are counted from now on.' })
  accepted!: number;

  @Field(() => SafeInt, { description: 'Events that were accepted before.' })
  duplicates!: number;

  @Field(() => [RejectedEvent], { description: 'Events that are not counted; the others are.' })
  rejected!: RejectedEvent[];
}
