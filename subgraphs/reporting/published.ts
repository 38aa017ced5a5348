/** What other subgraphs may use of this one, in their own transactions. */
export { ingest, type IngestOptions, type Receipt } from './ingest/ingest';
export { buildMissing, forgetEverything, forgetHierarchy, forgetStoredLevels } from './rollup/build';
export { keepStoredSums } from './rollup/keep-stored';
export { moveClass, moveGroup } from './rollup/move';
export { moveMany } from './rollup/move-many';
export { changeStatuses, keepCompetencyCounts, keepCountsOfLoad, type RosterChange } from './competency-counts/keep-competency-counts';
export { competencyStatesLoader, competencyValuesLoader, type States } from './competency-counts/states.loader';
export { mostFilterValues } from './rollup/filter-values';
export { shownProvenance } from './reports/shown-provenance';
export { deltasWaiting } from './rollup/waiting.queries';
export { keptFigures, refuseForgottenDay } from './retention/kept-figures';
export { eraseFromEventIds } from './retention/erase-event-ids.queries';
export { deleteExportsOf } from './exports/export.queries';
