import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { HierarchyContext } from '../context';
import { shownGroup } from '../groups/group.resolver';
import { grantAccess, revokeAccess, type ChangedGrant } from './change-grant';
import { Grant } from './grant.type';

const shownGrant = (userId: string, { grantedAt, group }: ChangedGrant): Grant => ({
  userId,
  grantedAt,
  group: shownGroup(group),
});

@Resolver()
export class GrantResolver {
  @Query(() => [Grant], { description: "ORG_ADMIN: what is granted to somebody, by the groups' names." })
  async grants(
    @Arg('userId', () => ID) userId: string,
    @Ctx() { loaders }: HierarchyContext,
  ): Promise<Grant[]> {
    return (await loaders.grantsOf(userId)).map(grant => shownGrant(userId, grant));
  }

  @Mutation(() => Grant, { description: 'ORG_ADMIN. The same grant twice is one grant.' })
  async grantAccess(
    @Arg('userId', () => ID) userId: string,
    @Arg('groupId', () => ID) groupId: string,
    @Ctx() { session, now }: HierarchyContext,
  ): Promise<Grant> {
    return shownGrant(userId, await session.write(tx => grantAccess(tx, { userId, groupId }, now)));
  }

  @Mutation(() => Grant, { description: 'ORG_ADMIN. Revoking what is not granted is NOT_FOUND.' })
  async revokeAccess(
    @Arg('userId', () => ID) userId: string,
    @Arg('groupId', () => ID) groupId: string,
    @Ctx() { session }: HierarchyContext,
  ): Promise<Grant> {
    return shownGrant(userId, await session.write(tx => revokeAccess(tx, { userId, groupId })));
  }
}
