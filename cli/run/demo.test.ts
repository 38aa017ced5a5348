import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Database } from '../../subgraphs/shared/database/database';
import { projectRoot } from '../../subgraphs/shared/project-root';
import { createTestDatabase, type TestDatabase } from '../../test/database';
import { startStrata } from '../../test/strata-command';
import { writeDemoBundle } from '../generate/demo';

let database: TestDatabase;
let folder: string;
let settings: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(path.join(os.tmpdir(), 'strata-demo-'));
  settings = {
    ...{ ...database.settings, STRATA_DATA_DIR: path.join(folder, 'data'), STRATA_DEMO: '1', PORT: '0' },
    PATH: process.env.PATH!,
  };
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** What the whole server says, whatever the tenant. */
async function countEvents(): Promise<number> {
  const everything = await Database.connect({ url: database.adminUrl, stepDown: false, entities: [], poolSize: 1 });
  const [row] = await everything.transaction(1, 'read', tx =>
    tx.query<{ count: number }>('select count(*)::int as count from event_ids'),
  );
  await everything.close();
  return row!.count;
}

/** Starts, and kills the process as soon as it says this; resolves when it is gone. */
function killWhenItSays(words: RegExp): Promise<void> {
  const child = spawn(process.execPath, [path.join(projectRoot, 'cli', 'bin.js'), 'start'], { env: settings });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (words.test(said)) child.kill('SIGKILL');
  });
  return new Promise(resolve => child.once('exit', () => resolve()));
}

jest.setTimeout(180_000); // it loads the demo twice

test('a first start that is killed in the middle of the demo is completed by the next, and by none after', async () => {
  const { 'activity.ndjson': sent } = await writeDemoBundle({
    out: path.join(folder, 'bundle'),
    today: new Date().toISOString().slice(0, 10),
  });
  await killWhenItSays(/activity\.ndjson: \d{4,} of/);
  const half = await countEvents();
  expect(half).toBeGreaterThan(0);
  expect(half).toBeLessThan(sent!);

  const second = await startStrata(['start'], settings);
  expect(second.output()).toContain('Completing the demo');
  expect(second.output()).toContain('npx strata token admin@india.demo');
  expect(await countEvents()).toBe(sent);
  second.process.kill('SIGTERM');
  expect(await second.ended).toBe(0);
  expect(readdirSync(settings.STRATA_DATA_DIR!)).not.toContain('demo-bundle');

  const third = await startStrata(['start'], settings);
  expect(third.output()).not.toContain('demo tenants');
  third.process.kill('SIGTERM');
  expect(await third.ended).toBe(0);
});
