import { Field, ID, Int, ObjectType } from 'type-graphql';
import { CompetencyWords } from '../../shared/graphql/competency-words.type';
import { connectionOf } from '../../shared/graphql/connection.type';
import { Provenance } from '../../shared/graphql/provenance.type';
import { DateScalar } from '../../shared/graphql/scalars';
import { LearnerFigures, words } from './figures.type';
import { RiskReason } from './risk/risk-settings.type';

@ObjectType({ description: 'A competency that is expected of a learner and not begun.' })
export class SkillGap extends CompetencyWords {
  @Field(() => ID)
  competencyId!: string;
}

@ObjectType()
export class SkillGapConnection extends connectionOf<SkillGap>(() => SkillGap) {}

@ObjectType({
  description:
    'A learner\'s figures: of all classes for the learner, administrators and users of a student group of theirs; for ' +
    'others of the classes that are granted to them, as Student.performance.',
})
export class LearnerAnalytics extends LearnerFigures {
  @Field(() => ID)
  studentId!: string;

  @Field(() => DateScalar, { description: words.window })
  override from!: string;

  @Field(() => DateScalar, { description: words.through })
  override through!: string;

  @Field(() => Int, { description: 'Days, 0 to 28.' })
  activeDays!: number;

  @Field(() => DateScalar, { nullable: true, description: 'The last active day up to the last day, however long ago; null without any.' })
  lastActivity!: string | null;

  @Field(() => Boolean, { description: 'Whether there is a reason.' })
  atRisk!: boolean;

  @Field(() => [RiskReason])
  riskReasons!: RiskReason[];

  @Field(() => Provenance, { description: 'Made when it is asked for, so always fresh.' })
  provenance!: Provenance;
}
