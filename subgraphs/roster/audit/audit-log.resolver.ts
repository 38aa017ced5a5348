import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import type { RosterContext } from '../context';
import { AuditLogConnection } from './audit-log.type';

@Resolver()
export class AuditLogResolver {
  @Query(() => AuditLogConnection, {
    description: 'ORG_ADMIN: who did what in the tenant, or was refused it, newest first. Filters combine.',
  })
  auditLog(
    @Arg('actions', () => [String], { nullable: true }) actions: string[] | null | undefined,
    @Arg('performedById', () => ID, { nullable: true }) performedById: string | null | undefined,
    @Arg('lastDays', () => Int, { nullable: true }) lastDays: number | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { loaders }: RosterContext,
  ): Promise<AuditLogConnection> {
    return loaders.auditLog({ actions, performedById, lastDays, first: first ?? 50, after });
  }
}
