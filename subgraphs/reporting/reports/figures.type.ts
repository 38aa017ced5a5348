import { Field, Float, ObjectType } from 'type-graphql';
import { DateScalar, SafeInt } from '../../shared/graphql/scalars';
import { Provenance } from '../../shared/graphql/provenance.type';

@ObjectType({ description: 'How the scored activity of a period went; without any the sums are 0, and the average is null.' })
export class Performance {
  @Field(() => Float, {
    nullable: true,
    description:
      'Percent, 0 to 100: scoreSum / attempts. Null when nothing was scored: never 0, and never pulled down by children ' +
      'without data.',
  })
  averageScore!: number | null;

  @Field(() => Float, { description: 'Sum of the scores in percent, exact to four decimals.' })
  scoreSum!: number;

  @Field(() => SafeInt, { description: 'Scored attempts.' })
  attempts!: number;

  @Field(() => SafeInt, {
    description: 'Distinct learners with at least one scored attempt. Exact. Not the sum of the children.',
  })
  learners?: number;

  @Field(() => Provenance)
  provenance!: Provenance;
}

@ObjectType({ description: 'The time spent in a period; 0 without any.' })
export class TimeSpent {
  @Field(() => SafeInt, { description: 'Seconds: collectionSeconds + assessmentSeconds.' })
  totalSeconds!: number;

  @Field(() => SafeInt, { description: 'Seconds spent on activities of kind COLLECTION.' })
  collectionSeconds!: number;

  @Field(() => SafeInt, { description: 'Seconds spent on activities of kind ASSESSMENT.' })
  assessmentSeconds!: number;

  @Field(() => SafeInt, { description: 'Distinct learners with time spent. Exact. Not the sum of the children.' })
  learners?: number;

  @Field(() => Provenance)
  provenance!: Provenance;
}

@ObjectType({ description: 'The scored activity of one interval, both days included.' })
export class PerformancePoint {
  @Field(() => DateScalar)
  from!: string;

  @Field(() => DateScalar)
  through!: string;

  @Field(() => Float, { nullable: true, description: 'Percent, 0 to 100; null when nothing was scored.' })
  averageScore!: number | null;

  @Field(() => Float, { description: 'Sum of the scores in percent.' })
  scoreSum!: number;

  @Field(() => SafeInt, { description: 'Scored attempts.' })
  attempts!: number;
}

@ObjectType({ description: 'The time spent in one interval, both days included.' })
export class TimeSpentPoint {
  @Field(() => DateScalar)
  from!: string;

  @Field(() => DateScalar)
  through!: string;

  @Field(() => SafeInt, { description: 'Seconds.' })
  totalSeconds!: number;
}
