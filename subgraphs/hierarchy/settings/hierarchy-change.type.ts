import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { SafeInt } from '../../shared/graphql/scalars';

@Directive('@key(fields: "hierarchyId")')
@ObjectType({ description: "What making a hierarchy the tenant's own would change." })
export class HierarchyChangePreview {
  @Field(() => ID)
  hierarchyId!: string;

  @Field(() => SafeInt, { description: "Active classes that would fall into 'other'." })
  classesToOther!: number;

  @Field(() => SafeInt, { description: "Active classes that would leave 'other'." })
  classesFromOther!: number;

  @Field(() => SafeInt, {
    description: 'People who would cover classes that they do not cover now. Whoever gains and loses is counted in both.',
  })
  usersGainingAccess!: number;

  @Field(() => SafeInt, { description: 'People who would no longer cover classes that they cover now.' })
  usersLosingAccess!: number;
}
