import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { notFound } from '../../shared/errors';
import { GroupType } from '../../shared/graphql/group-type.enum';
import type { HierarchyContext } from '../context';
import { otherId } from '../nodes/locate';
import { shown } from '../nodes/node.resolver';
import { HierarchyNode } from '../nodes/node.type';
import { rootsOf } from '../nodes/roots';
import { createHierarchy, updateHierarchy } from './define-hierarchy';
import type { HierarchyRow } from './hierarchy.queries';
import { CreateHierarchyInput, Hierarchy, HierarchyLevel } from './hierarchy.type';
import { removeHierarchy } from './remove-hierarchy';

export type ShownHierarchy = Hierarchy & { readonly row: HierarchyRow };

export const shownHierarchy = (row: HierarchyRow): ShownHierarchy => ({
  row,
  id: row.key,
  name: row.name,
  description: row.description,
  version: row.version,
});

const usable = (row: HierarchyRow): boolean => row.inUse || row.isOwn;

@Resolver(() => Hierarchy)
export class HierarchyResolver {
  @Query(() => [Hierarchy], {
    nullable: true,
    description: "The hierarchies in which the caller's tenant has placements; all: true, for administrators, every one there is.",
  })
  async hierarchies(
    @Arg('all', () => Boolean, { nullable: true, defaultValue: false }) all: boolean | null,
    @Ctx() { loaders }: HierarchyContext,
  ): Promise<Hierarchy[]> {
    const rows = await loaders.allHierarchies();
    return rows.filter(row => all || row.inUse).map(shownHierarchy);
  }

  @Query(() => Hierarchy, { description: 'One hierarchy; without id, the one the tenant has chosen (applicable_group_hierarchy).' })
  async hierarchy(
    @Arg('id', () => ID, { nullable: true }) id: string | undefined,
    @Ctx() { loaders }: HierarchyContext,
  ): Promise<Hierarchy> {
    return id === undefined || id === null ? shownHierarchy(await loaders.ownHierarchy()) : findHierarchy(id, loaders);
  }

  @FieldResolver(() => [HierarchyLevel])
  async levels(@Root() { row }: ShownHierarchy, @Ctx() { loaders }: HierarchyContext): Promise<HierarchyLevel[]> {
    const levels = await loaders.levels.load(row.id);
    const above: HierarchyLevel[] = levels.map(({ name, type, sequence, stored }) => ({
      name,
      type: type as GroupType,
      sequence,
      stored,
    }));
    const leaf = { name: 'Class', type: GroupType.class, sequence: (levels.at(-1)?.sequence ?? 0) + 1, stored: true };
    return [...above, leaf];
  }

  @FieldResolver(() => [HierarchyNode], { nullable: true })
  async roots(@Root() { row }: ShownHierarchy, @Ctx() context: HierarchyContext, @Info() info: GraphQLResolveInfo): Promise<HierarchyNode[]> {
    return usable(row) ? rootsOf(row.key, context, info) : [];
  }

  @FieldResolver(() => HierarchyNode, { nullable: true })
  async other(@Root() { row }: ShownHierarchy, @Ctx() { loaders, caller }: HierarchyContext): Promise<HierarchyNode | null> {
    if (!usable(row)) return null;
    const id = otherId(caller, await loaders.view(row.key));
    const node = await loaders.node({ id, hierarchyKey: row.key });
    return node && shown(node);
  }

  @Mutation(() => Hierarchy, { description: 'SUPER_ADMIN: hierarchies are shared by tenants. It is in use with its first placement.' })
  async createHierarchy(
    @Arg('input', () => CreateHierarchyInput) input: CreateHierarchyInput,
    @Ctx() context: HierarchyContext,
  ): Promise<Hierarchy> {
    const key = await context.inPlatform(tx => createHierarchy(tx, input, context.now));
    return findHierarchy(key, context.loaders);
  }

  @Mutation(() => Hierarchy, { description: "SUPER_ADMIN: name and levels; every tenant's tree follows at once." })
  async updateHierarchy(
    @Arg('id', () => ID) id: string,
    @Arg('input', () => CreateHierarchyInput) input: CreateHierarchyInput,
    @Ctx() context: HierarchyContext,
  ): Promise<Hierarchy> {
    await context.inPlatform(tx => updateHierarchy(tx, { key: id, input, now: context.now }));
    return findHierarchy(id, context.loaders);
  }

  @Mutation(() => Hierarchy, {
    description:
      'SUPER_ADMIN: removes a hierarchy that was made by mistake, and shows it as it was. CONFLICT where any tenant has ' +
      'placed something in it or has it as its own; the message says how many do.',
  })
  async removeHierarchy(@Arg('id', () => ID) id: string, @Ctx() context: HierarchyContext): Promise<Hierarchy> {
    const row = await context.loaders.hierarchyByKey.load(id);
    const levels = row && (await context.loaders.levels.load(row.id));
    await context.inPlatform(tx => removeHierarchy(tx, id));
    if (!row) throw notFound(`There is no hierarchy '${id}'.`);
    context.loaders.levels.prime(row.id, levels!);
    return shownHierarchy({ ...row, inUse: false, isOwn: false });
  }
}

async function findHierarchy(key: string, loaders: HierarchyContext['loaders']): Promise<Hierarchy> {
  const row = await loaders.hierarchyByKey.load(key);
  if (!row) throw notFound(`There is no hierarchy '${key}'.`);
  return shownHierarchy(row);
}

export const resolveHierarchyReference = async (
  { id }: { id: string },
  { loaders }: HierarchyContext,
): Promise<Hierarchy | null> => {
  const row = await loaders.hierarchyByKey.load(id);
  return row && shownHierarchy(row);
};
