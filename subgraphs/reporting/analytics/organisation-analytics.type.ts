import { Field, ObjectType } from 'type-graphql';
import { Provenance } from '../../shared/graphql/provenance.type';
import { Role } from '../../shared/graphql/role.enum';
import { DateScalar, SafeInt } from '../../shared/graphql/scalars';
import { HierarchyNode } from '../reports/node-figures.resolver';
import { CohortFigures } from './figures.type';

const active =
  'Those of them with an active day, or with a change they made or a sign-in in the audit log, in these days; ' +
  'what has expired there (retention.auditLogDays) makes nobody active.';

@ObjectType({ description: 'Users with a role; who has several is counted with each.' })
export class UsersOfRole {
  @Field(() => Role)
  role!: Role;

  @Field(() => SafeInt, { description: 'Users who are not deleted.' })
  total!: number;

  @Field(() => SafeInt, { description: active })
  active!: number;
}

@ObjectType({ description: 'All users, each once.' })
export class Users {
  @Field(() => SafeInt, { description: 'Users who are not deleted, now.' })
  total!: number;

  @Field(() => SafeInt, { description: active })
  active!: number;

  @Field(() => [UsersOfRole], { description: 'The roles that somebody has, always in the same order.' })
  byRole!: UsersOfRole[];
}

@ObjectType({ description: 'The figures of an organisation, or of the part of it at and below a node, and of its learners.' })
export class OrganisationAnalytics extends CohortFigures {
  @Field(() => HierarchyNode, { nullable: true, description: 'What the figures are of.' })
  node!: HierarchyNode;

  @Field(() => SafeInt, { description: 'Distinct learners who are in an active class at or below the node on the last day.' })
  learners!: number;

  @Field(() => SafeInt, { description: 'Those of them with an active day, in classes at or below the node.' })
  activeLearners!: number;

  @Field(() => SafeInt, { description: 'Learners with a reason to be at risk.' })
  atRiskCount!: number;

  @Field(() => DateScalar, { nullable: true, description: 'The last active day of one of these learners; null without any.' })
  lastActivity!: string | null;

  @Field(() => Provenance)
  provenance!: Provenance;
}
