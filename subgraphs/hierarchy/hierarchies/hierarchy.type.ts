import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { GroupType } from '../../shared/graphql/group-type.enum';
import { HierarchyNode } from '../nodes/node.type';

@ObjectType({ description: 'One step of a hierarchy, from the root down.' })
export class HierarchyLevel {
  @Field(() => String, { description: 'What people call it: Country, Module, Nation.' })
  name!: string;

  @Field(() => GroupType)
  type!: GroupType;

  @Field(() => Int, { description: 'Its place: the root has the smallest.' })
  sequence!: number;

  @Field(() => Boolean, { description: "Are this level's aggregates stored, or added up when read? The figures are the same." })
  stored!: boolean;
}

@Directive('@key(fields: "id")')
@ObjectType({ description: 'A named order of levels over groups, the class always last. Shared by tenants.' })
export class Hierarchy {
  @Field(() => ID, { description: 'The hierarchy_id of bundles; made of the name where createHierarchy made it.' })
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => Int, {
    description: "Grows by one with every change of its levels, or of the caller's tenant's placements in it.",
  })
  version!: number;

  @Field(() => [HierarchyLevel], { description: "Root first; the leaf level 'class' is always the last one." })
  levels?: HierarchyLevel[];

  @Field(() => [HierarchyNode], {
    nullable: true,
    description: 'The topmost nodes the caller may see in it; for a tenant-wide caller its roots.',
  })
  roots?: HierarchyNode[];

  @Field(() => HierarchyNode, {
    nullable: true,
    description:
      "The node of type 'other': every class of the tenant that this hierarchy does not connect to a root, as a flat " +
      'list; of those the caller may see, and null where there is none of these.',
  })
  other?: HierarchyNode | null;
}

@InputType()
export class LevelInput {
  @Field(() => String, { description: 'What people call it; not empty.' })
  name!: string;

  @Field(() => GroupType, { description: 'Any but class, which follows the last level by itself.' })
  type!: GroupType;

  @Field(() => Boolean, { nullable: true, defaultValue: true })
  stored!: boolean | null;
}

@InputType()
export class CreateHierarchyInput {
  @Field(() => String, { description: '1 to 512 characters.' })
  name!: string;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => [LevelInput], { description: 'Root first, without the leaf; each type once.' })
  levels!: LevelInput[];
}
