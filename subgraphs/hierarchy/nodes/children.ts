import type { Node, ParentKey } from './node.queries';

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
    case 'scopeOther':
      return 'other';
    case 'class':
      return null;
  }
}

/** Whether the row of this node has a bucket of uncategorised classes beside its children. */
export const hasOther = (node: Node): boolean => node.kind === 'tenant' || node.kind === 'scope';
