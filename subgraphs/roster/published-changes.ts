/**
 * What other subgraphs may have changed here, in their own transactions. Apart from published.ts, which the subgraphs
 * read that these changes go on to.
 */
export { moveSchool, renameOrgs } from './import/rehome.queries';
