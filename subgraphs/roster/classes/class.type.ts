import { Directive, Field, ID, InputType, ObjectType } from 'type-graphql';

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Group {
  @Field(() => ID)
  id!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({
  description:
    'A class: what other systems call a group, batch or section. Always the leaf of a hierarchy. Inactive, it keeps ' +
    'its place and its figures, and leaves the counts of classes, students and competencies.',
})
export class Class {
  @Field(() => ID, { description: 'Also the id of its node in every hierarchy.' })
  id!: string;

  @Field(() => String, { nullable: true, description: "The customer's own identifier, unique in the tenant." })
  externalId!: string | null;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  code!: string | null;

  @Field(() => String, { nullable: true })
  grade!: string | null;

  @Field(() => String, { nullable: true })
  subject!: string | null;

  @Field(() => Boolean)
  active!: boolean;
}

@InputType({ description: 'A parent of the class in one hierarchy.' })
export class ParentInput {
  @Field(() => ID)
  hierarchyId!: string;

  @Field(() => ID, {
    description: "A group of one of that hierarchy's levels. Of a TEACHER: one that is granted to them.",
  })
  parentId!: string;
}

@InputType()
export class CreateClassInput {
  @Field(() => String, { description: 'Not empty; 500 characters at most, as the other texts.' })
  name!: string;

  @Field(() => String, { nullable: true })
  code?: string | null;

  @Field(() => String, { nullable: true, description: "The customer's own identifier, unique in the tenant." })
  externalId?: string | null;

  @Field(() => String, { nullable: true })
  grade?: string | null;

  @Field(() => String, { nullable: true })
  subject?: string | null;

  @Field(() => ID, { nullable: true, description: 'A school of the tenant: information, and no parent by itself.' })
  schoolId?: string | null;

  @Field(() => [ID], {
    defaultValue: [],
    description:
      "Without an explicit parent the class is placed under the group that its teachers share in the tenant's own " +
      'hierarchy (by their grants); none or several: uncategorised. A TEACHER who names nobody is its teacher.',
  })
  teacherIds!: string[];

  @Field(() => [ParentInput], {
    defaultValue: [],
    description: 'One in each hierarchy at most; a second is a CONFLICT.',
  })
  parents!: ParentInput[];
}
