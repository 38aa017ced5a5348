import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { DateScalar } from '../../shared/graphql/scalars';

const times = {
  rawActivityHours: 'Raw activity, from its acceptance, and until it is in the stored sums. Figures do not need it.',
  eventIdDays:
    'Ids of events, from their acceptance: for so long the same event is known to be the same. Events from before the ids ' +
    'that are known are no longer accepted, so that none is counted twice.',
  figureDays:
    'Figures with the facts, learners and competency statuses they are made of, from the last acceptance of something of ' +
    "their day. A person's last status of a competency stays.",
  auditLogDays: 'The audit log.',
  activityLogDays: 'The activity log.',
  importDays: 'Contents of imported files, from when they were sent; that they were sent stays.',
};

@ObjectType({
  description:
    'For how long what is kept; null: for ever. What has expired is out of sight at once and deleted later, and each ' +
    'deletion is in the audit log (PURGE).',
})
export class Retention {
  @Field(() => Int, { nullable: true, description: times.rawActivityHours })
  rawActivityHours!: number | null;

  @Field(() => Int, { nullable: true, description: times.eventIdDays })
  eventIdDays!: number | null;

  @Field(() => Int, { nullable: true, description: times.figureDays })
  figureDays!: number | null;

  @Field(() => Int, { nullable: true, description: times.auditLogDays })
  auditLogDays!: number | null;

  @Field(() => Int, { nullable: true, description: times.activityLogDays })
  activityLogDays!: number | null;

  @Field(() => Int, { nullable: true, description: times.importDays })
  importDays!: number | null;

  @Field(() => DateScalar, { nullable: true, description: 'Figures of some days before this one have expired; null where none have.' })
  figuresFrom!: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Competency statuses that ended before this day have expired; null where none have.' })
  competenciesFrom!: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'Events that occurred less than a day after this moment, or before it, are no longer accepted; null: any are.',
  })
  eventIdsFrom!: Date | null;
}

@InputType({ description: 'What is left out stays as it is; null keeps for ever.' })
export class RetentionInput {
  @Field(() => Int, { nullable: true, description: times.rawActivityHours })
  rawActivityHours?: number | null;

  @Field(() => Int, { nullable: true, description: times.eventIdDays })
  eventIdDays?: number | null;

  @Field(() => Int, { nullable: true, description: times.figureDays })
  figureDays?: number | null;

  @Field(() => Int, { nullable: true, description: times.auditLogDays })
  auditLogDays?: number | null;

  @Field(() => Int, { nullable: true, description: times.activityLogDays })
  activityLogDays?: number | null;

  @Field(() => Int, { nullable: true, description: times.importDays })
  importDays?: number | null;
}
