import express, { type Express } from 'express';
import request from 'supertest';
import { byChance, everyWay, hopeless, type Damaged } from '../../../../test/damage';
import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../../../test/fixture';
import { bundleOf, sampleFiles, zipOf } from '../../../../test/oneroster';
import { look } from '../../../../test/sample-bundle';
import { startForTest, type ServiceForTest } from '../../../../test/start-for-test';
import { mountRoutes, problemHandler } from '../../../shared/subgraph/http';
import { rosterSubgraph } from '../../subgraph';

const now = new Date('2026-03-20T18:00:00Z');

let database: TestDatabase;
let tenant: KnownTenant;
let service: ServiceForTest;
let app: Express;
let token: string;
const bugs: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  tenant = await createTenant(owner, { key: 'la', hierarchy: 'us', people: { admin: ['ORG_ADMIN'] } });
  await owner.close();
  service = await startForTest({ url: database.url, subgraphs: [rosterSubgraph], now: () => now });
  token = await service.token({ subject: 'admin', tenant: 'la', roles: ['ORG_ADMIN'] });
  app = express();
  mountRoutes(app, service.subgraph('roster').routes);
  app.use(problemHandler(bug => bugs.push(bug)));
});
afterEach(() => expect(bugs).toEqual([]));
afterAll(async () => {
  await service.close();
  await database.drop();
});

const post = (body: Buffer, headers: Record<string, string> = {}) =>
  request(app)
    .post('/oneroster/imports')
    .set({ authorization: `Bearer ${token}`, 'content-type': 'application/zip', ...headers })
    .serialize(bytes => bytes as never)
    .send(body);

/** All that an import writes, and the version, which any write moves. */
const written = () =>
  look(database, `select (select md5(string_agg(known::text, '' order by known::text)) from oneroster_records known) as records,
    (select md5(string_agg(groups::text, '' order by id)) from groups) as groups,
    (select md5(string_agg(classes::text, '' order by id)) from classes) as classes,
    (select md5(string_agg(people::text, '' order by id)) from people) as people,
    (select md5(string_agg(enrolments::text, '' order by enrolments::text)) from enrolments) as enrolments,
    (select sum(version)::int from tenant_versions where tenant_id = ${tenant.number}) as version`);

/** Refused with a reason and nothing written, or reported row by row. */
async function checkDamaged({ what, body, refused }: Damaged): Promise<number> {
  const before = await written();
  const response = await post(body);
  const { status } = response;
  const allowed = refused ? [400, 413] : [200, 400, 413];
  expect([what, status, allowed.includes(status)]).toEqual([what, status, true]);
  if (status === 200) {
    for (const { file, line, reason } of [...response.body.rejected, ...response.body.notices]) {
      expect([what, file, line, reason]).toEqual([what, expect.stringMatching(/\.csv$/), expect.any(Number), expect.stringMatching(/\w+ \w+/)]);
    }
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
  const statuses = await checkAll(byChance(150));
  expect(statuses).toHaveLength(150);
  expect(statuses).toContain(200);
  expect(statuses).toContain(400);
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
