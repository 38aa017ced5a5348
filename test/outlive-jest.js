'use strict';
// Watches over the test server from a process of its own: when jest is killed, nobody calls its teardown, and the server
// would go on. Its standard input ends with jest. Plain JavaScript, since node runs it without a compiler.
const fs = require('node:fs');
const path = require('node:path');

const [, , dataDir] = process.argv;
const pidFile = path.join(dataDir, 'postgres', 'postmaster.pid');

const runs = pid => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

function end() {
  if (!fs.existsSync(dataDir)) return; // jest has stopped the server itself
  const pid = fs.existsSync(pidFile) ? Number(fs.readFileSync(pidFile, 'utf8').split('\n')[0]) : 0;
  if (pid > 0 && runs(pid)) process.kill(pid, 'SIGQUIT');
  const wait = setInterval(() => {
    if (pid > 0 && runs(pid)) return;
    clearInterval(wait);
    fs.rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }, 50);
}

process.stdin.resume().on('end', end);
