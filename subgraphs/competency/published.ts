/** What other subgraphs may use of this one, in their own transactions. */
export { recordStatuses, type StatusChange } from './statuses/status.queries';
export { selectCompetencies, type CompetencyKey } from './frameworks/competency.queries';
export { mergeCompetencies } from './bundle.queries';
