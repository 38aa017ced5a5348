import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { place } from '../subgraphs/hierarchy/placements/place';
import { buildMissing } from '../subgraphs/reporting/rollup/build';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import type { Database } from '../subgraphs/shared/database/database';
import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import { countTables, insertDeltas, insertFacts, selectRowsRead } from './unknown-tenant.queries';

const classes = Array.from({ length: 600 }, (_, n) => `c${n}`);
const schools = Array.from({ length: 40 }, (_, n) => `s${n}`);
const days = 5;
const deltas = classes.length * days;
const tables = [
  'classes', 'class_placements', 'class_cells', 'cells', 'cell_parents', 'class_days', 'fact_deltas', 'tree_nodes', 'groups',
];

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.directUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** A tenant with classes in schools. */
const makeSchools = (owner: Database, key: string): Promise<KnownTenant> =>
  createTenant(owner, {
    key,
    groups: { land: 'country', ...Object.fromEntries(schools.map(school => [school, 'school'])) },
    classes: Object.fromEntries(classes.map(name => [name, {}])),
    placements: {
      india: {
        land: null,
        ...Object.fromEntries(schools.map(school => [school, 'land'])),
        ...Object.fromEntries(classes.map((name, n) => [name, schools[n % schools.length]!])),
      },
    },
  });

/** One whose cells are made, and with deltas. */
async function makeTenant(owner: Database, key: string): Promise<KnownTenant> {
  const tenant = await makeSchools(owner, key);
  await owner.transaction(tenant.number, 'write', tx => buildMissing(tx));
  await owner.transaction(tenant.number, 'write', tx => insertDeltas(tx, days));
  return tenant;
}

/** How often each table's rows are read, for each of the deltas, by work for a tenant that came after the statistics. */
async function timesRead(key: string, work: (owner: Database) => Promise<void>): Promise<Record<string, number>> {
  const others = await connectOwner(database.url);
  for (const other of ['one', 'two', 'three']) await makeTenant(others, `${key} ${other}`);
  await others.close();
  await countTables(client, tables);
  await sleep(200);
  const before = await selectRowsRead(client, tables);

  const owner = await connectOwner(database.url);
  await work(owner);
  await owner.close(); // its connections tell what they have counted as they end
  await sleep(200);
  const after = await selectRowsRead(client, tables);
  return Object.fromEntries(tables.map(table => [table, (after[table]! - before[table]!) / deltas]));
}

const expectFew = (read: Record<string, number>, most: number): void => {
  for (const [table, times] of Object.entries(read)) expect([table, times, times <= most]).toEqual([table, times, true]);
};

test('of a tenant that the statistics do not know, trees, cells and folding read each row a few times for each of the deltas', async () => {
  const read = await timesRead('folded', async owner => {
    const { number } = await makeTenant(owner, 'acme');
    expect(await foldAll(owner, number)).toBe(deltas);
  });
  expectFew(read, 6);
});

test('so does making its stored sums, when they are made beside a load, of facts that wait as deltas too', async () => {
  const read = await timesRead('built', async owner => {
    const { number } = await makeSchools(owner, 'brook');
    await owner.transaction(number, 'write', tx => insertDeltas(tx, days));
    await owner.transaction(number, 'write', tx => insertFacts(tx, days));
    const built = await owner.transaction(number, 'write', tx => buildMissing(tx));
    expect(built).toEqual(['cells', 'learners', 'india']);
    expect(await foldAll(owner, number)).toBe(0); // what waited went with the facts
  });
  expectFew(read, 6);
});

test('placing classes one by one reads the nodes of the tree a few times for each, and not each node for every other', async () => {
  const read = await timesRead('placed', async owner => {
    const { number, nodeId } = await makeTenant(owner, 'creek');
    for (const [n, name] of classes.slice(0, 20).entries()) {
      const placing = { hierarchyKey: 'india', childId: nodeId(name), parentId: nodeId(schools[n + 1]!) };
      await owner.transaction(number, 'write', tx => place(tx, placing));
    }
  });
  expectFew({ tree_nodes: read.tree_nodes! }, 2);
});
