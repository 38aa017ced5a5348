'use strict';
// Turns the TypeScript sources into dist/ (types are checked by `npm run check`, not here).
const fs = require('node:fs');
const path = require('node:path');
const { buildAside, filesOf, isMadeOf, root } = require('./build-aside.js');

const output = path.join(root, 'dist');
const rooms = ['bench', 'cli', 'gateway', 'migrations', 'subgraphs'];
const settings = path.join(root, '.swcrc');

/** Every source file of the rooms that run compiled: tests stay out, and the benchmark may be left out of an image. */
const programs = () =>
  rooms
    .filter(room => fs.existsSync(path.join(root, room)))
    .flatMap(filesOf)
    .filter(file => file.endsWith('.ts') && !/\.(test|d)\.ts$/.test(file));

const sources = () => [...programs(), settings];

function compileInto(folder) {
  const { transformFileSync } = require('@swc/core');
  for (const file of programs()) {
    const target = path.join(folder, path.relative(root, file)).replace(/\.ts$/, '.js');
    const { code, map } = transformFileSync(file, { configFile: settings });
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
    if (map) fs.writeFileSync(`${target}.map`, map);
  }
}

module.exports = { isCurrent: () => isMadeOf(output, sources) };
if (require.main === module && !isMadeOf(output, sources)) {
  buildAside(output, { sources, make: compileInto }).catch(error => {
    console.error(error);
    process.exit(1);
  });
}
