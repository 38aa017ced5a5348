import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { lines, load, look, sample } from '../../../../test/sample-bundle';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const rows = (table: string): Promise<unknown[]> =>
  look(database, `select tenant_id as tenant, count(*)::int as rows from ${table} group by 1 order by 1`);

test('a load that breaks off leaves each tenant whole or untouched, and the next one finishes it', async () => {
  await look(database, `alter table enrolments add constraint not_in_the_south check (tenant_id <> 3)`);
  await expect(load(database, sample())).rejects.toThrow(/not_in_the_south/);
  for (const table of ['groups', 'people', 'classes', 'tree_nodes', 'tenant_hierarchies']) {
    expect(await rows(table)).toEqual([{ tenant: 2, rows: expect.any(Number) }]);
  }
  expect(await rows('activity_events')).toEqual([]);

  await look(database, `alter table enrolments drop constraint not_in_the_south`);
  const { files, problems } = await load(database, sample());
  expect(problems).toEqual([]);
  expect(files['groups.csv']).toEqual({ added: 2, changed: 0, unchanged: 4, rejected: 0 });
  expect(files['activity.ndjson']!.added).toBe(3);
  expect(await rows('tree_nodes')).toEqual([{ tenant: 2, rows: 6 }, { tenant: 3, rows: 2 }]);
});

test('two loads of the same bundle at the same time add each row once', async () => {
  const both = await Promise.all([load(database, sample()), load(database, sample())]);
  for (const file of Object.keys(sample())) {
    const counts = both.map(({ files }) => files[file]!);
    const alone = counts[0]!.added + counts[0]!.unchanged;
    const before = file === 'levels.csv' ? 1 : 0;
    expect(counts.reduce((sum, { added }) => sum + added, 0)).toBe(alone - before);
    for (const { changed, rejected } of counts) expect([file, changed, rejected]).toEqual([file, 0, 0]);
  }
});

test('the application\'s role can load into tenants that there are; it cannot make one', async () => {
  await load(database, sample());
  const groups = lines('tenant_id,group_id,type,name,code', 'south,2,school,Third School,');
  const { files } = await load(database, { 'groups.csv': groups }, { stepDown: true });
  expect(files['groups.csv']!.added).toBe(1);
  const tenants = lines('tenant_id,name,applicable_hierarchy_id,time_zone', 'east,East,india,UTC');
  await expect(load(database, { 'tenants.csv': tenants }, { stepDown: true })).rejects.toThrow(/permission denied/);
});
