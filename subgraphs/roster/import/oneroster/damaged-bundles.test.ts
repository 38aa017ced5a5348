import { writeFileSync } from 'node:fs';
import path from 'node:path';
import express, { type Express } from 'express';
import { Client } from 'pg';
import request from 'supertest';
import { byChance, everyWay, hopeless, type Damaged } from '../../../../test/damage';
import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { connectApplication, connectOwner, createTenant, type KnownTenant } from '../../../../test/fixture';
import { bundleOf, sampleFiles, zipOf } from '../../../../test/oneroster';
import { startForTest, type ServiceForTest } from '../../../../test/start-for-test';
import { BadInput } from '../../../shared/bad-input';
import type { Database } from '../../../shared/database/database';
import { mountRoutes, problemHandler } from '../../../shared/subgraph/http';
import { rosterSubgraph } from '../../subgraph';
import { inOwnFolder } from './import-file';
import { openBundle } from './manifest';
import type { Told } from './report';
import { stageBundle } from './stage-bundle';
import { unzip } from './unzip';

const now = new Date('2026-03-20T18:00:00Z');

let database: TestDatabase;
let tenant: KnownTenant;
let service: ServiceForTest;
let app: Express;
let token: string;
let client: Client;
let application: Database;
const bugs: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  tenant = await createTenant(owner, { key: 'la', hierarchy: 'us', people: { admin: ['ORG_ADMIN'] } });
  await owner.close();
  client = new Client({ connectionString: database.adminUrl });
  await client.connect();
  application = await connectApplication(database.url);
  service = await startForTest({ url: database.url, subgraphs: [rosterSubgraph], now: () => now });
  token = await service.token({ subject: 'admin', tenant: 'la', roles: ['ORG_ADMIN'] });
  app = express();
  mountRoutes(app, service.subgraph('roster').routes);
  app.use(problemHandler(bug => bugs.push(bug)));
});
afterEach(() => expect(bugs).toEqual([]));
afterAll(async () => {
  await service.close();
  await application.close();
  await client.end();
  await database.drop();
});

const post = (body: Buffer, headers: Record<string, string> = {}) =>
  request(app)
    .post('/oneroster/imports')
    .set({ authorization: `Bearer ${token}`, 'content-type': 'application/zip', ...headers })
    .serialize(bytes => bytes as never)
    .send(body);

/** All that an import writes, and the version, which any write moves. */
async function written(): Promise<unknown> {
  const { rows } = await client.query(
    `select (select md5(string_agg(known::text, '' order by known::text)) from oneroster_records known) as records,
      (select md5(string_agg(groups::text, '' order by id)) from groups) as groups,
      (select md5(string_agg(classes::text, '' order by id)) from classes) as classes,
      (select md5(string_agg(people::text, '' order by id)) from people) as people,
      (select md5(string_agg(enrolments::text, '' order by enrolments::text)) from enrolments) as enrolments,
      (select sum(version)::int from tenant_versions where tenant_id = ${tenant.number}) as version`,
  );
  return rows[0];
}
/** As it was after the last bundle that was not refused. */
let before: unknown;

function checkTold(what: string, told: Told[]): void {
  for (const { file, line, reason } of told) {
    expect([what, file, line, reason]).toEqual([what, expect.stringMatching(/\.csv$/), expect.any(Number), expect.stringMatching(/\w+ \w+/)]);
  }
}

/** As far as damage reaches: unpacked, read and staged. Told as the service would answer. */
async function stageDamaged({ what, body }: Damaged): Promise<'read' | 'refused'> {
  const tx = await application.begin(tenant.number, 'write');
  try {
    return await inOwnFolder<'read'>(async dir => {
      const zip = path.join(dir, 'bundle.zip');
      writeFileSync(zip, body);
      await unzip(zip, dir);
      const { report } = await stageBundle(tx, await openBundle(dir));
      checkTold(what, [...report.rejected, ...report.notices]);
      return 'read';
    });
  } catch (error) {
    expect([what, error]).toEqual([what, expect.any(BadInput)]);
    expect([what, (error as BadInput).message]).toEqual([what, expect.stringMatching(/\w+ \w+/)]);
    return 'refused';
  } finally {
    await tx.rollback();
  }
}

/** Refused with a reason and nothing written, or reported row by row. */
async function checkDamaged({ what, body, refused }: Damaged): Promise<number> {
  before ??= await written();
  const response = await post(body);
  const { status } = response;
  const allowed = refused ? [400, 413] : [200, 400, 413];
  expect([what, status, allowed.includes(status)]).toEqual([what, status, true]);
  if (status === 200) {
    checkTold(what, [...response.body.rejected, ...response.body.notices]);
    before = undefined;
  } else {
    expect(response.headers['content-type']).toMatch('application/problem+json');
    expect([what, response.body.detail]).toEqual([what, expect.stringMatching(/^The bundle cannot be imported: .*\w+ \w+/s)]);
    expect([what, response.text]).toEqual([what, expect.not.stringMatching(/\/tmp|node_modules|\.ts:|select |pg_/)]);
    expect([what, await written()]).toEqual([what, before]);
  }
  return status;
}

async function checkAll(damaged: AsyncIterable<Damaged>): Promise<number[]> {
  const statuses: number[] = [];
  for await (const one of damaged) statuses.push(await checkDamaged(one));
  return statuses;
}

test('what no bundle can be read from is refused with a reason, and nothing is written', async () => {
  expect((await checkAll(hopeless())).length).toBeGreaterThan(30);
});

test('files spoiled in every way are refused with a reason, or told of row by row; none is a failure of ours', async () => {
  const statuses = await checkAll(everyWay());
  expect(statuses).toContain(200);
  expect(statuses).toContain(400);
});

test('150 bundles spoiled by chance: each is refused with a reason, or told of row by row', async () => {
  const ends: string[] = [];
  for await (const damaged of byChance(150)) ends.push(await stageDamaged(damaged));
  expect(ends).toHaveLength(150);
  expect(ends).toContain('read');
  expect(ends).toContain('refused');
});

test('15 of these through the service', async () => {
  expect((await checkAll(byChance(15))).sort()).toEqual(expect.arrayContaining([200, 400]));
});

test('after all that a sound bundle is imported as ever', async () => {
  const { status, body } = await post(await zipOf(bundleOf(sampleFiles())));
  expect([status, body.rejected]).toEqual([200, []]);
});

test('what is no zip by its own account, comes packed once more or is empty is refused', async () => {
  const zip = await zipOf(bundleOf(sampleFiles()));
  const wrong: Record<string, string>[] = [
    { 'content-type': 'text/csv' }, { 'content-type': 'multipart/form-data; boundary=x' }, { 'content-encoding': 'gzip' },
  ];
  for (const headers of wrong) {
    expect((await post(zip, headers)).body).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  }
  expect((await post(Buffer.alloc(0))).body).toMatchObject({ status: 400, detail: expect.stringContaining('it is empty') });
});
