import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { Problem } from '../../shared/errors';
import type { HierarchyContext } from '../context';
import { shown } from '../nodes/node.resolver';
import { HierarchyNode } from '../nodes/node.type';
import { place, placeMany, type Outcome } from './place';
import { PlacementInput, PlacementReceipt } from './place.type';

const mostPlacements = 1_000;
const mostTold = 100;

const receiptOf = ({ along, ...counts }: Outcome): PlacementReceipt => ({
  ...counts,
  cameAlong: along.placements.length,
  stayed: along.stayed.length,
  stayedIds: along.stayed.slice(0, mostTold),
  skipped: along.skipped,
});

const alongFromDescription =
  'Another hierarchy: what hangs there under a group that is placed comes along, under the nearest of those above it ' +
  'for whose type this hierarchy has a level. What has another place here keeps it.';

@Resolver()
export class PlaceResolver {
  @Mutation(() => HierarchyNode, {
    nullable: true,
    description:
      'ORG_ADMIN: places a group or a class under a parent in one hierarchy, or moves it there; its figures, past ones ' +
      "too, move with it. A parentId of null takes it out. A parent's level stands above the child's (levels may be " +
      'skipped); a class may hang anywhere; nothing hangs under a class. Null where the child has no node there afterwards.',
  })
  async place(
    @Arg('hierarchyId', () => ID) hierarchyId: string,
    @Arg('childId', () => ID) childId: string,
    @Arg('parentId', () => ID, { nullable: true }) parentId: string | null | undefined,
    @Arg('alongFrom', () => ID, { nullable: true, description: `${alongFromDescription} placeMany tells what did.` })
    alongFrom: string | null | undefined,
    @Ctx() context: HierarchyContext,
  ): Promise<HierarchyNode | null> {
    const placing = { hierarchyKey: hierarchyId, childId, parentId: parentId ?? null };
    await context.session.write(tx => place(tx, placing, alongFrom ?? null));
    const node = await context.loaders.nodeAfterChange({ id: childId, hierarchyKey: hierarchyId });
    return node && shown(node);
  }

  @Mutation(() => PlacementReceipt, {
    description:
      `ORG_ADMIN: what place does, of up to ${mostPlacements} groups and classes at once, all or nothing: it is the placements ` +
      'as they are in the end that must make a tree, whatever their order. Where some cannot be, nothing is changed, and the ' +
      'message names the first 100 of them by their place in the list (from 0) and their ids; its code is that of the first ' +
      '(CONFLICT: a child that came before). TOO_LARGE: more placements, or more than 10,000 groups and classes that would ' +
      'come along. The sums move in the same transaction; where there are too many to wait for, reports add up from ' +
      'below until they have been built again in the background, and say so in their provenance.',
  })
  async placeMany(
    @Arg('hierarchyId', () => ID) hierarchyId: string,
    @Arg('placements', () => [PlacementInput], { description: `${mostPlacements} at most.` }) placements: PlacementInput[],
    @Arg('alongFrom', () => ID, { nullable: true, description: alongFromDescription }) alongFrom: string | null | undefined,
    @Ctx() context: HierarchyContext,
  ): Promise<PlacementReceipt> {
    if (placements.length > mostPlacements) {
      throw new Problem('TOO_LARGE', `One call places ${mostPlacements} groups and classes at most; ${placements.length} came. Please send them in several.`);
    }
    const placings = placements.map(({ childId, parentId }) => ({ childId, parentId: parentId ?? null }));
    const asked = { hierarchyKey: hierarchyId, placings, alongFrom: alongFrom ?? null };
    return receiptOf(await context.session.write(tx => placeMany(tx, asked)));
  }
}
