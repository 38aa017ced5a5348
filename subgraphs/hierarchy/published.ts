/** What other subgraphs may use of this one: queries and rules that are handed the transaction. */
export { selectSharedGroups } from './grants/grant.queries';
export { selectLevels, selectOwnHierarchy, type HierarchyRow } from './hierarchies/hierarchy.queries';
export { refuseHiddenGroup, selectCoveredClasses } from './nodes/covered-classes';
export { countNodesBelow, eachNodeBelow, seesAll, type NodeBelow } from './nodes/below.queries';
export { hasOther } from './nodes/children';
export { otherId, wholeViewId } from './nodes/locate';
export type { Found, Node } from './nodes/node.queries';
export { seesNothing, type View } from './nodes/view.queries';
export { selectPermittedSchools } from './nodes/permitted-schools.queries';
export { memberClasses } from './nodes/members.queries';
export { nodeLoaders, type NodeKey, type NodeLoaders } from './nodes/node.loader';
export { countActivity } from './placements/count-activity';
export { takeOut, type PlacedThing } from './placements/take-out.queries';
export { growVersion, lockEveryTree, lockTree, rebuildTree } from './placements/tree.queries';
export { selectTreeDifferences } from './placements/verify.queries';
export { lockHierarchyKeys, moveEveryVersion, rebuildAllTrees } from './hierarchies/define-hierarchy.queries';
export {
  insertHierarchy,
  growLevelsVersion,
  mergeTenant,
  replaceLevels,
  selectAllHierarchies,
  selectTenants,
  selectTimeZones,
  updateHierarchyWords,
  type BundleHierarchy,
  type BundleLevel,
} from './bundle-platform.queries';
export { lockLoad, mergeGrants, mergeGroups, mergePlacements, selectHierarchiesToPlaceIn } from './bundle.queries';
