/** What other subgraphs may use of this one, in their own transactions. */
export { ingest, type IngestOptions, type Receipt } from './ingest/ingest';
export { buildMissing, forgetEverything, forgetStoredLevels } from './rollup/build';
export { keepStoredSums } from './rollup/keep-stored';
export { moveClass, moveGroup } from './rollup/move';
export { keepCompetencyCounts, type RosterChange } from './rollup/keep-competency-counts';
