import { createTestDatabase, type TestDatabase } from '../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../test/fixture';
import { eventsOf, restlessTenant, RestlessTenant } from '../../test/restless-tenant';
import { strata } from '../../test/strata-command';
import { lockStored } from '../../subgraphs/reporting/rollup/stored.queries';
import type { Database } from '../../subgraphs/shared/database/database';

let testDatabase: TestDatabase;
let owner: Database;
let settings: Record<string, string>;
let acme: KnownTenant;
let other: KnownTenant;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = await connectOwner(testDatabase.url);
  settings = { ...testDatabase.settings };
  acme = await createTenant(owner, restlessTenant('acme'));
  const { india } = restlessTenant('').placements!;
  other = await createTenant(owner, { ...restlessTenant('other'), placements: { india: india! } });
  await createTenant(owner, { key: 'empty' });
  for (const { number } of [acme, other]) await (await RestlessTenant.open(owner, number)).send(eventsOf(0, 200));
});

afterAll(async () => {
  await owner.close();
  await testDatabase.drop();
});

const run = async (...words: string[]) => {
  const { exitCode, stdout, stderr } = await strata([...words, '--json'], settings);
  return { exitCode, stderr, told: stdout === '' ? undefined : JSON.parse(stdout.trim().split('\n').at(-1)!) };
};

const corrupt = ({ number }: KnownTenant) =>
  owner.transaction(number, 'write', tx =>
    tx.query('update aggregates set attempts = attempts + 1 where tenant_id = $1 and hierarchy_id <> 0 and grain = 7', [
      number,
    ]),
  );

test('rebuild, verify and explain agree: what is wrong is found, explained and mended', async () => {
  const built = await run('rebuild');
  expect(built.told.tenants).toMatchObject([
    { externalId: 'acme', built: ['cells', 'india', 'us'] },
    { externalId: 'other', built: ['cells', 'india'] },
    { externalId: 'empty', built: ['cells'] },
  ]);
  expect([built.exitCode, built.stderr]).toEqual([0, expect.stringContaining('acme: us (4 of 4)')]);
  expect(await run('verify')).toMatchObject({ exitCode: 0, told: { differences: 0 } });

  await corrupt(acme);
  const verified = await run('verify', '--tenant', 'acme');
  expect(verified.exitCode).toBe(1);
  expect(verified.told.differences).toBeGreaterThan(0);
  expect(verified.told.tenants).toHaveLength(1);
  expect(await run('verify', '--tenant', 'other')).toMatchObject({ exitCode: 0 });
  const wrong = await strata(['verify'], settings);
  expect(wrong.stdout).toMatch(/^acme: stored sums of india against facts: \d+ differences$/m);
  expect(wrong.stdout).toMatch(
    /^ {2}india country:land, week of 2026-01-\d\d, all contexts: expected attempts \d+, found attempts \d+$/m,
  );
  expect(wrong.stdout).toContain('other: all is as it should be');

  const week = ['--period', '2026-02-02..2026-02-08', '--tenant', 'acme'];
  expect(await run('explain', 'district:d0', ...week)).toMatchObject({ exitCode: 1, told: { agrees: false } });
  expect(await run('rebuild', '--tenant', 'acme', '--hierarchy', 'india')).toMatchObject({
    exitCode: 0,
    told: { tenants: [{ externalId: 'acme', built: ['india'] }] },
  });
  expect(await run('explain', 'district:d0', ...week)).toMatchObject({ exitCode: 0, told: { agrees: true } });
  expect((await run('verify')).told.differences).toBeGreaterThan(0);
  await run('rebuild', '--hierarchy', 'us');
  expect(await run('verify')).toMatchObject({ exitCode: 0, told: { differences: 0 } });
});

test('two rebuilds at once take turns, say so, and both end well', async () => {
  const turn = await owner.begin(acme.number, 'write');
  await lockStored(turn);
  const both = [run('rebuild', '--tenant', 'acme'), run('rebuild', '--tenant', 'acme')];
  await new Promise(resolve => setTimeout(resolve, 4_000));
  await turn.commit();
  for (const { exitCode, stderr } of await Promise.all(both)) {
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('acme: waiting until another change')]);
  }
  expect(await run('verify')).toMatchObject({ exitCode: 0 });
});

