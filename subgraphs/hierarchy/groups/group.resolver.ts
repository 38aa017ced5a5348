import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { forbidden } from '../../shared/errors';
import { GroupType } from '../../shared/graphql/group-type.enum';
import { publicId } from '../../shared/identifiers';
import type { HierarchyContext } from '../context';
import { createGroup, updateGroup } from './change-group';
import type { GroupEntity } from './group.entity';
import { CreateGroupInput, Group } from './group.type';

export const shownGroup = (group: Pick<GroupEntity, 'id' | 'externalId' | 'type' | 'name' | 'code'>): Group => ({
  id: publicId('group', group.id),
  externalId: group.externalId,
  type: group.type as GroupType,
  name: group.name,
  code: group.code,
});

@Resolver(() => Group)
export class GroupResolver {
  @Mutation(() => Group, { description: 'ORG_ADMIN: a new group of the tenant. It stands nowhere until it is placed.' })
  async createGroup(
    @Arg('input', () => CreateGroupInput) input: CreateGroupInput,
    @Ctx() { session, now }: HierarchyContext,
  ): Promise<Group> {
    return shownGroup(await session.write(tx => createGroup(tx, input, now)));
  }

  @Mutation(() => Group, { description: 'ORG_ADMIN: name, code, external id or type; its aggregates come along.' })
  async updateGroup(
    @Arg('id', () => ID) id: string,
    @Arg('input', () => CreateGroupInput) input: CreateGroupInput,
    @Ctx() { session, now }: HierarchyContext,
  ): Promise<Group> {
    return shownGroup(await session.write(tx => updateGroup(tx, { id, input, now })));
  }
}

/** A group that another subgraph's answer names, or a stranger's request: shown where its node would be. */
export async function resolveGroupReference({ id }: { id: string }, { loaders, caller }: HierarchyContext): Promise<Group | null> {
  const group = await loaders.group.load(id);
  if (!group) return null;
  if (!caller.tenantWide) {
    const { key } = await loaders.hierarchy();
    const found = await loaders.found.load({ id, hierarchyKey: key });
    if (!found?.visible) throw forbidden('You may not see this group: it is not granted to you.');
  }
  return shownGroup(group);
}
