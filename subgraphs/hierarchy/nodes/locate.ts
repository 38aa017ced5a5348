import type { Caller } from '../../shared/access/caller';
import type { Transaction } from '../../shared/database/database';
import { publicId, readPublicId } from '../../shared/identifiers';
import { selectNodes, levelOfClasses, type Found, type Node } from './node.queries';
import { selectClassCounts, type ClassCounts, type Counted } from './special-node.queries';
import { seesNothing, type View } from './view.queries';

/** Who looks, through which view. */
export interface Looking {
  tx: Transaction;
  caller: Caller;
  view: View;
}

/** The node under which everything the caller sees adds up: the tenant, or a scope of their own. */
export const wholeViewId = (caller: Caller, view: View): string =>
  view.everything ? publicId('tenant', caller.tenantId) : publicId('scope', caller.personId);

/** The bucket of the uncategorised classes that the caller sees. */
export const otherId = (caller: Caller, view: View): string =>
  view.everything ? publicId('other', caller.tenantId) : publicId('scopeOther', caller.personId);

/**
 * The nodes with these public ids, each with whether the view shows it. What does not exist, is another tenant's or has
 * no node in this hierarchy is missing from the map.
 */
export async function locate({ tx, caller, view }: Looking, ids: readonly string[]): Promise<Map<string, Found>> {
  const read = ids.map(readPublicId).filter(id => id !== null);
  const numbers = (kind: 'group' | 'class') => read.filter(id => id.kind === kind).map(id => id.number);
  const located = new Map<string, Found>();
  const groups = numbers('group');
  const classes = numbers('class');
  if (groups.length + classes.length > 0) {
    for (const found of await selectNodes(tx, view, { groups, classes })) located.set(found.node.id, found);
  }
  if (read.length > groups.length + classes.length) {
    const counts = await selectClassCounts(tx, view);
    for (const found of specialNodes(caller, view, counts)) {
      if (ids.includes(found.node.id)) located.set(found.node.id, found);
    }
  }
  return located;
}

/** The nodes that no placement makes. */
function specialNodes(caller: Caller, view: View, counts: ClassCounts): Found[] {
  type Special = 'tenant' | 'scope' | 'other' | 'scopeOther';
  const node = (kind: Special, id: string, name: string, [classCount, allClasses]: Counted): Node => ({
    id,
    kind,
    number: 0,
    hierarchyKey: view.hierarchyKey,
    externalId: kind === 'tenant' ? caller.tenantExternalId : null,
    name,
    type: kind === 'scopeOther' ? 'other' : kind,
    level: kind === 'other' || kind === 'scopeOther' ? levelOfClasses : 0,
    classCount,
    parentGroup: null,
    path: [],
    pre: 0,
    post: 0,
    stored: false,
    below: {},
    allClasses,
  });
  const tenantOther = node('other', publicId('other', caller.tenantId), 'Other', counts.uncategorised);
  const tenant = node('tenant', publicId('tenant', caller.tenantId), caller.tenantName, counts.inTenant);
  if (view.everything) {
    return [
      { node: tenant, visible: true },
      { node: tenantOther, visible: true },
    ];
  }
  const uncategorised = view.uncategorisedClasses.length;
  const ownOther = node('scopeOther', otherId(caller, view), 'Other', counts.uncategorisedInScope);
  return [
    { node: tenant, visible: false },
    { node: tenantOther, visible: uncategorised > 0 && uncategorised === counts.uncategorised[1] },
    { node: node('scope', wholeViewId(caller, view), 'My view', counts.inScope), visible: !seesNothing(view) },
    ...(uncategorised > 0 ? [{ node: ownOther, visible: true }] : []),
  ];
}
