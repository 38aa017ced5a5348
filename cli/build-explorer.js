'use strict';
// Builds explorer/ into dist-explorer/ with Vite, where its sources or what they are built with have changed.
const path = require('node:path');
const { buildAside, filesOf, isMadeOf, root } = require('./build-aside.js');

const output = path.join(root, 'dist-explorer');

/** What the pages are made from: their sources, what these quote, and the packages. */
const sources = () => [
  ...filesOf('explorer').filter(file => !/\.test\.tsx?$/.test(file)),
  ...['schema/supergraph.graphql', 'README.md', 'package-lock.json'].map(file => path.join(root, file)),
];

/** Vite and the pages' libraries are for development: an installation without them has its pages built ahead. */
function canBuild() {
  try {
    require.resolve('vite/package.json');
    return true;
  } catch {
    return false;
  }
}

async function buildInto(outDir) {
  const { build } = await import('vite');
  for (const mode of ['production', 'graphiql']) {
    await build({
      mode,
      configFile: path.join(root, 'explorer', 'vite.config.mts'),
      build: { outDir, emptyOutDir: false },
      logLevel: 'error',
    });
  }
}

module.exports = { isCurrent: () => isMadeOf(output, sources), canBuild };
if (require.main === module) {
  buildAside(output, { sources, make: buildInto }).catch(error => {
    console.error(error);
    process.exit(1);
  });
}
