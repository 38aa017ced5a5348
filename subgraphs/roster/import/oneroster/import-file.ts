import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BadInput } from '../../../shared/bad-input';
import type { Database } from '../../../shared/database/database';
import { importBundle, type ImportOptions, type ImportResult } from './import-bundle';
import { unzip } from './unzip';

/** Imports a bundle that is a zip file or a folder. */
export async function importFile(
  database: Database,
  { file, ...options }: Omit<ImportOptions, 'dir'> & { file: string },
): Promise<ImportResult> {
  if (isFolder(file)) return importBundle(database, { ...options, dir: file });
  return inOwnFolder(async dir => {
    const ignored = await unzip(file, dir);
    const result = await importBundle(database, { ...options, dir });
    return { ...result, ignored };
  });
}

function isFolder(file: string): boolean {
  try {
    return fs.statSync(file).isDirectory();
  } catch (error) {
    throw new BadInput(`${file}: expected a zip file or a folder that can be read; ${(error as Error).message}`);
  }
}

/** A folder that nobody else reads, for as long as `work` takes. */
export async function inOwnFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = path.join(os.tmpdir(), `strata-oneroster-${randomUUID()}`);
  await fs.promises.mkdir(dir, { mode: 0o700 });
  try {
    return await work(dir);
  } finally {
    await fs.promises.rm(dir, { recursive: true, force: true });
  }
}
