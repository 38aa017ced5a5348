/**
 * For processes and threads that tests start: TypeScript, compiled as the programs are. What has been compiled once is
 * kept until its source changes, for the many that are started.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const settings = path.join(root, '.swcrc');
const kept = path.join(root, 'node_modules', '.cache', 'strata-tests');
const version = createHash('sha1').update(fs.readFileSync(settings)).update(require('@swc/core/package.json').version);

function compiled(file) {
  const source = fs.readFileSync(file, 'utf8');
  const place = path.join(kept, `${version.copy().update(file).update(source).digest('hex')}.js`);
  if (!fs.existsSync(place)) {
    const { code } = require('@swc/core').transformSync(source, { filename: file, configFile: settings, sourceMaps: false });
    const own = `${place}.${process.pid}.${Math.random()}`;
    fs.mkdirSync(kept, { recursive: true });
    fs.writeFileSync(own, code);
    fs.renameSync(own, place); // whole, whoever else is at it
  }
  return fs.readFileSync(place, 'utf8');
}

require.extensions['.ts'] = (module, file) => module._compile(compiled(file), file);
