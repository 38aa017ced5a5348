import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { canReach } from './account';
import { mendLinks, shippedBinaries, usableBinaries } from './binaries';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-binaries-'));
fs.chmodSync(home, 0o755);
const nobody = { uid: 65534, gid: 65534 };
const asRoot = process.getuid?.() === 0 ? test : test.skip;

afterAll(() => fs.rmSync(home, { recursive: true }));

/** The package as npm unpacks it when install scripts are off. */
function unpacked(folder: string): { native: string; version: string } {
  const shipped = shippedBinaries();
  const native = path.join(folder, 'native');
  fs.cpSync(shipped.native, native, { recursive: true, filter: file => !fs.lstatSync(file).isSymbolicLink() });
  return { ...shipped, native };
}

const versionOf = (folder: string, account = {}): string =>
  spawnSync(path.join(folder, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/', encoding: 'utf8' }).stdout;

test('links that no install script made are mended, once', () => {
  const { native } = unpacked(path.join(home, 'bare'));
  expect(versionOf(native)).toBe('');
  expect(mendLinks(native)).toBe(true);
  expect(versionOf(native)).toMatch(/^postgres \(PostgreSQL\) 17\./);
  const links = fs.readdirSync(path.join(native, 'lib')).sort();
  expect(mendLinks(native)).toBe(true);
  expect(fs.readdirSync(path.join(native, 'lib')).sort()).toEqual(links);
  expect(usableBinaries({ shipped: { native, version: '1' }, parents: [], account: {} })).toBe(native);
});

const user = { uid: 1, gid: 1 };
const asUser = process.getuid?.() === 0 && canReach(__dirname, user) ? test : test.skip;

asUser('links missing in packages that a user may only read are mended in a copy', () => {
  const shipped = unpacked(path.join(home, 'read-only'));
  const own = path.join(home, 'own');
  fs.mkdirSync(own);
  fs.chownSync(own, user.uid, user.gid);
  const script = `
    const [room, options] = process.argv.slice(1);
    console.log(require(room + '/binaries').usableBinaries(JSON.parse(options)));
  `;
  const options = JSON.stringify({ shipped, parents: [own], account: {} });
  const { stdout, stderr } = spawnSync(process.execPath, ['-r', 'esbuild-register', '-e', script, __dirname, options], {
    ...user,
    cwd: path.join(__dirname, '../..'),
    env: { ...process.env, HOME: '/' },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(path.dirname(stdout.trim())).toBe(own);
  expect(versionOf(stdout.trim(), user)).toMatch(/^postgres \(PostgreSQL\) 17\./);
  expect(fs.existsSync(path.join(shipped.native, 'lib', 'libpq.so.5'))).toBe(false);
});

describe('packages that the account of the server cannot reach', () => {
  const closed = path.join(home, 'closed');
  const open = path.join(home, 'open');
  let shipped: ReturnType<typeof unpacked>;

  beforeAll(() => {
    fs.mkdirSync(closed, { mode: 0o700 });
    fs.mkdirSync(open);
    fs.chmodSync(open, 0o755);
    shipped = unpacked(closed);
  });

  asRoot('are copied to the first folder that it can reach, readable whatever the umask was', () => {
    fs.chmodSync(path.join(shipped.native, 'share'), 0o700);
    const copy = usableBinaries({ shipped, parents: [closed, path.join(home, 'none'), open], account: nobody });
    expect(path.dirname(copy)).toBe(open);
    expect(versionOf(copy, nobody)).toMatch(/^postgres \(PostgreSQL\) 17\./);
    expect(fs.statSync(path.join(copy, 'share')).mode & 0o777).toBe(0o755);
    // Nothing half made stays, neither there nor where it did not work.
    expect(fs.readdirSync(open)).toEqual([path.basename(copy)]);
    expect(fs.readdirSync(closed)).toEqual(['native']);
  });

  asRoot('are not copied again, unless the copy has lost something', () => {
    const options = { shipped, parents: [open], account: nobody };
    const copy = usableBinaries(options);
    const made = fs.statSync(copy).ino;
    expect(fs.statSync(usableBinaries(options)).ino).toBe(made);

    fs.rmSync(path.join(copy, 'lib', 'postgresql', 'ltree.so'));
    expect(usableBinaries(options)).toBe(copy);
    expect(fs.existsSync(path.join(copy, 'lib', 'postgresql', 'ltree.so'))).toBe(true);
    expect(fs.readdirSync(open)).toEqual([path.basename(copy)]);
  });

  asRoot('are not run from a copy that somebody else could have made or changed', () => {
    const options = { shipped, parents: [open], account: nobody };
    const copy = usableBinaries(options);
    fs.chownSync(copy, nobody.uid, nobody.gid);
    expect(() => usableBinaries(options)).toThrow(/belongs to user 65534 or others may write to it/);
    fs.chownSync(copy, 0, 0);
    fs.chmodSync(copy, 0o777);
    expect(() => usableBinaries(options)).toThrow(/Set DATABASE_URL/);
  });
});
