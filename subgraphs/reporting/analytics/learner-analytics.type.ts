import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../../shared/graphql/page-info.type';
import { Provenance } from '../../shared/graphql/provenance.type';
import { DateScalar, SafeInt } from '../../shared/graphql/scalars';
import { words } from './figures.type';
import { RiskReason } from './risk/risk-settings.type';

@ObjectType({ description: 'A competency that is expected of a learner and not begun.' })
export class SkillGap {
  @Field(() => ID)
  competencyId!: string;

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

@ObjectType()
export class SkillGapConnection {
  @Field(() => [SkillGap])
  nodes!: SkillGap[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => SafeInt)
  totalCount!: number;
}

@ObjectType({
  description:
    'A learner\'s figures: of all classes for the learner, administrators and users of a student group of theirs; for ' +
    'others of the classes that are granted to them, as Student.performance.',
})
export class LearnerAnalytics {
  @Field(() => ID)
  studentId!: string;

  @Field(() => DateScalar, { description: words.window })
  from!: string;

  @Field(() => DateScalar, { description: words.through })
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

  @Field(() => Int, { description: 'Days, 0 to 28.' })
  activeDays!: number;

  @Field(() => Float, { nullable: true, description: words.averageScore })
  averageScore!: number | null;

  @Field(() => SafeInt, { description: 'Scored attempts.' })
  attempts!: number;

  @Field(() => SafeInt, { description: 'Seconds, of both kinds of activity.' })
  totalSeconds!: number;

  @Field(() => DateScalar, { nullable: true, description: 'The last active day up to the last day, however long ago; null without any.' })
  lastActivity!: string | null;

  @Field(() => Boolean, { description: 'Whether there is a reason.' })
  atRisk!: boolean;

  @Field(() => [RiskReason])
  riskReasons!: RiskReason[];

  @Field(() => Provenance, { description: 'Made when it is asked for, so always fresh.' })
  provenance!: Provenance;
}
