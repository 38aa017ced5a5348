import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { buildMissing } from '../subgraphs/reporting/rollup/build';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import type { Database } from '../subgraphs/shared/database/database';
import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import { countTables, insertDeltas, selectRowsRead } from './unknown-tenant.queries';

const classes = Array.from({ length: 600 }, (_, n) => `c${n}`);
const schools = Array.from({ length: 40 }, (_, n) => `s${n}`);
const days = 5;
const deltas = classes.length * days;
const tables = ['classes', 'class_placements', 'class_cells', 'cells', 'cell_parents', 'fact_deltas', 'tree_nodes', 'groups'];

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

/** A tenant with classes in schools, whose cells are made, and with deltas. */
async function makeTenant(owner: Database, key: string): Promise<KnownTenant> {
  const tenant = await createTenant(owner, {
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
  await owner.transaction(tenant.number, 'write', tx => buildMissing(tx));
  await owner.transaction(tenant.number, 'write', tx => insertDeltas(tx, days));
  return tenant;
}

test('of a tenant that the statistics do not know, trees, cells and folding read each row a few times for each of the deltas', async () => {
  const others = await connectOwner(database.url);
  for (const key of ['one', 'two', 'three']) await makeTenant(others, key);
  await others.close();
  await countTables(client, tables);
  await sleep(200);
  const before = await selectRowsRead(client, tables);

  const owner = await connectOwner(database.url);
  const { number } = await makeTenant(owner, 'acme');
  expect(await foldAll(owner, number)).toBe(deltas);
  await owner.close(); // its connections tell what they have counted as they end
  await sleep(200);
  const after = await selectRowsRead(client, tables);
  for (const table of tables) {
    const times = (after[table]! - before[table]!) / deltas;
    expect([table, times, times <= 6]).toEqual([table, times, true]);
  }
});
