import fs from 'node:fs/promises';
import path from 'node:path';
import { BadInput } from '../../../shared/bad-input';
import { checkHeader } from './read-csv';
import { countLines } from './read-lines';
import { shapes, type Shape } from './shapes';

export interface BundleFiles {
  /** The CSV files that are there, in the order in which they are loaded. */
  tables: { shape: Shape; path: string }[];
  activity: { file: string; path: string; lines: number } | null;
}

const activityFiles = ['activity.ndjson', 'activity.ndjson.gz'];

/** What of a bundle is in the folder. Refuses one that could not be read, or lacks a column, before it is loaded. */
export async function findFiles(dir: string): Promise<BundleFiles> {
  const found = await list(dir);
  const known = [...Object.values(shapes).map(shape => shape.file), ...activityFiles];
  if (!found.some(name => known.includes(name))) {
    const came = found.length === 0 ? 'it is empty' : `it holds ${found.slice(0, 5).join(', ')}`;
    throw new BadInput(`${dir}: expected a bundle with at least one of ${known.join(', ')}; ${came}`);
  }
  const tables = Object.values(shapes)
    .filter(shape => found.includes(shape.file))
    .map(shape => ({ shape, path: path.join(dir, shape.file) }));
  for (const { shape, path: file } of tables) await checkHeader(file, shape);

  const [activity, second] = activityFiles.filter(file => found.includes(file));
  if (second !== undefined) throw new BadInput(`${dir}: expected ${activity} or ${second}; both came`);
  if (activity === undefined) return { tables, activity: null };
  const file = path.join(dir, activity);
  return { tables, activity: { file: activity, path: file, lines: await countLines(file) } };
}

async function list(dir: string): Promise<string[]> {
  try {
    return await fs.readdir(dir);
  } catch (error) {
    throw new BadInput(`${dir}: expected a folder that can be read; ${(error as Error).message}`);
  }
}
