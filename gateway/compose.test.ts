import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSchema } from 'graphql';
import { tinySubgraphs } from '../test/tiny-subgraphs';
import { composedFiles, DoesNotCompose, drift, writeFiles } from './compose';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'strata-schema-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('each subgraph has its file, and all of them a supergraph', () => {
  const files = composedFiles(tinySubgraphs);
  expect([...files.keys()]).toEqual(['hierarchy.graphql', 'reporting.graphql', 'supergraph.graphql', 'routes.json']);
  const supergraph = buildSchema(files.get('supergraph.graphql')!, { assumeValidSDL: true });
  expect(Object.keys((supergraph.getType('Book') as never as { getFields(): object }).getFields())).toEqual(
    expect.arrayContaining(['title', 'readers']),
  );
});

test('composing gives the same text every time, in whatever order the subgraphs are listed', () => {
  expect(composedFiles([...tinySubgraphs].reverse())).toEqual(composedFiles(tinySubgraphs));
});

test('subgraphs that contradict each other are told where', () => {
  const [books, reporting] = tinySubgraphs;
  const other = { ...reporting!, sdl: reporting!.sdl.replace('total: Int', 'books: Int') };
  expect(() => composedFiles([books!, other])).toThrow(DoesNotCompose);
  expect(() => composedFiles([books!, other])).toThrow(/Query\.books/);
});

test('a changed, a missing and a left-over file are each a drift; writing ends it', () => {
  const files = new Map([
    ['a.graphql', 'a'],
    ['b.graphql', 'b'],
  ]);
  writeFileSync(path.join(folder, 'a.graphql'), 'other');
  writeFileSync(path.join(folder, 'c.graphql'), 'c');
  expect(drift(folder, files)).toEqual(['a.graphql', 'b.graphql', 'c.graphql']);
  writeFiles(folder, files);
  expect(drift(folder, files)).toEqual([]);
  expect(readdirSync(folder)).toEqual(['a.graphql', 'b.graphql']);
});
