#!/usr/bin/env node
'use strict';
// The strata command. Sources that changed since the last start are compiled first, in a process of its own
// so that the compiler's memory does not stay with the service.
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const explorer = require('./build-explorer.js');
const { isCurrent } = require('./compile.js');

const run = file => spawnSync(process.execPath, [path.join(__dirname, file)], { stdio: ['ignore', 2, 2] }).status ?? 1;

if (!isCurrent()) {
  const status = run('compile.js');
  if (status !== 0) process.exit(status);
}
// Only what serves pages needs them; without them everything else works, and the page says what is missing.
if (process.argv[2] === 'start' && explorer.canBuild() && !explorer.isCurrent()) run('build-explorer.js');
require('../dist/cli/strata.js');
