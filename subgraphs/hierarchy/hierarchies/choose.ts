import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { badInput, notFound } from '../../shared/errors';
import { selectHierarchiesByKey, selectOwnHierarchy, type HierarchyRow } from './hierarchy.queries';

/**
 * The hierarchy a request reads through: the one it names, else the one the caller's token selects, else the tenant's
 * own. Refuses one that does not exist (NOT_FOUND) or in which the tenant has placed nothing (BAD_USER_INPUT).
 */
export async function chooseHierarchy(tx: Transaction, caller: Caller, key?: string | null): Promise<HierarchyRow> {
  const chosen = key ?? caller.selectedHierarchy;
  if (chosen === undefined) return selectOwnHierarchy(tx);
  const [hierarchy] = await selectHierarchiesByKey(tx, [chosen]);
  return refuseUnusable(hierarchy, chosen);
}

export function refuseUnusable(hierarchy: HierarchyRow | undefined, key: string): HierarchyRow {
  if (!hierarchy) throw notFound(`There is no hierarchy '${key}'.`);
  if (!hierarchy.inUse && !hierarchy.isOwn) {
    throw badInput(`The hierarchy '${key}' cannot be used here: this tenant has placed nothing in it.`);
  }
  return hierarchy;
}
