/** What other subgraphs may use of this one: queries and rules that are handed the transaction. */
export { chooseHierarchy } from './hierarchies/choose';
export type { HierarchyRow } from './hierarchies/hierarchy.queries';
export { hasOther, parentKey } from './nodes/children';
export { locate, otherId, wholeViewId, type Looking } from './nodes/locate';
export { selectChildren, type Found, type Node, type ParentKey } from './nodes/node.queries';
export { selectView, seesNothing, type View } from './nodes/view.queries';
export { memberClasses } from './nodes/members.queries';
export { nodeLoaders, type NodeKey, type NodeLoaders } from './nodes/node.loader';
