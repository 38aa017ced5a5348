import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { forbidden } from '../../shared/errors';
import { GroupType } from '../../shared/graphql/group-type.enum';
import { publicId } from '../../shared/identifiers';
import type { HierarchyContext } from '../context';
import { createGroup, updateGroup } from './change-group';
import type { GroupEntity } from './group.entity';
import { CreateGroupInput, Group, GroupConnection } from './group.type';

export const shownGroup = (group: Pick<GroupEntity, 'id' | 'externalId' | 'type' | 'name' | 'code'>): Group => ({
  id: publicId('group', group.id),
  externalId: group.externalId,
  type: group.type as GroupType,
  name: group.name,
  code: group.code,
});

@Resolver(() => Group)
export class GroupResolver {
  @Query(() => GroupConnection, {
    description: "ORG_ADMIN: the tenant's groups by name, whether they stand in a hierarchy or nowhere.",
  })
  async groups(
    @Arg('search', () => String, { nullable: true, description: 'Part of a name, code or external id.' })
    search: string | null | undefined,
    @Arg('hierarchyId', () => ID, { nullable: true, description: "Only groups of this hierarchy's levels." })
    hierarchyId: string | null | undefined,
    @Arg('placed', () => Boolean, {
      nullable: true,
      description: 'With hierarchyId: only those that reach a root there, or only those that do not.',
    })
    placed: boolean | null | undefined,
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) asked: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { loaders }: HierarchyContext,
  ): Promise<GroupConnection> {
    const question = { search: search?.trim() || null, hierarchyId: hierarchyId ?? null, placed: placed ?? null };
    const { groups, endCursor, hasNextPage, total } = await loaders.findGroups(question, { first: asked ?? 50, after });
    return { nodes: groups.map(shownGroup), pageInfo: { hasNextPage, endCursor }, totalCount: total };
  }

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
