import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../../../test/fixture';
import { bundleOf, csv, importInto, sampleFiles, type OneRoster } from '../../../../test/oneroster';
import { look } from '../../../../test/sample-bundle';
import type { Database } from '../../../shared/database/database';

const now = new Date('2026-03-20T18:00:00Z');

let database: TestDatabase;
let owner: Database;
let tenant: KnownTenant;
let serial = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
});
afterAll(async () => {
  await owner.close();
  await database.drop();
});
beforeEach(async () => {
  tenant = await createTenant(owner, { key: `la-${serial++}`, hierarchy: 'us', timeZone: 'America/Los_Angeles' });
});

const load = (bundle: OneRoster, at = now) => importInto(database, { bundle, tenant, now: at });
const delta = (files: OneRoster, at = now) => load(bundleOf(files, { mode: 'delta' }), at);

const groups = () =>
  look(
    database,
    `select groups.external_id as id, groups.type, groups.name, groups.code, parent.external_id as parent,
       placed.group_id is not null as placed
     from groups
     left join group_placements placed on placed.tenant_id = groups.tenant_id and placed.group_id = groups.id
     left join groups parent on parent.tenant_id = placed.tenant_id and parent.id = placed.parent_id
     where groups.tenant_id = ${tenant.number} order by groups.id`,
  );
const classes = () =>
  look(
    database,
    `select classes.external_id as id, classes.name, classes.code, classes.grade, classes.subject, classes.active,
       school.external_id as school, parent.external_id as parent
     from classes
     left join groups school on school.tenant_id = classes.tenant_id and school.id = classes.school_id
     left join class_placements placed on placed.tenant_id = classes.tenant_id and placed.class_id = classes.id
     left join groups parent on parent.tenant_id = placed.tenant_id and parent.id = placed.parent_id
     where classes.tenant_id = ${tenant.number} order by classes.external_id`,
  );
const people = () =>
  look<{ id: string; login: string; roles: string[] }>(
    database,
    `select people.external_id as id, people.login, people.roles from people
     where people.tenant_id = ${tenant.number} order by people.id`,
  );
const enrolments = async () =>
  (await look<{ line: string }>(
    database,
    `select concat_ws(' ', classes.external_id, people.external_id, enrolments.type, enrolments.status,
       (enrolments.enrolled_at at time zone 'America/Los_Angeles')::date,
       (enrolments.ended_at at time zone 'America/Los_Angeles')::date) as line
     from enrolments
     join classes on classes.tenant_id = enrolments.tenant_id and classes.id = enrolments.class_id
     join people on people.tenant_id = enrolments.tenant_id and people.id = enrolments.person_id
     where enrolments.tenant_id = ${tenant.number} order by 1`,
  )).map(({ line }) => line);

test('a bulk bundle becomes groups, classes, people and enrolments', async () => {
  const result = await load(bundleOf(sampleFiles()));

  expect(result.rejected).toEqual([]);
  expect(result.notices).toEqual([]);
  expect(result.files).toEqual({
    'orgs.csv': { mode: 'bulk', added: 6, changed: 0, unchanged: 0, ended: 0, rejected: 0 },
    'academicSessions.csv': { mode: 'bulk', added: 2, changed: 0, unchanged: 0, ended: 0, rejected: 0 },
    'courses.csv': { mode: 'bulk', added: 1, changed: 0, unchanged: 0, ended: 0, rejected: 0 },
    'classes.csv': { mode: 'bulk', added: 3, changed: 0, unchanged: 0, ended: 0, rejected: 0 },
    'users.csv': { mode: 'bulk', added: 6, changed: 0, unchanged: 0, ended: 0, rejected: 0 },
    'enrollments.csv': { mode: 'bulk', added: 5, changed: 0, unchanged: 0, ended: 0, rejected: 0 },
  });
  expect(await groups()).toEqual([
    { id: 'us', type: 'country', name: 'United States', code: 'US', parent: null, placed: true },
    { id: 'ca', type: 'state', name: 'California', code: 'CA', parent: 'us', placed: true },
    { id: 'lausd', type: 'school_district', name: 'Los Angeles', code: null, parent: 'ca', placed: true },
    { id: 's1', type: 'school', name: 'First School', code: '001', parent: 'lausd', placed: true },
    { id: 's2', type: 'school', name: 'Second School', code: null, parent: 'lausd', placed: true },
  ]);
  expect(await classes()).toEqual([
    { id: 'c1', name: 'Maths 5A', code: '5A', grade: '05', subject: 'Maths', active: true, school: 's1', parent: 's1' },
    { id: 'c2', name: 'Art', code: null, grade: '07', subject: 'Art', active: true, school: 's2', parent: 's2' },
    {
      id: 'c3', name: 'District Choir', code: null, grade: '05', subject: 'Music', active: true, school: null,
      parent: 'lausd',
    },
  ]);
  expect(await people()).toEqual([
    { id: 'tina', login: 'tina@la', roles: ['TEACHER'] },
    { id: 'ann', login: 'ann@la', roles: ['LEARNER'] },
    { id: 'bob', login: 'bob@la', roles: ['LEARNER'] },
    { id: 'cid', login: 'cid@la', roles: ['LEARNER'] },
    { id: 'eve', login: 'eve@la', roles: ['OFFICER'] },
    { id: 'pat', login: 'pat@la', roles: [] },
  ]);
  expect(await enrolments()).toEqual([
    'c1 ann STUDENT ACTIVE 2026-01-12',
    'c1 bob STUDENT ACTIVE 2026-01-10',
    'c1 tina TEACHER ACTIVE 2026-01-10',
    'c2 ann STUDENT ACTIVE 2026-01-12',
    'c2 cid STUDENT WITHDRAWN 2026-01-12 2026-03-01',
  ]);
});
