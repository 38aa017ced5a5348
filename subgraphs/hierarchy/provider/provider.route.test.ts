import express, { type Express } from 'express';
import request from 'supertest';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../../test/fixture';
import { startForTest, type ServiceForTest } from '../../../test/start-for-test';
import { platformTenant } from '../../../migrations/row-level-security';
import { mountRoutes, noSuchRoute, problemHandler } from '../../shared/subgraph/http';
import { hierarchySubgraph } from '../subgraph';
import { levelMap } from './levels';

let database: TestDatabase;
let service: ServiceForTest;
let tenant: KnownTenant;
let app: Express;
const bugs: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connectOwner(database.url);
  // The document's hierarchy: a federal state (10), a school authority (3), schools (2). In ours, the US without its country.
  await owner.transaction(platformTenant, 'write', async tx => {
    await tx.query(`insert into hierarchies (key, name) values ('german', 'German')`);
    await tx.query(`insert into hierarchy_levels (hierarchy_id, sequence, name, type, provider_type, provider_level)
      select hierarchies.id, level.* from hierarchies cross join (values
        (1, 'Land', 'state', 'federal_state', 10), (2, 'Träger', 'school_district', 'school_authority', 3),
        (3, 'Schule', 'school', null, null)) level where hierarchies.key = 'german'`);
  });
  tenant = await createTenant(owner, {
    key: 'acme',
    hierarchy: 'german',
    groups: { '12': 'state', '104258': 'school_district', '999': 'school', '888': 'school', far: 'school', away: 'country' },
    classes: { '344': {}, '566': {}, old: { active: false }, left: {}, elsewhere: {}, same: {} },
    placements: {
      german: {
        '12': null, '104258': '12', '999': '104258', '888': '104258', far: '12',
        '344': '999', '566': '999', old: 'far', left: 'far', elsewhere: 'far', same: 'far',
      },
      sap: { away: null, '999': 'away', '344': '999' },
    },
    people: {
      admin: ['ORG_ADMIN'], 'IDP::123': ['TEACHER'], pupil: ['LEARNER'], both: ['TEACHER', 'LEARNER'], officer: ['OFFICER'],
      client: ['PARTNER'], blind: ['PARTNER'], same: ['LEARNER'], faraway: ['LEARNER'],
    },
    grants: { 'IDP::123': ['888'], client: ['104258'], officer: ['999'] },
    enrolments: [
      { class: '344', person: 'IDP::123', type: 'TEACHER' },
      { class: '566', person: 'IDP::123', type: 'TEACHER' },
      { class: 'old', person: 'IDP::123', type: 'TEACHER' },
      { class: 'left', person: 'IDP::123', type: 'TEACHER', endedAt: '2026-02-01T00:00:00Z' },
      { class: '344', person: 'pupil' },
      { class: '344', person: 'both' },
      { class: '344', person: 'both', type: 'TEACHER' },
      { class: 'same', person: 'same' },
      { class: 'elsewhere', person: 'faraway' },
    ],
  });
  await createTenant(owner, { key: 'globex', people: { stranger: ['ORG_ADMIN'], secret: ['LEARNER'] } });
  await owner.close();
  service = await startForTest({ url: database.url, subgraphs: [hierarchySubgraph] });
  app = express();
  mountRoutes(app, service.subgraph('hierarchy').routes);
  app.use(noSuchRoute, problemHandler(bug => bugs.push(bug)));
});
afterEach(() => expect(bugs).toEqual([]));
afterAll(async () => {
  await service.close();
  await database.drop();
});

async function get(path: string, as: string | null = 'admin', hierarchy?: string) {
  const roles = as === null ? [] : tenant.rolesOf(as);
  const token = as === null ? undefined : await service.token({
    subject: as, tenant: as === 'stranger' ? 'globex' : 'acme', roles: as === 'stranger' ? ['ORG_ADMIN'] : roles,
    ...(hierarchy ? { hierarchy } : {}),
  });
  return request(app).get(path).set(token ? { authorization: `Bearer ${token}` } : {});
}
const membership = async (eid: string, as = 'admin', query = '') =>
  (await get(`/hierarchy/users/${eid}/membership${query}`, as)).body;

const documents = [
  { type: 'federal_state', level: 10, eid: '12' },
  { type: 'school_authority', level: 3, eid: '104258' },
  { type: 'school', level: 2, eid: '999' },
  { type: 'school', level: 2, eid: '888' },
  { type: 'class', level: 1, eid: '344' },
  { type: 'class', level: 1, eid: '566' },
  { type: 'teacher', level: 0, eid: 'IDP::123' },
];

test("levels are the document's map, as it was configured for the hierarchy", async () => {
  const { status, type, text } = await get('/hierarchy/levels', 'pupil');
  expect([status, type]).toEqual([200, 'application/json']);
  expect(text).toBe('{"student":0,"teacher":0,"class":1,"school":2,"school_authority":3,"federal_state":10}');
});

