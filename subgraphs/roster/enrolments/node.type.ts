import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { SafeInt } from '../../shared/graphql/scalars';

@Directive('@key(fields: "id hierarchyId")')
@ObjectType()
export class HierarchyNode {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  hierarchyId!: string;

  @Field(() => SafeInt, {
    nullable: true,
    description:
      'Distinct students with an active enrolment in an active class at or below this node, today. A student of two ' +
      'children counts once: not the sum of the children.',
  })
  studentCount?: number | null;
}
