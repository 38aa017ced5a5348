'use strict';
// Turns the TypeScript sources into dist/ (types are checked by `npm run check`, not here).
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const output = path.join(root, 'dist');
const stamp = path.join(output, '.stamp');
const rooms = ['bench', 'cli', 'gateway', 'migrations', 'subgraphs'];

/** Every source file of the rooms that run compiled: tests stay out. */
function sources() {
  // The benchmark may be left out of an image.
  return rooms.filter(room => fs.existsSync(path.join(root, room))).flatMap(room =>
    fs
      .readdirSync(path.join(root, room), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.ts$/.test(entry.name) && !/\.(test|d)\.ts$/.test(entry.name))
      .map(entry => path.join(entry.parentPath, entry.name)),
  );
}

/** What dist/ was made from: names, sizes and times of the sources and of the compiler's settings. */
function fingerprint() {
  return [...sources(), path.join(root, '.swcrc')]
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

function compile() {
  const { transformFileSync } = require('@swc/core');
  const now = fingerprint();
  // Built aside and put in place by a rename, so that a second process never starts from half a build.
  const aside = fs.mkdtempSync(path.join(root, '.dist-'));
  try {
    for (const file of sources()) {
      const target = path.join(aside, path.relative(root, file)).replace(/\.ts$/, '.js');
      const { code, map } = transformFileSync(file, { configFile: path.join(root, '.swcrc') });
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
      if (map) fs.writeFileSync(`${target}.map`, map);
    }
    fs.writeFileSync(path.join(aside, '.stamp'), now);
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

module.exports = { isCurrent, compile };
if (require.main === module) compile();
