// The README's promise, kept from outside: on a machine with Node alone Strata starts, answers the README's query and
// stops; as root and as somebody else. Run it on a clean clone after `npm ci`; it ends with 1 where a promise is broken.
import { spawn, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const port = 4390;
const limits = { firstStart: 120, nextStart: 5, megabytes: 700 };
const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
const promised = JSON.parse(/```json\n([\s\S]*?)```/.exec(readme)[1]);
const query = /--data-urlencode 'query=([\s\S]*?)'\n/.exec(readme)[1];

const problems = [];
const expect = (holds, promise) => {
  console.log(`${holds ? 'kept  ' : 'BROKEN'} ${promise}`);
  if (!holds) problems.push(promise);
};

/** The demo's averages are of the sixty days before its first start; all else of the README's answer stands. */
const withoutAverages = value =>
  JSON.parse(JSON.stringify(value, (key, inner) => (key === 'averageScore' && typeof inner === 'number' ? '%' : inner)));

function memoryOf(pid) {
  const processes = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number));
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [child, parent] of processes) if (family.has(parent)) family.add(child);
  }
  return processes.filter(([id]) => family.has(id)).reduce((sum, [, , rss]) => sum + rss, 0) / 1024;
}

async function start(account) {
  const began = Date.now();
  const child = spawn(process.execPath, ['cli/bin.js', 'start'], {
    cwd: account.folder,
    env: { ...process.env, STRATA_DATA_DIR: account.dataDir, PORT: String(port), HOME: account.home },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(account.id === undefined ? {} : { uid: account.id, gid: account.id }),
  });
  let said = '';
  child.stdout.on('data', data => (said += data));
  child.stderr.on('data', data => (said += data));
  while (!said.includes('Strata ready at')) {
    if (child.exitCode !== null) throw new Error(`strata start ended: ${said.slice(-2_000)}`);
    if (Date.now() - began > limits.firstStart * 1_000) throw new Error(`no answer in time: ${said.slice(-2_000)}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  const seconds = (Date.now() - began) / 1_000;
  const stop = async () => {
    const ended = new Promise(resolve => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGINT'); // as Ctrl-C does: to the whole group
    return ended;
  };
  return { pid: child.pid, seconds, stop };
}

async function ask(account) {
  const token = execFileSync(process.execPath, ['cli/bin.js', 'token', 'admin@india.demo'], {
    cwd: account.folder,
    encoding: 'utf8',
    env: { ...process.env, STRATA_DATA_DIR: account.dataDir, HOME: account.home },
    ...(account.id === undefined ? {} : { uid: account.id, gid: account.id }),
  }).trim();
  const response = await fetch(`http://localhost:${port}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

async function tryAs(name, { folder, id }) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-first-start-'));
  if (id !== undefined) fs.chownSync(home, id, id);
  const account = { id, home, folder, dataDir: path.join(home, 'data') };
  try {
    const first = await start(account);
    const answer = await ask(account);
    expect(first.seconds < limits.firstStart, `${name}: a first start takes less than ${limits.firstStart} s (${first.seconds} s)`);
    expect(
      JSON.stringify(withoutAverages(answer)) === JSON.stringify(withoutAverages(promised)),
      `${name}: the README's query has the README's answer`,
    );
    const megabytes = Math.round(memoryOf(first.pid));
    expect(megabytes < limits.megabytes, `${name}: the process tree stays under ${limits.megabytes} MB (${megabytes} MB)`);
    expect((await first.stop()) === 0, `${name}: Ctrl-C ends it well`);
    let fastest = Infinity;
    for (let attempt = 0; attempt < 3 && fastest >= limits.nextStart; attempt++) {
      const next = await start(account);
      fastest = Math.min(fastest, next.seconds);
      expect((await ask(account)).errors === undefined, `${name}: it answers again`);
      await next.stop();
    }
    expect(fastest < limits.nextStart, `${name}: the next start takes less than ${limits.nextStart} s (${fastest} s)`);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

const isRoot = process.getuid?.() === 0;
await tryAs(isRoot ? 'root' : 'this user', { folder: root });
if (isRoot) {
  // A checkout of root's may be closed to everybody else: they get one of their own.
  const nobody = 65534;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-checkout-'));
  try {
    for (const name of fs.readdirSync(root).filter(name => !/^\.(git$|data$|dist)/.test(name))) {
      execFileSync('cp', ['-a', path.join(root, name), folder]);
    }
    execFileSync('chown', ['-R', `${nobody}:${nobody}`, folder]);
    await tryAs('somebody else', { folder, id: nobody });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
process.exit(problems.length > 0 ? 1 : 0);
