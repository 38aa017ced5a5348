import { Field, Float, ObjectType } from 'type-graphql';
import { DateScalar, SafeInt } from '../../shared/graphql/scalars';

/** Each figure in the words of docs/figures.md. */
export const words = {
  learningVelocity:
    'Competencies a week: those expected on the last day that are COMPLETED at its end and were not before the first day, ' +
    'divided by days / 7. One lost again by then does not count.',
  masteryProgress:
    'Completed / expected, 0 to 1, on the last day: the distinct competencies that the active classes of that day expect, ' +
    'and how many of them are COMPLETED at its end. Null where nothing is expected.',
  engagement: 'Active days / days, 0 to 1. An active day has a scored attempt or time spent.',
  skillGapCount: 'Competencies: expected on the last day and NOT_STARTED at its end.',
  averageScore: 'Percent, 0 to 100: score sum / attempts of those days. Null when nothing was scored.',
  window: 'The figures are of the 28 days (four weeks) from this day on,',
  through: 'through this one: the day asked for, today in the tenant\'s time zone when omitted.',
};

/** A learner's figures of some days. */
@ObjectType()
export abstract class LearnerFigures {
  @Field(() => DateScalar)
  from!: string;

  @Field(() => DateScalar)
  through!: string;

  @Field(() => Float, { description: words.learningVelocity })
  learningVelocity!: number;

  @Field(() => Float, { nullable: true, description: words.masteryProgress })
  masteryProgress!: number | null;

  @Field(() => SafeInt, { description: 'Competencies completed of those expected.' })
  completed!: number;

  @Field(() => SafeInt, { description: 'Distinct competencies that the learner\'s active classes expect on the last day.' })
  expected!: number;

  @Field(() => SafeInt, { description: words.skillGapCount })
  skillGapCount!: number;

  @Field(() => Float, { description: words.engagement })
  engagement!: number;

  @Field(() => Float, { nullable: true, description: words.averageScore })
  averageScore!: number | null;

  @Field(() => SafeInt, { description: 'Scored attempts.' })
  attempts!: number;

  @Field(() => SafeInt, { description: 'Seconds, of both kinds of activity.' })
  totalSeconds!: number;
}

@ObjectType({ description: 'A learner\'s figures over one interval of a trend: see LearnerAnalytics for each of them.' })
export class LearnerPoint extends LearnerFigures {
  @Field(() => SafeInt, { description: 'Days.' })
  activeDays!: number;
}

@ObjectType({
  description:
    'Means of the learners\' own figures, each learner counted once: of those who are in an active class on the last day.',
})
export class LearnerAverages {
  @Field(() => Float, { nullable: true, description: `Mean over all learners; null without any. ${words.learningVelocity}` })
  learningVelocity!: number | null;

  @Field(() => Float, { nullable: true, description: `Mean over the learners of whom something is expected. ${words.masteryProgress}` })
  masteryProgress!: number | null;

  @Field(() => Float, { nullable: true, description: `Mean over all learners; null without any. ${words.engagement}` })
  engagement!: number | null;

  @Field(() => Float, { nullable: true, description: `Mean over all learners; null without any. ${words.skillGapCount}` })
  skillGapCount!: number | null;
}

/** What is told of the learners of classes, whichever classes they are. */
@ObjectType()
export abstract class CohortFigures {
  @Field(() => DateScalar, { description: words.window })
  from!: string;

  @Field(() => DateScalar, { description: words.through })
  through!: string;

  @Field(() => LearnerAverages)
  averages!: LearnerAverages;
}

@ObjectType({ description: 'The learners of classes over one interval of a trend.' })
export class LearnersPoint {
  @Field(() => DateScalar)
  from!: string;

  @Field(() => DateScalar)
  through!: string;

  @Field(() => SafeInt, { description: 'Distinct learners who are in an active class on the interval\'s last day.' })
  learners!: number;

  @Field(() => SafeInt, { description: 'Those of them with an active day in the interval.' })
  activeLearners!: number;

  @Field(() => LearnerAverages)
  averages!: LearnerAverages;

  @Field(() => Date, { description: 'The moment whose data the point is made of: everything accepted before it is in.' })
  asOf!: Date;
}
