'use strict';
// Builds explorer/ into dist-explorer/ with Vite, where its sources or what they are built with have changed.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const output = path.join(root, 'dist-explorer');
const stamp = path.join(output, '.stamp');

/** What the pages were made from: names, sizes and times of the sources, of what they quote, and of the packages. */
function fingerprint() {
  const sources = fs
    .readdirSync(path.join(root, 'explorer'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map(entry => path.join(entry.parentPath, entry.name));
  const beside = ['schema/supergraph.graphql', 'README.md', 'package-lock.json'].map(file => path.join(root, file));
  return [...sources, ...beside]
    .map(file => {
      const { size, mtimeMs } = fs.statSync(file);
      return `${path.relative(root, file)} ${size} ${mtimeMs}`;
    })
    .sort()
    .join('\n');
}

function isCurrent() {
  try {
    return fs.readFileSync(stamp, 'utf8') === fingerprint();
  } catch {
    return false;
  }
}

/** Vite and the pages' libraries are for development: an installation without them has its pages built ahead. */
function canBuild() {
  try {
    require.resolve('vite/package.json');
    return true;
  } catch {
    return false;
  }
}

async function build() {
  const { build: viteBuild } = await import('vite');
  const now = fingerprint();
  // Built aside and put in place by a rename: a gateway that runs never serves half of it.
  const aside = fs.mkdtempSync(path.join(root, '.dist-explorer-'));
  try {
    for (const mode of ['production', 'graphiql']) {
      await viteBuild({
        mode,
        configFile: path.join(root, 'explorer', 'vite.config.mts'),
        build: { outDir: aside, emptyOutDir: false },
        logLevel: 'error',
      });
    }
    fs.writeFileSync(path.join(aside, '.stamp'), now);
    fs.chmodSync(aside, 0o755); // a folder made for a moment is closed to others; who serves may be another user
    const old = `${aside}-old`;
    if (fs.existsSync(output)) fs.renameSync(output, old);
    try {
      fs.renameSync(aside, output);
    } catch (error) {
      if (!isCurrent()) throw error; // somebody else built the same at the same time
    }
    fs.rmSync(old, { recursive: true, force: true });
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

module.exports = { isCurrent, canBuild };
if (require.main === module) {
  build().catch(error => {
    console.error(error);
    process.exit(1);
  });
}
