import { Field, Float, ObjectType } from 'type-graphql';
import { connectionOf } from '../../shared/graphql/connection.type';
import { NamedStudent } from '../../shared/graphql/named-student.type';
import { DateScalar } from '../../shared/graphql/scalars';
import { words } from './figures.type';
import { RiskReason } from './risk/risk-settings.type';

@ObjectType({ description: 'A student who is at risk, with the figures of the classes that the list is of.' })
export class StudentAtRisk extends NamedStudent {
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
export class StudentAtRiskConnection extends connectionOf<StudentAtRisk>(() => StudentAtRisk) {}
