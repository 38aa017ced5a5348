import { readFileSync } from 'node:fs';
import path from 'node:path';
import { shapes } from '../subgraphs/roster/import/bundle/shapes';
import { projectRoot } from '../subgraphs/shared/project-root';

const page = readFileSync(path.join(projectRoot, 'docs/loading.md'), 'utf8');

test('docs/loading.md has a line for each CSV file of a bundle, with its columns', () => {
  const lines = new Map([...page.matchAll(/^\| `(\w+\.csv)` \| (.*) \|$/gm)].map(([, file, columns]) => [file, columns]));
  const quoted = (columns: readonly string[]) => columns.map(column => `\`${column}\``).join(', ');
  expect(Object.fromEntries(lines)).toEqual(Object.fromEntries(Object.values(shapes).map(({ file, columns, optional }) =>
    [file, quoted(columns) + (optional.length > 0 ? `; optional ${quoted(optional)}` : '')])));
});
