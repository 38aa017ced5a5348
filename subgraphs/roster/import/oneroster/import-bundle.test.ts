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

test('the same bundle again changes nothing, and the tenant keeps its version', async () => {
  const version = () =>
    look(database, `select sum(version)::int as v from tenant_versions where tenant_id = ${tenant.number}`);
  await load(bundleOf(sampleFiles()));
  const before = [await version(), await groups(), await classes(), await people(), await enrolments()];

  const again = await load(bundleOf(sampleFiles()), new Date('2026-03-21T18:00:00Z'));

  for (const [file, { mode: _mode, ...counts }] of Object.entries(again.files)) {
    expect([file, counts]).toEqual([file, { added: 0, changed: 0, unchanged: expect.any(Number), ended: 0, rejected: 0 }]);
  }
  expect(Object.values(again.changes).flatMap(change => Object.values(change)).every(rows => rows === 0)).toBe(true);
  expect([await version(), await groups(), await classes(), await people(), await enrolments()]).toEqual(before);
});

test('what a bulk file no longer lists ends softly', async () => {
  await load(bundleOf(sampleFiles()));
  const files = sampleFiles();
  for (const [file, row] of [
    ['orgs.csv', 's2'], ['classes.csv', 'c1'], ['users.csv', 'cid'], ['enrollments.csv', 'e2'],
  ] as const) {
    files[file] = files[file]!.replace(new RegExp(`^${row},.*\r\n`, 'm'), '');
  }

  const { files: counts } = await load(bundleOf(files));

  expect(counts['orgs.csv']).toMatchObject({ ended: 1, unchanged: 5, changed: 0 });
  expect(counts['classes.csv']).toMatchObject({ ended: 1, unchanged: 1, changed: 1 }); // c2 has lost its place
  expect(counts['users.csv']).toMatchObject({ ended: 1, unchanged: 5 });
  expect((await groups()).at(-1)).toMatchObject({ id: 's2', placed: false });
  expect((await classes()).map(({ id, active, school, parent }) => [id, active, school, parent])).toEqual([
    ['c1', false, 's1', 's1'],
    ['c2', true, 's2', null],
    ['c3', true, null, 'lausd'],
  ]);
  expect((await people()).find(({ id }) => id === 'cid')).toMatchObject({ roles: [] });
  expect(await enrolments()).toEqual([
    'c1 ann STUDENT WITHDRAWN 2026-01-12 2026-03-20',
    'c1 bob STUDENT WITHDRAWN 2026-01-10 2026-03-20',
    'c1 tina TEACHER WITHDRAWN 2026-01-10 2026-03-20',
    'c2 ann STUDENT ACTIVE 2026-01-12',
    'c2 cid STUDENT WITHDRAWN 2026-01-12 2026-03-01',
  ]);

  await load(bundleOf(sampleFiles()));
  expect((await groups()).at(-1)).toMatchObject({ id: 's2', placed: true, parent: 'lausd' });
  expect((await enrolments()).filter(line => line.includes(' ACTIVE '))).toHaveLength(4);
});

test('a delta ends what is marked tobedeleted, in any case, and leaves the rest alone', async () => {
  await load(bundleOf(sampleFiles()));
  const { files } = await delta({
    'users.csv': csv(
      'sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName',
      'bob,ToBeDeleted,2026-03-20T00:00:00Z,,,,,,',
      'dan,Active,2026-03-20T00:00:00Z,true,s1,student,dan@la,Dan,Fox',
      'nobody,tobedeleted,2026-03-20T00:00:00Z,,,,,,',
    ),
    'enrollments.csv': csv(
      'sourcedId,status,dateLastModified,classSourcedId,userSourcedId,role,beginDate,endDate',
      'e4,TOBEDELETED,2026-03-20T00:00:00Z,c2,ann,student,,',
      'e6,active,2026-03-20T00:00:00Z,c2,dan,student,2026-03-20,',
    ),
  });

  expect(files).toMatchObject({
    'users.csv': { mode: 'delta', added: 1, changed: 0, unchanged: 1, ended: 1, rejected: 0 },
    'enrollments.csv': { mode: 'delta', added: 1, changed: 0, unchanged: 0, ended: 2, rejected: 0 },
  });
  expect(await enrolments()).toEqual([
    'c1 ann STUDENT ACTIVE 2026-01-12',
    'c1 bob STUDENT WITHDRAWN 2026-01-10 2026-03-20',
    'c1 tina TEACHER ACTIVE 2026-01-10',
    'c2 ann STUDENT WITHDRAWN 2026-01-12 2026-03-20',
    'c2 cid STUDENT WITHDRAWN 2026-01-12 2026-03-01',
    'c2 dan STUDENT ACTIVE 2026-03-20',
  ]);
  expect((await people()).find(({ id }) => id === 'bob')).toMatchObject({ roles: [] });
  expect(await classes()).toHaveLength(3);
});

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

