/** What other subgraphs may use of this one, in their own transactions. */
export { personExists } from './people/person.queries';
