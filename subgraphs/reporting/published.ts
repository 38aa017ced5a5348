/** What other subgraphs may use of this one, in their own transactions. */
export { ingest, type IngestOptions, type Receipt } from './ingest/ingest';
export { buildEverything, forgetEverything, forgetStoredLevels } from './rollup/build';
export { moveClass, moveGroup } from './rollup/move';
