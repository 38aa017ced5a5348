import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeDemoBundle } from '../cli/generate/demo';
import { writeOuladBundle, type OuladSummary } from '../cli/oulad/write-bundle';
import { loadBundle } from '../subgraphs/roster/import/bundle';
import { createTestDatabase, databaseUrl, nameOf, testServer, type TestDatabase } from './database';
import { oneAfterTheOther, renameDatabase, selectDatabases } from './server.queries';

export interface Bundle<Told> {
  /** Of letters, digits and _; the same name is the same bundle, loaded at the same moment. */
  name: string;
  /** Writes it into a folder that is not there yet. */
  write: (out: string) => Promise<Told>;
  /** When it is loaded. */
  now: Date;
}

/** The demo, as it is when it is first started on a day. */
export const demoOf = (today: string, now = new Date(`${today}T06:00:00Z`)): Bundle<Record<string, number>> => ({
  name: `demo_${today.replaceAll('-', '')}`,
  write: out => writeDemoBundle({ out, today }),
  now,
});

/** OULAD, or what is made up like it. */
export const ouladOf = (from: string): Bundle<OuladSummary> => ({
  name: path.basename(from).replace(/\W/g, '_'),
  write: out => writeOuladBundle({ from, out }),
  now: new Date('2026-03-20T12:00:00Z'),
});

export interface Loaded<Told> {
  database: TestDatabase;
  /** The folder of the bundle: everybody's to read. */
  dir: string;
  /** What was told as it was written. */
  told: Told;
}

/**
 * A database with a bundle in it, of a test file's own. Loading one of a hundred thousand events takes ten seconds: whoever
 * asks first does it, all others of the run get a copy.
 */
export async function createLoadedDatabase<Told>({ name, write, now }: Bundle<Told>): Promise<Loaded<Told>> {
  const { adminUrl, ownerUrl, template, folder } = testServer();
  const loaded = `${template}_${name}`;
  const dir = path.join(folder, name);
  const toldFile = `${dir}.json`;
  await oneAfterTheOther(adminUrl, loaded, async () => {
    if ((await selectDatabases(adminUrl, loaded)).includes(loaded)) return;
    if (!existsSync(dir)) {
      writeFileSync(toldFile, JSON.stringify(await write(`${dir}.part`)));
      renameSync(`${dir}.part`, dir);
    }
    const database = await createTestDatabase();
    const { problems } = await loadBundle({ databaseUrl: database.directUrl, dir, now });
    if (problems.length > 0) throw new Error(`the bundle has bad rows: ${JSON.stringify(problems.slice(0, 3))}`);
    await renameDatabase(adminUrl, { from: nameOf(database.directUrl), to: loaded });
  });
  const database = await createTestDatabase({ copied: { directUrl: databaseUrl(ownerUrl, loaded) } });
  return { database, dir, told: JSON.parse(readFileSync(toldFile, 'utf8')) as Told };
}
