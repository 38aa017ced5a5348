import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import 'reflect-metadata';
import { defaultSubgraphUrl } from '../subgraphs/shared/environment';
import type { Subgraph } from '../subgraphs/shared/subgraph/subgraph';
import { routesFile, schemaFolder, supergraphFile } from './supergraph';

/** The subgraphs do not fit together: each line says where and why. */
export class DoesNotCompose extends Error {
  override readonly name = 'DoesNotCompose';
}

type Part = Pick<Subgraph, 'name' | 'sdl' | 'routes'>;

/** The text of every file of schema/, by its name: each subgraph's schema, the supergraph they make together, and their routes. */
export function composedFiles(parts: readonly Part[]): Map<string, string> {
  // In the order of their names: the list's order must not change the supergraph.
  const sorted = [...parts].sort((a, b) => (a.name < b.name ? -1 : 1));
  const result = composeServices(
    sorted.map(({ name, sdl }) => ({ name, url: defaultSubgraphUrl(name), typeDefs: parse(sdl) })),
  );
  if (result.errors) {
    const lines = result.errors.map(error => `- ${error.message.replace(/\n/g, '\n  ')}`);
    throw new DoesNotCompose(`The subgraphs do not compose:\n${lines.join('\n')}`);
  }
  return new Map([
    ...sorted.map(({ name, sdl }): [string, string] => [`${name}.graphql`, tidy(sdl)]),
    [supergraphFile, tidy(result.supergraphSdl)],
    [routesFile, `${JSON.stringify(routesOf(sorted), null, 2)}\n`],
  ]);
}

const routesOf = (parts: readonly Part[]) =>
  Object.fromEntries(parts.map(({ name, routes }) => [name, routes.map(({ method, path: at }) => ({ method, path: at }))]));

const tidy = (sdl: string): string => `${sdl.trim()}\n`;

/** The files of `folder` that are not what composing gives: changed, missing, or left over. */
export function drift(folder: string, files: Map<string, string>): string[] {
  const there = new Map(schemaFiles(folder).map(name => [name, readFileSync(path.join(folder, name), 'utf8')]));
  const names = [...new Set([...files.keys(), ...there.keys()])].sort();
  return names.filter(name => files.get(name) !== there.get(name));
}

export function writeFiles(folder: string, files: Map<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const name of schemaFiles(folder)) if (!files.has(name)) rmSync(path.join(folder, name));
  for (const [name, text] of files) writeFileSync(path.join(folder, name), text);
}

function schemaFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => name.endsWith('.graphql') || name === routesFile);
  } catch {
    return [];
  }
}

async function main(argv: string[]): Promise<number> {
  const unknown = argv.filter(argument => argument !== '--check');
  if (unknown.length > 0) {
    console.error(`usage: npm run schema [-- --check]; got ${unknown.join(' ')}`);
    return 2;
  }
  // Read here, so that the functions above can be used without loading every subgraph.
  const { subgraphs } = await import('../subgraphs');
  const files = composedFiles(subgraphs);
  const changed = drift(schemaFolder, files);
  if (changed.length === 0) {
    console.log('schema/ is up to date');
    return 0;
  }
  if (argv.includes('--check')) {
    console.error(`schema/ differs from the code: ${changed.join(', ')}. Run npm run schema, and commit it.`);
    return 1;
  }
  writeFiles(schemaFolder, files);
  console.log(`Wrote ${changed.join(', ')} in schema/`);
  return 0;
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    exitCode => (process.exitCode = exitCode),
    (error: unknown) => {
      if (!(error instanceof DoesNotCompose)) throw error;
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
