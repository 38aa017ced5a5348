import { Field, InputType, registerEnumType } from 'type-graphql';
import { DateScalar } from './scalars';

@InputType({ description: 'Both days belong to the period.' })
export class PeriodInput {
  @Field(() => DateScalar)
  from!: string;

  @Field(() => DateScalar, { description: 'On or after `from`; the period may span ten years.' })
  through!: string;
}

@InputType({
  description:
    'Values as activities or competencies carry them, letter by letter; all that are given hold together. One that nothing ' +
    'carries leaves nothing; which there are, HierarchyNode.filterValues and competencyFilterValues tell. What is absent on ' +
    'an activity matches no value.',
})
export class MetricFilter {
  @Field(() => String, { nullable: true })
  subject?: string | null;

  @Field(() => String, { nullable: true })
  contentSource?: string | null;

  @Field(() => String, { nullable: true })
  framework?: string | null;
}

export enum Interval {
  DAY = 'DAY',
  WEEK = 'WEEK',
  MONTH = 'MONTH',
  YEAR = 'YEAR',
}

registerEnumType(Interval, {
  name: 'Interval',
  description: 'Days; ISO weeks, Monday first; months and years of the calendar.',
});
