import { Directive, Field, Float, ID, ObjectType } from 'type-graphql';
import { mostFilterValues } from '../../reporting/published';
import { Provenance } from '../../shared/graphql/provenance.type';
import { DateScalar, SafeInt } from '../../shared/graphql/scalars';

@ObjectType()
export abstract class CountsByStatus {
  @Field(() => SafeInt, { description: 'Those at COMPLETED.' })
  completed!: number;

  @Field(() => SafeInt, { description: 'Those at INFERRED: not counted as completed.' })
  inferred!: number;

  @Field(() => SafeInt, { description: 'Those at IN_PROGRESS.' })
  inProgress!: number;

  @Field(() => SafeInt, { description: 'Those without a status too.' })
  notStarted!: number;
}

@ObjectType({
  description:
    "Triples of active class, active student and expected competency, by the student's latest status from whichever " +
    'class: they add up along the tree, and a student of two classes counts in both. Expected: the tenant\'s ' +
    "competencies of the class's grade and, where the class has a subject, of that subject; a class without a grade " +
    'expects none. Only expected ones count.',
})
export class CompetencyCounts extends CountsByStatus {
  @Field(() => Provenance)
  provenance!: Provenance;
}

@ObjectType({ description: 'The counts at the end of an interval; see CompetencyCounts.' })
export class CompetencyPoint extends CountsByStatus {
  @Field(() => DateScalar)
  from!: string;

  @Field(() => DateScalar, { description: 'The day at whose end the counts are so.' })
  through!: string;
}

@ObjectType({ description: 'Completed (nothing less) among the expected triples of CompetencyCounts.' })
export class Completion {
  @Field(() => SafeInt, { description: 'Triples at COMPLETED.' })
  completed!: number;

  @Field(() => SafeInt, { description: 'All triples.' })
  expected!: number;

  @Field(() => Float, { nullable: true, description: 'completed / expected, 0 to 1; null where nothing is expected.' })
  rate!: number | null;
}

@ObjectType({
  description:
    'What the MetricFilter of competency counts can be made of: each value once, in the order of its characters (UTF-16), ' +
    `and with it alone there is something to count. ${mostFilterValues} of each at most.`,
})
export class CompetencyFilterValues {
  @Field(() => [String], { description: 'For MetricFilter.subject.' })
  subjects!: string[];

  @Field(() => [String], { description: 'For MetricFilter.framework.' })
  frameworks!: string[];

  @Field(() => Boolean, { description: `False where there are more than ${mostFilterValues} of one: that list has the first of them.` })
  isComplete!: boolean;
}

/** What is expected and not begun is not started. */
export const shownCounts = ({ expected, completed, inferred, inProgress }: Sums) => ({
  ...{ completed, inferred, inProgress },
  notStarted: expected - completed - inferred - inProgress,
});

interface Sums {
  expected: number;
  completed: number;
  inferred: number;
  inProgress: number;
}

@Directive('@key(fields: "id hierarchyId")')
@ObjectType()
export class HierarchyNode {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  hierarchyId!: string;
}
