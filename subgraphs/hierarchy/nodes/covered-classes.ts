import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { forbidden, notFound } from '../../shared/errors';
import { groupNumber } from '../../shared/identifiers';
import { selectHierarchiesByKey, selectOwnHierarchy } from '../hierarchies/hierarchy.queries';
import { selectThings } from '../placements/placement.queries';
import { selectNodes } from './node.queries';
import { selectView } from './view.queries';

/** Which of these classes a caller covers; whichever hierarchy they are looked at through. */
export async function selectCoveredClasses(tx: Transaction, caller: Caller, classNumbers: number[]): Promise<Set<number>> {
  const view = await selectView(tx, caller, await selectOwnHierarchy(tx));
  const found = await selectNodes(tx, view, { groups: [], classes: classNumbers });
  return new Set(found.filter(({ visible }) => visible).map(({ node }) => node.number));
}

/** Refuses a group that is not there (NOT_FOUND) or that the caller does not see through a hierarchy (FORBIDDEN). */
export async function refuseHiddenGroup(
  tx: Transaction,
  caller: Caller,
  { hierarchyKey, groupId }: { hierarchyKey: string; groupId: string },
): Promise<void> {
  const groups = [groupNumber(groupId) ?? -1];
  const [group] = await selectThings(tx, { groups, classes: [] });
  if (!group) throw notFound(`There is no group '${groupId}'.`);
  const [hierarchy] = await selectHierarchiesByKey(tx, [hierarchyKey]);
  if (!hierarchy) throw notFound(`There is no hierarchy '${hierarchyKey}'.`);
  const [found] = await selectNodes(tx, await selectView(tx, caller, hierarchy), { groups, classes: [] });
  if (!found?.visible) throw forbidden(`The group '${groupId}' is not granted to you: you may place nothing under it.`);
}
