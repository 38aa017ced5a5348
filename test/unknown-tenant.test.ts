import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { Client } from 'pg';
import request from 'supertest';
import { rosterSubgraph } from '../subgraphs/roster/subgraph';
import type { Database } from '../subgraphs/shared/database/database';
import { mountRoutes } from '../subgraphs/shared/subgraph/http';
import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import { largeFile } from './group-files';
import { startForTest } from './start-for-test';
import { countTables, fillGroups, selectRowsRead } from './unknown-tenant.queries';

/**
 * A tenant that the statistics do not know seems to have one row: every index that begins with the tenant seems as good
 * as any other, and reading all of its rows as good as reading one. What that costs is told by how many rows are read,
 * which does not depend on the machine.
 */
const rows = 6_500;
const schools = ['s1', 's2', 's3', 's4'];
const tables = ['people', 'groups', 'student_groups', 'student_group_students', 'student_group_users'];
/** How often each row may be read: a file is applied 2,000 rows at a time. One of them for each other would be 6,500. */
const most = 3 * Math.ceil(rows / 2_000);

let database: TestDatabase;
let owner: Database;
let client: Client;
beforeEach(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  client = new Client({ connectionString: database.directUrl });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await owner.close();
  await database.drop();
});

const tenantNamed = (key: string): Promise<KnownTenant> =>
  createTenant(owner, {
    key,
    groups: Object.fromEntries(schools.map(school => [school, 'school'])),
    people: { admin: ['ORG_ADMIN'] },
  });

/** Statistics that know the others, none of which are those of the new tenant. */
async function countedBefore(): Promise<KnownTenant> {
  for (const key of ['one', 'two', 'three']) {
    const { number, groups } = await tenantNamed(key);
    await owner.transaction(number, 'write', tx => fillGroups(tx, groups.get('s1')!));
  }
  await countTables(client, tables);
  return tenantNamed('acme');
}

/** Statistics of a moment at which a great deal was written and nothing of it committed: no rows, on many pages. */
async function countedMeanwhile(): Promise<KnownTenant> {
  const tenant = await tenantNamed('acme');
  const tx = await owner.begin(tenant.number, 'write');
  await fillGroups(tx, tenant.groups.get('s1')!);
  await tx.rollback();
  await countTables(client, tables);
  return tenant;
}

interface Files {
  imported: string;
  exported: string;
}

/** Sends a file, waits until it has been applied, and asks for the export. */
async function importAndExport(): Promise<Files> {
  const service = await startForTest({ url: database.url, subgraphs: [rosterSubgraph] });
  try {
    const app = express();
    mountRoutes(app, service.subgraph('roster').routes);
    const token = await service.token({ subject: 'admin', tenant: 'acme', roles: ['ORG_ADMIN'] });
    const headers = { authorization: `Bearer ${token}` };
    const imported = [...largeFile(rows, schools)].join('');
    const sent = await request(app).post('/groups/imports').set({ ...headers, 'content-type': 'text/csv' }).send(imported);
    let status = sent.body.status as string;
    for (; status === 'ACCEPTED'; await sleep(20)) {
      ({ status } = (await request(app).get(`/imports/${sent.body.id}`).set(headers)).body as { status: string });
    }
    expect(status).toBe('PROCESSED');
    return { imported, exported: (await request(app).get('/groups/export').set(headers)).text };
  } finally {
    await service.close(); // its connections tell what they have counted as they end
  }
}

const membersOf = (file: string): string[] => file.split('\n').filter(row => /,\w*,[^,]+,$|@/.test(row)).sort();

test.each([
  ['of other tenants alone', countedBefore],
  ['of a moment at which nothing was committed', countedMeanwhile],
])('with statistics %s, a file goes in and out with each row read a few times for each part of it', async (_, prepare) => {
  await prepare();
  const before = await selectRowsRead(client, tables);
  const { imported, exported } = await importAndExport();
  const withoutSubject = (row: string): string => row.replace(',Math,', ',,');
  expect(membersOf(exported)).toEqual(membersOf(imported).map(withoutSubject).sort());
  await sleep(200);
  const after = await selectRowsRead(client, tables);
  for (const table of Object.keys(after)) {
    const times = (after[table]! - before[table]!) / rows;
    expect([table, times, times <= most]).toEqual([table, times, true]);
  }
});
