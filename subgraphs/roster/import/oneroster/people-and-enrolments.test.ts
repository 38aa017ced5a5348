import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../../../test/fixture';
import { bundleOf, csv, importInto, sampleFiles, type OneRoster } from '../../../../test/oneroster';
import { enrolmentsOf, peopleOf } from '../../../../test/roster-rows';
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
const people = () => peopleOf(database, tenant.number);
const enrolments = () => enrolmentsOf(database, tenant.number);

test('OneRoster 1.2: what a user is stands in roles.csv', async () => {
  const files = sampleFiles();
  const asked = { version: '1.2' } as const;
  files['users.csv'] = csv(
    'sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,role,userMasterIdentifier',
    'ann,,,true,ann@la,,Ann,Lee,an extension here,x',
    'tina,,,true,tina@la,,Tina,Ng,,',
    'bob,,,false,bob@la,,Bob,Roy,,',
  );
  files['roles.csv'] = csv(
    'sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId',
    'r1,,,ann,primary,student,,,s1,',
    'r2,,,ann,secondary,aide,2026-01-01,2026-12-31,s2,',
    'r3,,,tina,primary,teacher,2026-01-01,2026-03-20,s1,',
    'r4,,,tina,secondary,principal,,,s1,',
    'r5,,,bob,primary,student,,,s1,',
    'r6,,,zoe,primary,student,,,s1,',
  );
  const { files: counts, rejected } = await load(bundleOf(files, asked));

  expect(counts['roles.csv']).toEqual({ mode: 'bulk', added: 5, changed: 0, unchanged: 0, ended: 0, rejected: 1 });
  expect(rejected.filter(({ file }) => file === 'roles.csv')).toEqual([
    {
      file: 'roles.csv',
      line: 7,
      reason: "userSourcedId: expected a user of this bundle or of an earlier one; there is no 'zoe'",
    },
  ]);
  expect(await people()).toEqual([
    { id: 'ann', login: 'ann@la', roles: ['LEARNER', 'TEACHER'] },
    { id: 'tina', login: 'tina@la', roles: ['OFFICER'] }, // a teacher until the 20th, the day of the import
    { id: 'bob', login: 'bob@la', roles: [] }, // not enabled
  ]);

  // Later a bundle of roles alone: the people's names and logins are not in it.
  await load(bundleOf({ 'roles.csv': csv('sourcedId,userSourcedId,role', 'r1,ann,student') }, asked));
  expect(await people()).toMatchObject([
    { id: 'ann', login: 'ann@la', roles: ['LEARNER'] }, { id: 'tina', roles: [] }, { id: 'bob', roles: [] },
  ]);
});

test('a file gives no privileges and takes none but its own', async () => {
  const people = { boss: ['ORG_ADMIN', 'TEACHER'], press: ['PARTNER'] } as const;
  tenant = await createTenant(owner, {
    key: `la-${serial++}`, hierarchy: 'us', people: { boss: [...people.boss], press: [...people.press] },
  });
  const users = (...rows: string[]) => ({ 'users.csv': csv('sourcedId,role,username,enabledUser', ...rows) });
  const rolesOf = async () =>
    Object.fromEntries((await look<{ id: string; roles: string[] }>(
      database,
      `select external_id as id, roles from people where tenant_id = ${tenant.number}`,
    )).map(({ id, roles }) => [id, roles]));

  await load(bundleOf(users('boss,student,boss,true', 'press,systemAdministrator,press,true', 'sys,administrator,sys,true')));
  expect(await rolesOf()).toEqual({
    boss: ['LEARNER', 'TEACHER', 'ORG_ADMIN'],
    press: ['OFFICER', 'PARTNER'],
    sys: ['OFFICER'],
  });
  await load(bundleOf(users('press,student,press,true')));
  expect(await rolesOf()).toEqual({ boss: ['TEACHER', 'ORG_ADMIN'], press: ['LEARNER', 'PARTNER'], sys: [] });
});

test('an enrolment that waits for its class or user is made when they come', async () => {
  await load(bundleOf(sampleFiles()));
  const late = {
    'enrollments.csv': csv(
      'sourcedId,status,classSourcedId,userSourcedId,role,beginDate,endDate',
      'x1,active,c9,ann,student,2026-02-01,',
      'x2,active,c1,gil,student,2026-02-01,',
      'x3,active,c1,eve,administrator,,',
    ),
  };
  const { rejected, files } = await delta(late);
  expect(rejected).toEqual([
    { file: 'enrollments.csv', line: 2, reason: expect.stringContaining("classSourcedId: expected a class of this bundle") },
    { file: 'enrollments.csv', line: 3, reason: expect.stringContaining("userSourcedId: expected a user of this bundle") },
  ]);
  expect(files['enrollments.csv']).toMatchObject({ added: 1, rejected: 2 });

  await delta({
    'classes.csv': csv('sourcedId,status,title,schoolSourcedId', 'c9,active,Late,s1'),
    'users.csv': csv('sourcedId,status,username,role', 'gil,active,gil@la,student'),
  });
  expect(await enrolments()).toEqual(
    expect.arrayContaining(['c9 ann STUDENT ACTIVE 2026-02-01', 'c1 gil STUDENT ACTIVE 2026-02-01']),
  );
});

test('a last day that has come ends an enrolment with the next import, whatever that is about', async () => {
  await load(bundleOf(sampleFiles()));
  await delta({
    'enrollments.csv': csv(
      'sourcedId,status,classSourcedId,userSourcedId,role,beginDate,endDate', 'e2,active,c1,ann,student,2026-01-12,2026-04-01',
    ),
  });
  const line = async () => (await enrolments()).find(found => found.startsWith('c1 ann'));
  expect(await line()).toBe('c1 ann STUDENT ACTIVE 2026-01-12');

  await delta({ 'orgs.csv': csv('sourcedId,status,name,type') }, new Date('2026-04-05T18:00:00Z'));
  expect(await line()).toBe('c1 ann STUDENT WITHDRAWN 2026-01-12 2026-04-01');
});

test('a record that is about another class now leaves the first one', async () => {
  await load(bundleOf(sampleFiles()));
  await delta({
    'enrollments.csv': csv('sourcedId,status,classSourcedId,userSourcedId,role,beginDate', 'e3,active,c2,bob,student,2026-03-01'),
  });
  expect((await enrolments()).filter(line => line.includes(' bob '))).toEqual([
    'c1 bob STUDENT WITHDRAWN 2026-01-10 2026-03-20',
    'c2 bob STUDENT ACTIVE 2026-03-01',
  ]);
});

test('a login that changes, is exchanged, or is taken', async () => {
  await load(bundleOf(sampleFiles()));
  const { rejected } = await delta({
    'users.csv': csv(
      'sourcedId,status,username,role', 'ann,active,bob@la,student', 'bob,active,ann@la,student', 'cid,active,new@la,student',
      'kim,active,TINA@la,student',
    ),
  });
  expect(rejected).toEqual([
    { file: 'users.csv', line: 5, reason: expect.stringContaining("'TINA@la' is that of the user 'tina'") },
  ]);
  expect(await people()).toMatchObject([
    { id: 'tina', login: 'tina@la' }, { id: 'ann', login: 'bob@la' }, { id: 'bob', login: 'ann@la' },
    { id: 'cid', login: 'new@la' }, { id: 'eve' }, { id: 'pat' },
  ]);
});

