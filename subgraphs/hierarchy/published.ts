/** What other subgraphs may use of this one: queries and rules that are handed the transaction. */
export { chooseHierarchy } from './hierarchies/choose';
export type { HierarchyRow } from './hierarchies/hierarchy.queries';
export { selectCoveredClasses } from './nodes/covered-classes';
export { hasOther } from './nodes/children';
export { otherId, wholeViewId } from './nodes/locate';
export type { Found, Node } from './nodes/node.queries';
export { selectView, seesNothing, type View } from './nodes/view.queries';
export { memberClasses } from './nodes/members.queries';
export { nodeLoaders, type NodeKey, type NodeLoaders } from './nodes/node.loader';
