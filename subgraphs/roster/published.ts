/** What other subgraphs may use of this one, in their own transactions. */
export { lockClasses } from './classes/class.queries';
export { personExists } from './people/person.queries';
export {
  selectExistingGroups,
  selectGroupsByNumber,
  selectStudentsSeenThroughGroups,
  type UserLogin,
} from './student-groups/student-group.queries';
