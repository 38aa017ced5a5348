import { Field, ObjectType } from 'type-graphql';
import { mostFilterValues } from '../rollup/filter-values';

@ObjectType({
  description:
    'What a MetricFilter can be made of: each value once, in the order of its characters (UTF-16), and with it alone there ' +
    `is something to report. ${mostFilterValues} of each at most.`,
})
export class FilterValues {
  @Field(() => [String], { description: 'For MetricFilter.subject.' })
  subjects!: string[];

  @Field(() => [String], { description: 'For MetricFilter.contentSource.' })
  contentSources!: string[];

  @Field(() => [String], { description: 'For MetricFilter.framework.' })
  frameworks!: string[];

  @Field(() => Boolean, { description: `False where there are more than ${mostFilterValues} of one: that list has the first of them.` })
  isComplete!: boolean;
}
