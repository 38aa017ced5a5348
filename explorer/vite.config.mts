import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'graphql';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;

/** The fields of Query and Mutation that the supergraph has: what it lacks, the explorer does not show. */
function offers(): Plugin {
  const name = 'virtual:offers';
  return {
    name: 'strata-offers',
    resolveId: id => (id === name ? `\0${name}` : undefined),
    load: id => {
      if (id !== `\0${name}`) return undefined;
      const { definitions } = parse(readFileSync(path.join(root, '../schema/supergraph.graphql'), 'utf8'));
      const fields = definitions.flatMap(definition =>
        definition.kind === 'ObjectTypeDefinition' && ['Query', 'Mutation'].includes(definition.name.value)
          ? (definition.fields ?? []).map(field => field.name.value)
          : [],
      );
      return `export const offers = new Set(${JSON.stringify(fields)});`;
    },
  };
}

export default defineConfig({
  root,
  base: '/',
  plugins: [offers()],
  build: {
    target: 'es2022',
    assetsDir: 'assets',
    assetsInlineLimit: 0, // data: addresses are not allowed by the pages' security policy
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 5_000,
    rolldownOptions: {
      input: { explorer: path.join(root, 'index.html'), graphiql: path.join(root, 'graphiql.html') },
    },
  },
  server: { proxy: { '/graphql': 'http://localhost:4000', '/explorer': 'http://localhost:4000' } },
});