test('a hierarchy in which a tenant places nothing is nothing to build', async () => {
  expect(await run('rebuild', '--tenant', 'other', '--hierarchy', 'sap')).toMatchObject({
    exitCode: 0,
    told: { tenants: [{ externalId: 'other', built: [] }] },
  });
});

test('explain names the rows and the leaves, and what waits', async () => {
  await (await RestlessTenant.open(owner, acme.number)).send(eventsOf(200, 100));
  const period = ['--period', '2026-01-26..2026-03-04', '--tenant', 'acme'];
  const { told, exitCode } = await run('explain', 'state:south', ...period);
  expect(exitCode).toBe(0);
  expect(told).toMatchObject({
    tenant: 'acme',
    node: { type: 'state', externalId: 'south', name: 'south', id: acme.nodeId('south') },
    hierarchy: { id: 'india' },
    plan: { source: { read: 'own' }, rows: 11 },
    cover: [
      { grain: 'day', from: '2026-01-26', through: '2026-01-31', buckets: 6 },
      { grain: 'month', from: '2026-02-01', through: '2026-02-28', buckets: 1 },
      { grain: 'day', from: '2026-03-01', through: '2026-03-04', buckets: 4 },
    ],
    stored: { count: 1, first: [{ owner: 'state:south', months: 1, weeks: 0 }] },
    competencies: { asOf: '2026-03-04', source: { read: 'own' }, agrees: true },
    agrees: true,
  });
  expect(told.waiting.deltas).toBeGreaterThan(0);
  const attempts = (list: { sums: { attempts: number } }[]) => list.reduce((sum, { sums }) => sum + sums.attempts, 0);
  expect(attempts(told.leaves.first)).toBe(told.sums.attempts);
  expect(attempts(told.stored.first) + told.waiting.sums.attempts).toBe(told.sums.attempts);

  const classes = await run('explain', 'class:class3', ...period);
  expect(classes.told).toMatchObject({
    ...{ plan: { source: { read: 'classes' } }, stored: null, cover: [], leaves: { count: 1 } },
  });
  const block = await run('explain', acme.nodeId('b0'), ...period);
  expect(block.told).toMatchObject({ plan: { source: { read: 'cells' } }, agrees: true });
  for (const node of [acme.id, acme.otherId, 'country:land', 'school:s0']) {
    expect([node, (await run('explain', node, ...period, '--hierarchy', 'us')).told.agrees]).toEqual([node, true]);
  }
  const words = (await strata(['explain', 'state:south', ...period], settings)).stdout;
  expect(words).toMatch(/^state:south 'south' \(g\w{6}\) of acme, in india version \d+, 2026-01-26\.\.2026-03-04\n/);
  expect(words).toMatch(/Read from the stored rows of the state itself; at most 11 rows\n/);
  expect(words).toMatch(/Competencies at the end of 2026-03-04: 0 completed, 0 inferred, 0 in progress of 0 expected\n/);
  expect(words).toMatch(/They agree\.\n$/);
});

const days = ['--period', '2026-02-01..2026-02-02'];
const d0 = (period: string, ...more: string[]) => ['explain', 'district:d0', '--period', period, ...more];

test.each([
  ['a tenant there is not', ['rebuild', '--tenant', 'nowhere'], "there is no tenant 'nowhere'"],
  ['a hierarchy there is not', ['rebuild', '--hierarchy', 'mars'], 'expected one of india, us, sap; there is no'],
  ['a tenant there is not to verify', ['verify', '--tenant', 'nowhere'], "there is no tenant 'nowhere'"],
  ['no period', ['explain', 'district:d0'], '--period'],
  ['a day there is not', d0('2026-02-01..2026-02-30'), "'2026-02-01..2026-02-30' came"],
  ['a period the wrong way round', d0('2026-02-02..2026-02-01'), 'must end on or after'],
  ['a node there is not', ['explain', 'district:nope', ...days], "'district:nope' is no node"],
  ['a strange hierarchy', d0(days[1]!, '--hierarchy', 'mars', '--tenant', 'acme'), "no hierarchy 'mars'"],
  ['a node of several tenants', d0(days[1]!), 'acme, other. Please choose one with --tenant'],
])('%s ends with 2 and says what was expected', async (_, words, said) => {
  const { exitCode, stdout, stderr } = await strata(words, settings);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(said);
  expect(stderr).not.toContain('    at ');
});
