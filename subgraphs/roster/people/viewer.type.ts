import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { Tenant } from '../../shared/graphql/tenant.type';
import { Role } from '../../shared/graphql/role.enum';

@Directive('@key(fields: "id")')
@ObjectType({ description: 'The caller: who they are, what they may see, and where their view begins.' })
export class Viewer {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  login!: string;

  @Field(() => Tenant, { description: 'The tenant this request is about; of a super admin, the one they act in.' })
  tenant!: Tenant;

  @Field(() => [Role], { description: "Those that count: carried by both the token and the person's row." })
  roles!: Role[];
}
