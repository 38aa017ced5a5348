export { loadBundle, type FileCounts, type LoadOptions, type LoadProblem, type LoadResult } from './load-bundle';
