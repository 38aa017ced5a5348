import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, print } from 'graphql';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;

const read = (file: string): string => readFileSync(path.join(root, '..', file), 'utf8');

/** A module whose text is made while building. */
const madeModule = (name: string, make: () => string): Plugin => ({
  name: `strata-${name}`,
  resolveId: id => (id === `virtual:${name}` ? `\0virtual:${name}` : undefined),
  load: id => (id === `\0virtual:${name}` ? make() : undefined),
});

/** The fields of Query and Mutation that the supergraph has: what it lacks, the explorer does not show. */
function offers(): string {
  const fields = parse(read('schema/supergraph.graphql')).definitions.flatMap(definition =>
    definition.kind === 'ObjectTypeDefinition' && ['Query', 'Mutation'].includes(definition.name.value)
      ? (definition.fields ?? []).map(field => field.name.value)
      : [],
  );
  return `export const offers = new Set(${JSON.stringify(fields)});`;
}

/** The queries that the README shows, in its order. */
function queries(): string {
  const found = [...read('README.md').matchAll(/--data-urlencode 'query=([^']+)'|```graphql\n([\s\S]*?)```/g)];
  const texts = found.map(([, asked, shown]) => print(parse((asked ?? shown)!)));
  return `export const queries = ${JSON.stringify(texts)};`;
}

// Each page is built by itself (--mode): nothing that GraphiQL needs is loaded with the explorer.
const pages: Record<string, string> = { production: 'index.html', graphiql: 'graphiql.html' };

export default defineConfig(({ mode }) => ({
  root,
  base: '/',
  plugins: [madeModule('offers', offers), madeModule('queries', queries)],
  build: {
    target: 'es2022',
    assetsDir: 'assets',
    assetsInlineLimit: 0, // data: addresses are not allowed by the pages' security policy
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 5_000,
    rolldownOptions: { input: path.join(root, pages[mode] ?? 'index.html') },
  },
  server: { proxy: { '/graphql': 'http://localhost:4000', '/explorer': 'http://localhost:4000' } },
}));
