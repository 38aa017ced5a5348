'use strict';
// What the commands that build a folder have in common: it is built where its sources have changed, aside, and put in
// place by a rename, so that whoever runs or starts meanwhile never sees half of it.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');

/** Files of a folder of the project, at any depth. */
const filesOf = folder =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name));

/** Names, sizes and times. */
const fingerprintOf = files =>
  files
    .map(file => {
      const { size, mtimeMs } = fs.statSync(file);
      return `${path.relative(root, file)} ${size} ${mtimeMs}`;
    })
    .sort()
    .join('\n');

/** Whether a folder was made of what its sources are now. */
function isMadeOf(output, sources) {
  try {
    return fs.readFileSync(path.join(output, '.stamp'), 'utf8') === fingerprintOf(sources());
  } catch {
    return false;
  }
}

/** Fills a folder aside by `make` and puts it in the place of `output`; `make` may return a promise. */
async function buildAside(output, { sources, make }) {
  const now = fingerprintOf(sources());
  const aside = fs.mkdtempSync(path.join(root, `.${path.basename(output)}-`));
  try {
    await make(aside);
    fs.writeFileSync(path.join(aside, '.stamp'), now);
    fs.chmodSync(aside, 0o755); // a folder made for a moment is closed to others; who serves may be another user
    const old = `${aside}-old`;
    if (fs.existsSync(output)) fs.renameSync(output, old);
    try {
      fs.renameSync(aside, output);
    } catch (error) {
      if (!isMadeOf(output, sources)) throw error; // somebody else built the same at the same time
    }
    fs.rmSync(old, { recursive: true, force: true });
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

module.exports = { root, filesOf, isMadeOf, buildAside };
