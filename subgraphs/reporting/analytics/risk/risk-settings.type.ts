import { Field, Float, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';

export enum RiskReason {
  INACTIVE = 'INACTIVE',
  LOW_SCORE = 'LOW_SCORE',
  LOW_ENGAGEMENT = 'LOW_ENGAGEMENT',
  LOW_MASTERY = 'LOW_MASTERY',
}

registerEnumType(RiskReason, {
  name: 'RiskReason',
  description:
    'Why a student counts as at risk, by the thresholds of riskSettings. INACTIVE: no activity for so many days, counted '
    + 'from the last active day or, where that is later, from the day the student came into a class. LOW_SCORE, '
    + 'LOW_ENGAGEMENT: of the last four weeks, below the minimum. LOW_MASTERY: of what is expected on the day, below the '
    + 'minimum. A student of no active class on the day is not at risk.',
});

const words = {
  inactiveDays: 'Days without activity, 1 to 365; 14 by default. Null: INACTIVE is off.',
  minimumAverageScore: 'Percent, 0 to 100; 50 by default. Null: LOW_SCORE is off.',
  minimumEngagement: 'Active days / days, 0 to 1; null by default. Null: LOW_ENGAGEMENT is off.',
  minimumMasteryProgress: 'Completed / expected, 0 to 1; null by default. Null: LOW_MASTERY is off.',
};

@ObjectType({ description: 'From when on a student of the tenant counts as at risk.' })
export class RiskSettings {
  @Field(() => Int, { description: "The settings' version: a write names the version it read." })
  version!: number;

  @Field(() => Boolean, { description: 'Whether the tenant has left them as they were.' })
  isDefault!: boolean;

  @Field(() => Int, { nullable: true, description: words.inactiveDays })
  inactiveDays!: number | null;

  @Field(() => Float, { nullable: true, description: words.minimumAverageScore })
  minimumAverageScore!: number | null;

  @Field(() => Float, { nullable: true, description: words.minimumEngagement })
  minimumEngagement!: number | null;

  @Field(() => Float, { nullable: true, description: words.minimumMasteryProgress })
  minimumMasteryProgress!: number | null;
}

@InputType({ description: 'All four are set: what is null or left out switches that reason off.' })
export class RiskSettingsInput {
  @Field(() => Int, { nullable: true, description: words.inactiveDays })
  inactiveDays?: number | null;

  @Field(() => Float, { nullable: true, description: words.minimumAverageScore })
  minimumAverageScore?: number | null;

  @Field(() => Float, { nullable: true, description: words.minimumEngagement })
  minimumEngagement?: number | null;

  @Field(() => Float, { nullable: true, description: words.minimumMasteryProgress })
  minimumMasteryProgress?: number | null;
}
