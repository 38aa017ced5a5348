import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { Provenance } from '../../shared/graphql/provenance.type';
import { SafeInt } from '../../shared/graphql/scalars';

@ObjectType({
  description:
    "Triples of active class, active student and expected competency, by the student's latest status from whichever " +
    'class: they add up along the tree, and a student of two classes counts in both. Expected: the tenant\'s ' +
    "competencies of the class's grade and, where the class has a subject, of that subject; a class without a grade " +
    'expects none. Only expected ones count.',
})
export class CompetencyCounts {
  @Field(() => SafeInt)
  completed!: number;

  @Field(() => SafeInt)
  inferred!: number;

  @Field(() => SafeInt)
  inProgress!: number;

  @Field(() => SafeInt, { description: 'Those without a status too.' })
  notStarted!: number;

  @Field(() => Provenance)
  provenance!: Provenance;
}

@Directive('@key(fields: "id hierarchyId")')
@ObjectType()
export class HierarchyNode {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  hierarchyId!: string;
}
