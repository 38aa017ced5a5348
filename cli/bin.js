#!/usr/bin/env node
'use strict';
// The strata command. Sources that changed since the last start are compiled first, in a process of its own
// so that the compiler's memory does not stay with the service.
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { isCurrent } = require('./compile.js');

if (!isCurrent()) {
  const build = spawnSync(process.execPath, [path.join(__dirname, 'compile.js')], { stdio: ['ignore', 2, 2] });
  if (build.status !== 0) process.exit(build.status ?? 1);
}
require('../dist/cli/strata.js');
