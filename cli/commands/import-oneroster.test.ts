import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../test/database';
import { connectOwner, createTenant } from '../../test/fixture';
import { bundleOf, csv, inFolder, sampleFiles, zipOf } from '../../test/oneroster';
import { look } from '../../test/sample-bundle';
import { strata } from '../../test/strata-command';

let database: TestDatabase;
let folder: string;
let settings: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  await createTenant(owner, { key: 'la', hierarchy: 'us' });
  await owner.close();
  folder = mkdtempSync(path.join(os.tmpdir(), 'strata-oneroster-command-'));
  settings = { ...database.settings, STRATA_DATA_DIR: path.join(folder, 'data') };
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

const importing = (file: string, ...more: string[]) => strata(['import-oneroster', file, ...more], settings);

test('a zip file and a folder are imported alike; the same bundle again changes nothing', async () => {
  const file = path.join(folder, 'bundle.zip');
  writeFileSync(file, await zipOf(bundleOf(sampleFiles())));
  const zipped = await importing(file, '--tenant', 'la', '--json');
  expect([zipped.exitCode, zipped.stderr]).toEqual([0, expect.stringContaining('users.csv: 6')]);
  const { version, files, changes, rejected } = JSON.parse(zipped.stdout);
  expect([version, rejected]).toEqual(['1.1', []]);
  expect(files['orgs.csv']).toEqual({ mode: 'bulk', added: 6, changed: 0, unchanged: 0, ended: 0, rejected: 0 });
  expect(changes.placements).toEqual({ added: 8, changed: 0, removed: 0 });

  const again = await inFolder(bundleOf(sampleFiles()), dir => importing(dir, '--tenant', 'la'));
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toContain('orgs.csv (bulk): 0 added, 0 changed, 6 unchanged, 0 ended, 0 rejected');
});

test('rejected rows end it with 1, by file and line; the rest is there', async () => {
  const files = { 'users.csv': csv('sourcedId,role,username', 'x,student,x@la', 'y,wizard,y@la') };
  const { exitCode, stderr, stdout } = await inFolder(bundleOf(files), dir => importing(dir, '--tenant', 'la'));
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('users.csv (bulk): 1 added')]);
  expect(stderr).toContain("users.csv:3: role: expected a role of OneRoster");
  expect(await look(database, `select from people where login = 'x@la'`)).toHaveLength(1);
});

test('what cannot be imported ends it with 2, and nothing is written', async () => {
  const before = await look(database, 'select sum(version) from tenant_versions');
  const bundle = bundleOf(sampleFiles());
  const broken = path.join(folder, 'broken.zip');
  writeFileSync(broken, (await zipOf(bundle)).subarray(0, 500));
  const runs = [
    await importing(broken, '--tenant', 'la'),
    await importing(path.join(folder, 'nowhere.zip'), '--tenant', 'la'),
    await inFolder({ ...bundle, 'manifest.csv': 'x' }, dir => importing(dir, '--tenant', 'la')),
    await inFolder(bundle, dir => importing(dir, '--tenant', 'nobody')),
    await inFolder(bundle, dir => importing(dir, '--tenant', 'platform')),
    await inFolder(bundle, dir => importing(dir)),
  ];
  for (const { exitCode, stdout, stderr } of runs) {
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/expected|required/);
    expect(stderr).not.toContain('    at ');
  }
  expect(await look(database, 'select sum(version) from tenant_versions')).toEqual(before);
});
