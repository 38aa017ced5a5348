import { loadBundle, type LoadResult } from '../../subgraphs/roster/import/bundle';
import type { OpenDatabase } from './database';
import { loadProgress } from './load-progress';

/** Loads a bundle, telling how far it is. */
export const loadFolder = ({ ownerUrl }: OpenDatabase, { dir, now }: { dir: string; now: Date }): Promise<LoadResult> =>
  loadBundle({ databaseUrl: ownerUrl, dir, now, onProgress: loadProgress() });