test('orgs whose parents are missing, ended, in a ring or not above them are loaded, and told of', async () => {
  const { files, notices } = await load(bundleOf({
    'orgs.csv': csv(
      'sourcedId,name,type,parentSourcedId,status',
      'gone,Gone,local,us,tobedeleted',
      'us,US,national,,',
      'orphan,Orphan,school,nowhere,',
      'ring1,Ring 1,department,ring2,',
      'ring2,Ring 2,department,ring1,',
      'inring,In the ring,school,ring1,',
      'under,Under a school,local,good,',
      'good,Good,school,us,',
      'apart,Apart,school,,',
    ),
  }));
  expect(files['orgs.csv']).toMatchObject({ added: 8, unchanged: 1, rejected: 0 });
  expect(notices.map(({ line, reason }) => [line, reason])).toEqual([
    [4, "parentSourcedId: expected one of this bundle or of an earlier one; there is no 'nowhere' of orgs.csv"],
    [7, expect.stringContaining("there is none above 'inring', so it has no place there")],
  ]);
  expect((await groups()).map(({ id, parent, placed }) => [id, parent, placed])).toEqual([
    ['us', null, true], ['orphan', null, false], ['inring', null, false],
    ['under', 'us', true], // a school is no level above a district; the country above it is
    ['good', 'us', true], ['apart', null, false],
  ]);
});

test('columns in any order, extension columns, a BOM, CRLF or CR and header-only files are fine', async () => {
  const { rejected, files } = await load({
    'manifest.csv': '\uFEFFvalue,propertyName\n1.1,oneroster.version\nBULK,file.orgs\nbulk,file.users\nAbsent,file.classes\n'
      + ',file.results\n',
    'orgs.csv': '\uFEFFmetadata.x,type,name,sourcedId\rfoo,National,US,us\rbar,STATE,"CA, ""gold""",ca\r',
    'users.csv': 'sourcedId,role,username,metadata.jp.kana\r\n',
    'results.csv': 'whatever',
    'classes.csv': 'not,read',
  });
  expect(rejected).toEqual([]);
  expect(files).toMatchObject({ 'orgs.csv': { added: 2 }, 'users.csv': { added: 0 } });
  expect((await groups()).map(({ name }) => name)).toEqual(['US', 'CA, "gold"']);
});

test('bad rows and doubled sourcedIds are told by file and line; the rest is loaded, and nothing else ends', async () => {
  await load(bundleOf(sampleFiles()));
  const files = sampleFiles();
  files['orgs.csv'] += csv('s1,,,Another name,school,001,south', 's2,,,Second School,school,,lausd', 's3,maybe,,X,school,,');
  files['users.csv'] = files['users.csv']!.replace('bob,,,true', 'bob,,,perhaps').replace('student,cid@la', 'king,cid@la')
    + csv(',,,true,s1,student,nameless,,,', 'short,row');
  files['enrollments.csv'] = files['enrollments.csv']!.replace('ann,student,,2026-01-12,\r\ne3', 'ann,pupil,,2026-01-12,\r\ne3')
    .replace('2026-01-12,2026-03-01', '2026-02-30,2026-03-01').replace('e4,', 'e4x,');
  const { rejected, notices, files: counts } = await load(bundleOf(files));

  expect(rejected.map(({ file, line, reason }) => `${file}:${line} ${reason}`)).toEqual([
    "orgs.csv:8 sourcedId: expected each once in the file; line 6 says otherwise about 's1', and stands",
    expect.stringContaining('orgs.csv:10 status: expected active or tobedeleted, or an empty field; '),
    expect.stringContaining('users.csv:4 enabledUser: expected true, false'),
    expect.stringContaining('users.csv:5 role: expected a role of OneRoster'),
    'users.csv:8 sourcedId: expected a value; the field is empty',
    'users.csv:9 expected 10 fields, as in the header; 2 came',
    "enrollments.csv:3 role: expected student, teacher, aide, proctor or administrator; 'pupil' came",
    expect.stringContaining('enrollments.csv:6 beginDate: expected a day such as'),
  ]);
  expect(counts['orgs.csv']).toMatchObject({ unchanged: 7, rejected: 2, ended: 0 });
  expect(counts['users.csv']).toMatchObject({ unchanged: 4, rejected: 4, ended: 0 });
  expect(notices).toEqual([{ file: 'users.csv', line: 0, reason: expect.stringContaining('nothing was ended') }]);
  expect((await enrolments()).filter(line => line.includes(' ACTIVE '))).toEqual([
    'c1 ann STUDENT ACTIVE 2026-01-12', // its row is bad, but it is listed
    'c1 bob STUDENT ACTIVE 2026-01-10',
    'c1 tina TEACHER ACTIVE 2026-01-10',
    'c2 ann STUDENT ACTIVE 2026-01-12', // under another sourcedId
  ]);
});

test('another tenant with the same ids is untouched', async () => {
  const mine = tenant;
  await load(bundleOf(sampleFiles()));
  const before = [await groups(), await classes(), await people(), await enrolments()];
  tenant = await createTenant(owner, { key: `la-${serial++}`, hierarchy: 'us' });
  await load(bundleOf({ 'orgs.csv': csv('sourcedId,name,type', 's1,Not the first,school'), 'users.csv': csv('sourcedId,username,role') }));
  tenant = mine;
  expect([await groups(), await classes(), await people(), await enrolments()]).toEqual(before);
});
