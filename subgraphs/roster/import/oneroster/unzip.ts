import fs from 'node:fs';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { BadInput } from '../../../shared/bad-input';
import { shown } from '../bundle/fields';
import { fileOf, kinds } from './records';

/** It could be read, were it not so large. */
export class TooLarge extends BadInput {}

const mostEntries = 1_000;
const mostMegabytes = 4_096;
/** Rosters shrink to a tenth or a twentieth; what unfolds further, beyond a size that hurts nobody, is no roster. */
const mostUnfolding = 100;
const harmless = 64 * 1024 * 1024;

const wanted = new Set(['manifest.csv', ...kinds.map(kind => fileOf(kind).toLowerCase())]);

/**
 * Unzips the files of a bundle into a folder, one after the other and never as a whole in memory; `into` holds nothing
 * but them afterwards. They may stand in a folder within the zip. Refuses, with BadInput, what is no zip, is damaged,
 * names a path outside of it, or unfolds to more than can be meant. Returns the names of files that are of no use here.
 */
export async function unzip(file: string, into: string): Promise<string[]> {
  const zip = await readable(openPromise(file, { lazyEntries: true, autoClose: false }));
  try {
    if (zip.entryCount > mostEntries) {
      throw new TooLarge(`expected a zip of at most ${mostEntries} files; ${zip.entryCount} came`);
    }
    const files = await listFiles(zip);
    const folder = folderOfManifest(files);
    const chosen = new Map<string, Entry>();
    const ignored: string[] = [];
    for (const entry of files) {
      const name = path.posix.basename(entry.fileName);
      const key = name.toLowerCase();
      if (path.posix.dirname(entry.fileName) !== folder || !wanted.has(key)) ignored.push(entry.fileName);
      else if (chosen.has(key)) throw new BadInput(`expected each file once in the zip; ${name} came several times`);
      else chosen.set(key, entry);
    }
    refuseBombs([...chosen.values()], fs.statSync(file).size);
    for (const [name, entry] of chosen) await extract(zip, { entry, to: path.join(into, canonical(name)) });
    return ignored.slice(0, 100);
  } finally {
    zip.close();
  }
}

const canonical = (name: string): string =>
  ['manifest.csv', ...kinds.map(fileOf)].find(known => known.toLowerCase() === name)!;

/** What the archivers of two systems add by themselves is no file of anybody's. */
const litter = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)/i;

async function listFiles(zip: ZipFile): Promise<Entry[]> {
  const files: Entry[] = [];
  const entries = zip.eachEntry()[Symbol.asyncIterator]();
  for (;;) {
    const { done, value: entry } = await readable(entries.next());
    if (done) return files;
    if (entry.fileName.includes('\0')) throw new BadInput('expected names of files in the zip; one has a NUL character');
    if (!entry.fileName.endsWith('/') && !litter.test(entry.fileName)) files.push(entry);
  }
}

function folderOfManifest(files: readonly Entry[]): string {
  const manifests = files.filter(({ fileName }) => path.posix.basename(fileName).toLowerCase() === 'manifest.csv');
  const folders = [...new Set(manifests.map(({ fileName }) => path.posix.dirname(fileName)))];
  if (folders.length === 1) return folders[0]!;
  if (folders.length > 1) {
    throw new BadInput(`expected one bundle in the zip; manifest.csv came in ${folders.slice(0, 3).map(shown).join(', ')}`);
  }
  const came = files.slice(0, 5).map(({ fileName }) => shown(fileName)).join(', ');
  throw new BadInput(`expected a zip with a manifest.csv; ${came ? `it holds ${came}` : 'it is empty'}`);
}

function refuseBombs(entries: readonly Entry[], zipped: number): void {
  const bytes = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  const megabytes = (size: number) => `${Math.round(size / 1024 / 1024).toLocaleString('en')} MB`;
  if (bytes > mostMegabytes * 1024 * 1024) {
    throw new TooLarge(`expected at most ${mostMegabytes.toLocaleString('en')} MB unzipped; ${megabytes(bytes)} came`);
  }
  if (bytes > harmless && bytes > mostUnfolding * zipped) {
    const came = `${megabytes(bytes)} from a zip of ${megabytes(zipped)}`;
    throw new TooLarge(`expected files that unzip to at most ${mostUnfolding} times their size; ${came} came`);
  }
}

/** As many bytes as the zip says, which is checked on the way, and the ones it says. */
async function extract(zip: ZipFile, { entry, to }: { entry: Entry; to: string }): Promise<void> {
  const name = path.posix.basename(entry.fileName);
  if (entry.isEncrypted()) throw new BadInput(`${name}: expected a file that is not encrypted`);
  // There before anything can break off: a file that is yet to come would come into a folder that is being removed.
  const target = (await fs.promises.open(to, 'wx')).createWriteStream();
  const source = await readable(zip.openReadStreamPromise(entry), name).catch((error: unknown) => {
    target.destroy();
    throw error;
  });
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
  });
  await readable(pipeline(source, check, target), name);
  if (sum !== entry.crc32) throw new BadInput(`${name}: expected a zip that is whole; the file in it is damaged`);
}

/** What the zip library complains about is the zip; what the system complains about is not. */
async function readable<T>(work: Promise<T>, name?: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    const what = name === undefined ? 'expected a zip file' : `${name}: expected a zip that is whole`;
    throw new BadInput(`${what}; ${(error as Error).message}`);
  }
}
