import { Field, Int, ObjectType } from 'type-graphql';
import { Hierarchy } from '../hierarchies/hierarchy.type';
import { Retention } from './retention.type';

@ObjectType()
export class TenantSettings {
  @Field(() => Int, { description: "The settings' version: a write names the version it read." })
  version!: number;

  @Field(() => Hierarchy, { description: "The tenant's own hierarchy: applicable_group_hierarchy." })
  applicableHierarchy?: Hierarchy;

  @Field(() => String, { description: 'IANA name; the days of activity accepted from now on are days there.' })
  timeZone!: string;

  @Field(() => Retention, { description: 'For how long what is kept.' })
  retention?: Retention;
}
