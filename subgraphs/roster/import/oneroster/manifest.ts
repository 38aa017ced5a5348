import fs from 'node:fs/promises';
import path from 'node:path';
import { BadInput } from '../../../shared/bad-input';
import { shown } from '../bundle/fields';
import { checkHeader, readRows } from '../bundle/read-csv';
import type { Shape } from '../bundle/shapes';
import { fileOf, kinds, type Kind, type Mode, type Version } from './records';
import { shapeOf } from './shapes';

export interface BundleFile {
  kind: Kind;
  mode: Mode;
  shape: Shape;
  path: string;
}

export interface OpenBundle {
  version: Version;
  files: BundleFile[];
  /** Files that are there and are not read. */
  ignored: string[];
}

const manifest: Shape = {
  file: 'manifest.csv',
  columns: ['propertyName', 'value'],
  optional: [],
  read: fields => ({ name: fields.required('propertyName'), value: fields.optional('value') }),
};

/**
 * What of a bundle is in the folder, by its manifest. Refuses one that cannot be read, lacks a column or a file that
 * the manifest promises, before anything is written.
 */
export async function openBundle(dir: string): Promise<OpenBundle> {
  const found = await list(dir);
  const manifestFile = found.get(manifest.file);
  if (!manifestFile) {
    const came = found.size === 0 ? 'it is empty' : `there is ${[...found.values()].slice(0, 5).join(', ')}`;
    throw new BadInput(`expected a OneRoster bundle with a manifest.csv; ${came}`);
  }
  const properties = await readManifest(path.join(dir, manifestFile));
  const version = versionOf(properties);
  const files: BundleFile[] = [];
  for (const kind of kinds) {
    const mode = kind === 'roles' && version === '1.1' ? 'absent' : modeOf(properties, kind);
    if (mode === 'absent') continue;
    const file = found.get(fileOf(kind).toLowerCase());
    if (!file) throw new BadInput(`${fileOf(kind)}: expected the file, which the manifest calls ${mode}; it is not there`);
    const bundled = { kind, mode, shape: shapeOf(kind, { mode, version }), path: path.join(dir, file) };
    await checkHeader(bundled.path, bundled.shape);
    files.push(bundled);
  }
  if (files.length === 0) {
    const known = kinds.map(fileOf).join(', ');
    throw new BadInput(`manifest.csv: expected at least one of ${known} as bulk or delta; all of them are absent`);
  }
  const read = new Set([manifestFile, ...files.map(file => path.basename(file.path))]);
  return { version, files, ignored: [...found.values()].filter(name => !read.has(name)) };
}

/** Files by their names in lower case. */
async function list(dir: string): Promise<Map<string, string>> {
  let names: string[];
  try {
    names = (await fs.readdir(dir, { withFileTypes: true })).filter(entry => entry.isFile()).map(entry => entry.name);
  } catch (error) {
    throw new BadInput(`expected a folder that can be read; ${(error as Error).message}`);
  }
  const found = new Map<string, string>();
  for (const name of names.sort()) {
    const key = name.toLowerCase();
    if (found.has(key)) throw new BadInput(`expected each file once; both ${found.get(key)} and ${name} came`);
    found.set(key, name);
  }
  return found;
}

async function readManifest(file: string): Promise<Map<string, string | null>> {
  await checkHeader(file, manifest);
  const properties = new Map<string, string | null>();
  for await (const read of readRows(file, manifest)) {
    if ('reason' in read) throw new BadInput(`manifest.csv:${read.line}: ${read.reason}`);
    const name = read.row.name!.toLowerCase();
    const value = read.row.value!;
    if (properties.has(name) && properties.get(name) !== value) {
      throw new BadInput(`manifest.csv:${read.line}: expected ${shown(read.row.name!)} once; it came with two values`);
    }
    properties.set(name, value);
  }
  return properties;
}

function versionOf(properties: Map<string, string | null>): Version {
  const came = properties.get('oneroster.version');
  const version = came?.match(/^(1\.[12])(\.\d+)*$/)?.[1];
  if (version) return version as Version;
  const what = came ? `${shown(came)} came` : 'it is missing';
  throw new BadInput(`manifest.csv: expected oneroster.version 1.1 or 1.2; ${what}`);
}

function modeOf(properties: Map<string, string | null>, kind: Kind): Mode | 'absent' {
  const came = properties.get(`file.${kind}`.toLowerCase());
  if (came === undefined) return 'absent';
  const word = came?.toLowerCase();
  if (word === 'bulk' || word === 'delta' || word === 'absent') return word;
  const what = came ? `${shown(came)} came` : 'the field is empty';
  throw new BadInput(`manifest.csv: expected file.${kind} to be bulk, delta or absent; ${what}`);
}