test('?hierarchy= shows another view, and so does the hierarchy that a token selects', async () => {
  const sap = { student: 0, teacher: 0, class: 1, school: 2, country: 3 };
  expect((await get('/hierarchy/levels?hierarchy=sap')).body).toEqual(sap);
  expect((await get('/hierarchy/levels', 'client', 'sap')).body).toEqual(sap);
  expect(await membership('pupil', 'admin', '?hierarchy=sap')).toEqual([
    { type: 'country', level: 3, eid: 'away' },
    { type: 'school', level: 2, eid: '999' },
    { type: 'class', level: 1, eid: '344' },
    { type: 'student', level: 0, eid: 'pupil' },
  ]);
  expect((await get('/hierarchy/levels?hierarchy=none')).status).toBe(404);
  expect((await get('/hierarchy/levels?hierarchy=india')).status).toBe(400);
  expect((await get('/hierarchy/levels?hierarchy=%00')).status).toBe(400);
});

test('a level without a number of its own has the next one above the level below it', () => {
  const level = (type: string, providerLevel: number | null = null) => ({ type, providerType: null, providerLevel });
  expect(levelMap([level('country'), level('state', 7), level('school')])).toEqual({
    student: 0, teacher: 0, class: 1, school: 2, state: 7, country: 8,
  });
});

test("the document's user has the document's membership: two schools, two classes, one authority", async () => {
  expect(await membership('IDP::123', 'IDP::123')).toEqual(documents);
});

test('IDP::123 works plain and percent-encoded', async () => {
  for (const eid of ['IDP::123', 'IDP%3A%3A123', 'IDP%3a:123', '%49DP::123']) expect(await membership(eid)).toEqual(documents);
});

test('how entities are linked is not shown', async () => {
  for (const one of await membership('IDP::123')) expect(Object.keys(one)).toEqual(['type', 'level', 'eid']);
});

test('an eid may occur under two types, each once', async () => {
  expect(await membership('both')).toEqual([
    { type: 'federal_state', level: 10, eid: '12' },
    { type: 'school_authority', level: 3, eid: '104258' },
    { type: 'school', level: 2, eid: '999' },
    { type: 'class', level: 1, eid: '344' },
    { type: 'teacher', level: 0, eid: 'both' },
    { type: 'student', level: 0, eid: 'both' },
  ]);
  expect((await membership('same')).slice(-2)).toEqual([
    { type: 'class', level: 1, eid: 'same' },
    { type: 'student', level: 0, eid: 'same' },
  ]);
});

test('who is in no class and no group is a member of nothing but the own level', async () => {
  expect(await membership('admin')).toEqual([{ type: 'teacher', level: 0, eid: 'admin' }]);
});

describe('whose membership', () => {
  test('401 without a token', async () => {
    for (const path of ['/hierarchy/levels', '/hierarchy/users/pupil/membership']) {
      const { status, body } = await get(path, null);
      expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  test("403 for another user's, unless the caller may see that user", async () => {
    const status = async (eid: string, as: string) => (await get(`/hierarchy/users/${eid}/membership`, as)).status;
    expect(await status('pupil', 'pupil')).toBe(200);
    expect(await status('IDP::123', 'pupil')).toBe(403);
    expect(await status('pupil', 'IDP::123')).toBe(200); // a student of the teacher's own class
    expect(await status('faraway', 'IDP::123')).toBe(403);
    expect(await status('pupil', 'admin')).toBe(200);
  });

  test('service clients with a grant may ask for any user below it', async () => {
    const status = async (eid: string, as: string) => (await get(`/hierarchy/users/${eid}/membership`, as)).status;
    for (const eid of ['IDP::123', 'pupil', 'both', 'officer']) expect([eid, await status(eid, 'client')]).toEqual([eid, 200]);
    for (const eid of ['faraway', 'admin', 'blind']) expect([eid, await status(eid, 'client')]).toEqual([eid, 403]);
    for (const eid of ['IDP::123', 'pupil']) expect(await status(eid, 'blind')).toBe(403);
    expect(await status('client', 'officer')).toBe(403); // granted above, not below
  });

  test('404 for a user who does not exist in the tenant, in another tenant say', async () => {
    for (const eid of ['nobody', 'secret', '%00', 'a%2Fb', 'x'.repeat(2_000)]) {
      const { status, body } = await get(`/hierarchy/users/${eid}/membership`);
      expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
    }
    expect((await get('/hierarchy/users/pupil/membership', 'stranger')).status).toBe(404);
  });

  test('400 for what is no percent-encoding', async () => {
    expect((await get('/hierarchy/users/%E0%A4%A/membership')).status).toBe(400);
  });
});
