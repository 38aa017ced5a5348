import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../cli/postgres';
import { buildEverything } from '../subgraphs/reporting/rollup/build';
import { sealSome } from '../subgraphs/reporting/rollup/seal';
import { Database } from '../subgraphs/shared/database/database';
import { migrate } from '../subgraphs/shared/database/migrate';
import { createFloor, fillFloor } from './floor.queries';
import { shapeOf } from './shape';
import {
  createMadeTable,
  growTrees,
  insertFacts,
  insertMade,
  insertRoster,
  insertTenant,
  insertZones,
  selectMade,
  withMuchMemory,
} from './tenant.queries';
import type { Options } from './options';

export interface MadeTenant {
  id: number;
  externalId: string;
  classes: number;
}

export interface Made {
  server: EmbeddedPostgres;
  /** Where the database and the development key are. */
  dataDir: string;
  tenants: MadeTenant[];
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The database with the tenants in it; those of an earlier run where they are what this one would make. */
export async function makeTenants({ dataDir, sizes, fresh }: Options): Promise<Made> {
  const madeBy = fingerprint();
  if (fresh) rmSync(dataDir, { recursive: true, force: true });
  let made = await open(dataDir);
  if (made.known.some(tenant => tenant.madeBy !== madeBy)) {
    say('The tenants of an earlier run were made otherwise; making them anew');
    await made.server.stop();
    rmSync(dataDir, { recursive: true, force: true });
    made = await open(dataDir);
  }
  const { server, known } = made;
  try {
    const tenants: MadeTenant[] = [];
    for (const classes of sizes) {
      const externalId = `bench-${classes}`;
      const there = known.find(tenant => tenant.classes === classes);
      const id = there?.tenantId ?? (await makeTenant(server.url, { externalId, classes, madeBy }));
      tenants.push({ id, externalId, classes });
    }
    return { server, tenants, dataDir: path.resolve(dataDir) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function open(dataDir: string) {
  mkdirSync(dataDir, { recursive: true });
  const server = await startEmbeddedPostgres({ dataDir, log: say });
  try {
    await migrate(server.url);
    const owner = await connectOwner(server.url);
    await createMadeTable(owner);
    await insertZones(owner);
    const known = await selectMade(owner);
    await owner.close();
    return { server, known };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The owner's connection: it takes as long as it takes. */
export const connectOwner = (url: string): Promise<Database> =>
  Database.connect({ url, stepDown: false, entities: [], poolSize: 2, statementTimeout: 0 });

async function makeTenant(
  url: string,
  { externalId, classes, madeBy }: { externalId: string; classes: number; madeBy: string },
): Promise<number> {
  const owner = await connectOwner(url);
  const begun = performance.now();
  const told = (step: string): void => say(`  ${((performance.now() - begun) / 1000).toFixed(0)} s  ${step}`);
  try {
    say(`Making a tenant of ${classes} classes`);
    const id = await insertTenant(owner, externalId);
    await owner.transaction(id, 'write', async tx => insertRoster(tx, shapeOf(classes), classes));
    await analyze(url, ['groups', 'group_placements', 'classes', 'class_placements', 'people']);
    told('groups and classes');
    await owner.transaction(id, 'write', growTrees);
    told('trees');
    await owner.transaction(id, 'write', insertFacts);
    await analyze(url, ['tree_nodes', 'class_days', 'activity_contexts']);
    told('facts');
    await owner.transaction(id, 'write', async tx => {
      await withMuchMemory(tx);
      await buildEverything(tx, step => told(`stored sums: ${step}`));
    });
    // As the folder leaves a month that is over; else it would do so while something is measured.
    const sealing = { now: new Date(), most: 10_000 };
    while (await owner.transaction(id, 'write', tx => sealSome(tx, sealing)));
    await analyze(url, ['aggregates']);
    told('sealed months');
    await owner.transaction(id, 'write', async tx => {
      await withMuchMemory(tx);
      await createFloor(tx);
      await fillFloor(tx);
      await insertMade(tx, classes, madeBy);
    });
    await analyze(url, []);
    told('done');
    return id;
  } finally {
    await owner.close();
  }
}

/** As autovacuum would leave the tables, some time after the load. */
async function analyze(url: string, tables: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`vacuum (analyze) ${tables.join(', ')}`);
  } finally {
    await client.end();
  }
}

/** What a tenant is made by: another schema, generator or way to store sums makes another tenant. */
export function fingerprint(): string {
  const root = path.join(__dirname, '..');
  const rollup = 'subgraphs/reporting/rollup';
  const migrations = readdirSync(path.join(root, 'migrations')).filter(name => name.endsWith('.js')).sort();
  const files = [
    ...migrations.map(name => `migrations/${name}`),
    'subgraphs/hierarchy/placements/tree.queries.js',
    ...['build', 'build.queries', 'cells.queries', 'seal', 'seal.queries', 'stored.queries'].map(name => `${rollup}/${name}.js`),
    ...['changes.queries', 'history.queries'].map(name => `subgraphs/reporting/competency-counts/${name}.js`),
    ...['shape', 'tenant.queries', 'floor.queries', 'competency.queries'].map(name => `bench/${name}.js`),
  ];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}
