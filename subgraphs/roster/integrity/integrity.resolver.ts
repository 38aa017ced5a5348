import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { performerOf } from '../activity-log/write-log';
import type { RosterContext } from '../context';
import { RelationshipReport } from './report.type';
import { validateRelationships } from './validate';

@Resolver()
export class IntegrityResolver {
  @Mutation(() => RelationshipReport, {
    description:
      "ORG_ADMIN. What the roster's integrity check finds; fix: true also mends it, and logs each row. For databases " +
      'that were restored or taken over: with its constraints in place a database lets none of it in.',
  })
  validateRelationships(
    @Arg('fix', () => Boolean, { defaultValue: false }) fix: boolean,
    @Ctx() { session, caller, now }: RosterContext,
  ): Promise<RelationshipReport> {
    return session.write(tx => validateRelationships(tx, { fix, performer: performerOf(caller), now }));
  }
}
