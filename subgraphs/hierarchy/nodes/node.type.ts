import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { connectionOf } from '../../shared/graphql/connection.type';
import { SafeInt } from '../../shared/graphql/scalars';

@ObjectType()
export class HierarchyNodeConnection extends connectionOf<HierarchyNode>(() => HierarchyNode, {
  total: 'All children that the caller may see, not only those of this page.',
}) {}

@Directive('@key(fields: "id hierarchyId")')
@ObjectType({ description: 'A group or a class, as one hierarchy places it.' })
export class HierarchyNode {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  hierarchyId!: string;

  @Directive('@shareable')
  @Field(() => String, { nullable: true, description: "The customer's own identifier, unique per type." })
  externalId!: string | null;

  @Directive('@shareable')
  @Field(() => String)
  name!: string;

  @Directive('@shareable')
  @Field(() => String, { description: "A GroupType, or 'other' (the uncategorised classes), 'tenant' (all there is), 'scope' (all the caller may see)." })
  type!: string;

  @Field(() => HierarchyNode, { nullable: true, description: "Null at a root and at the edge of the caller's view." })
  parent?: HierarchyNode | null;

  @Field(() => [HierarchyNode], {
    description: "Root first; begins at the edge of the caller's view, where parent is null too.",
  })
  ancestors?: HierarchyNode[];

  @Field(() => HierarchyNodeConnection, { description: 'By level, name (root collation) and id. first is 0 to 1000.' })
  children?: HierarchyNodeConnection;

  @Directive('@shareable')
  @Field(() => SafeInt, { description: 'Active classes at or below this node.' })
  classCount!: number;
}
