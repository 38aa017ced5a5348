import { createTestDatabase, type TestDatabase } from '../../test/database';
import { connectOwner, createTenant } from '../../test/fixture';
import { strata } from '../../test/strata-command';
import { twoHierarchies } from '../../test/two-hierarchies';

let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const owner = await connectOwner(testDatabase.url);
  await createTenant(owner, {
    ...twoHierarchies('acme'),
    competencies: [{ code: 'adds', grade: '5', subject: 'Maths' }],
    enrolments: [{ class: 'a1', person: 'ann' }],
  });
  await createTenant(owner, { key: 'empty' });
  await owner.close();
});
afterAll(() => testDatabase.drop());

const run = async (...words: string[]) => {
  const { exitCode, stdout, stderr } = await strata(['weekly', ...words], { ...testDatabase.settings });
  return { exitCode, stderr, lines: stdout.trim().split('\n') };
};

test('writes the week that contains the day, of each tenant, as often as it is run', async () => {
  const first = await run('--week', '2026-01-01', '--json');
  expect(first.exitCode).toBe(0);
  const week = { from: '2025-12-29', through: '2026-01-04', changed: 0, removed: 0 };
  expect(JSON.parse(first.lines.at(-1)!)).toEqual({
    tenants: [
      { id: expect.any(String), externalId: 'acme', name: 'Acme', ...week, added: 6, unchanged: 0 },
      { id: expect.any(String), externalId: 'empty', name: 'Empty', ...week, added: 0, unchanged: 0 },
    ],
  });
  const again = await run('--week', '2026-01-04', '--tenant', 'acme');
  expect([again.exitCode, again.lines]).toEqual([
    0,
    ['acme: week of 2025-12-29 through 2026-01-04: 0 classes added, 0 changed, 6 unchanged, 0 removed'],
  ]);
});

test('without a day it is the last week that has ended', async () => {
  const { exitCode, lines } = await run('--json');
  expect(exitCode).toBe(0);
  const [{ from, through }] = JSON.parse(lines.at(-1)!).tenants;
  const monday = new Date(`${from}T00:00:00Z`);
  expect(monday.getUTCDay()).toBe(1);
  expect(through < new Date().toISOString().slice(0, 10)).toBe(true);
  expect(Date.now() - monday.getTime()).toBeLessThan(15 * 86_400_000);
});

test.each([
  ['no day', ['--week', 'last'], "'last' came"],
  ['a day there is not', ['--week', '2026-02-30'], "'2026-02-30' came"],
  ['a tenant there is not', ['--tenant', 'nowhere'], "there is no tenant 'nowhere'"],
])('%s is wrong usage', async (_, words, told) => {
  const { exitCode, stderr } = await run(...words);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(told)]);
});
