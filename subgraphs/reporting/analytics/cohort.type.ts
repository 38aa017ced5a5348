import { Field, Float, ID, ObjectType } from 'type-graphql';
import { PageInfo } from '../../shared/graphql/page-info.type';
import { DateScalar, SafeInt } from '../../shared/graphql/scalars';
import { words } from './figures.type';
import { RiskReason } from './risk/risk-settings.type';

@ObjectType({ description: 'A student who is at risk, with the figures of the classes that the list is of.' })
export class StudentAtRisk {
  @Field(() => ID)
  studentId!: string;

  @Field(() => String)
  login!: string;

  @Field(() => String, { nullable: true })
  givenName!: string | null;

  @Field(() => String, { nullable: true })
  familyName!: string | null;

  @Field(() => [RiskReason], { description: 'Why: one at least.' })
  riskReasons!: RiskReason[];

  @Field(() => DateScalar, { nullable: true, description: 'The last active day; null without any.' })
  lastActivity!: string | null;

  @Field(() => Float, { nullable: true, description: words.averageScore })
  averageScore!: number | null;

  @Field(() => Float, { description: words.engagement })
  engagement!: number;

  @Field(() => Float, { nullable: true, description: words.masteryProgress })
  masteryProgress!: number | null;
}

@ObjectType()
export class StudentAtRiskConnection {
  @Field(() => [StudentAtRisk])
  nodes!: StudentAtRisk[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => SafeInt)
  totalCount!: number;
}
