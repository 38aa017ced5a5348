import type { Caller } from '../../shared/access/caller';
import type { Node, ParentKey } from './node.queries';
import { readPublicId } from '../../shared/identifiers';

/** Whose children a node's children are, in the terms of the placements; null for a class, which has none. */
export function parentKey(node: Node): ParentKey | null {
  switch (node.kind) {
    case 'group':
      return node.number;
    case 'tenant':
      return 'roots';
    case 'scope':
      return 'topmost';
    case 'other':
      return 'other';
    case 'class':
      return null;
  }
}

/** Whether the row of this node has a bucket of uncategorised classes beside its children. */
export const hasOther = (node: Node): boolean => node.kind === 'tenant' || node.kind === 'scope';

/** Whether an 'other' node is the caller's own, of the classes they may see, and not the tenant's. */
export const isOwnOther = (node: Node, caller: Caller): boolean =>
  node.kind === 'other' && !caller.tenantWide && readPublicId(node.id)?.kind === 'scopeOther';
