import { Field, ID, ObjectType } from 'type-graphql';
import { JsonScalar } from '../../shared/graphql/scalars';
import { PageInfo } from '../../shared/graphql/page-info.type';

@ObjectType({ description: 'Who did what in the tenant, or was refused it.' })
export class AuditLogEntry {
  @Field(() => ID)
  id!: string;

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => String, {
    description:
      'A mutation by its name, a route by its method and path, or one of SIGN_IN, SIGN_IN_FAILED, SET_PASSWORD, ' +
      'REFUSED (FORBIDDEN, or a token whose user is none) and READ (of a super admin, in this tenant).',
  })
  action!: string;

  @Field(() => ID, { nullable: true, description: 'Null where it was nobody known: a failed sign-in, a command.' })
  performedById!: string | null;

  @Field(() => String, { nullable: true, description: 'Their login as it is now; null for a super admin, and for who is gone.' })
  login!: string | null;

  @Field(() => Boolean, { description: 'Whether it was a super admin of the platform.' })
  byPlatform!: boolean;

  @Field(() => String, { nullable: true, description: 'The kind of thing it was done to, as the graph calls it: Group, Class.' })
  resourceType!: string | null;

  @Field(() => ID, { nullable: true })
  resourceId!: string | null;

  @Field(() => JsonScalar, { description: "A change's arguments, or what was asked. Never a secret; long lists are cut." })
  details!: object;

  @Field(() => String, { nullable: true, description: 'The IP address it came from, as far as the proxies before Strata tell.' })
  address!: string | null;

  @Field(() => String, { nullable: true, description: "The program's own name for itself (User-Agent)." })
  userAgent!: string | null;
}

@ObjectType()
export class AuditLogConnection {
  @Field(() => [AuditLogEntry])
  nodes!: AuditLogEntry[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
