import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { connectApplication, connectOwner, createTenant, type KnownTenant } from '../../../../test/fixture';
import { bundleOf, csv, importInto, sampleFiles, type OneRoster } from '../../../../test/oneroster';
import { classesOf, enrolmentsOf, groupsOf, peopleOf } from '../../../../test/roster-rows';
import { look } from '../../../../test/sample-bundle';
import { place } from '../../../hierarchy/placements/place';
import { publicId } from '../../../shared/identifiers';
import { buildMissing, ingest } from '../../../reporting/published';
import { foldAll } from '../../../reporting/rollup/fold';
import { verify } from '../../../reporting/rollup/verify';
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
const groups = () => groupsOf(database, tenant.number);
const classes = () => classesOf(database, tenant.number);
const people = () => peopleOf(database, tenant.number);
const enrolments = () => enrolmentsOf(database, tenant.number);

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

test('new schools and classes leave the stored sums standing; a school with figures that moves has them made anew', async () => {
  const application = await connectApplication(database.url);
  const stored = () =>
    look(database, `select xmin, ctid, owner_id, attempts from aggregates where tenant_id = ${tenant.number} order by ctid`);
  const send = (classId: string) =>
    application.transaction(tenant.number, 'write', tx =>
      ingest(tx, [{ eventId: classId, classId, userId: 'ann', occurredAt: '2026-03-10T20:00:00Z', score: 50 }], {
        now, ids: 'external',
      }));
  const differences = async () =>
    (await application.transaction(tenant.number, 'read', tx => verify(tx))).differences;
  await load(bundleOf(sampleFiles()));
  await send('c1');
  await application.transaction(tenant.number, 'write', tx => buildMissing(tx));
  const before = await stored();
  expect(before.length).toBeGreaterThan(0);

  await delta({
    'orgs.csv': csv('sourcedId,status,name,type,parentSourcedId', 's7,active,Seventh,school,lausd', 's2,active,Moved,school,s7'),
    'classes.csv': csv('sourcedId,status,title,schoolSourcedId', 'c7,active,New,s7', 'c2,active,Art,s7'),
  });
  expect(await stored()).toEqual(before);
  expect(await differences()).toEqual([]);
  await send('c7');
  await send('c2');
  await foldAll(application, tenant.number);
  expect(await differences()).toEqual([]);

  await delta({ 'orgs.csv': csv('sourcedId,status,name,type,parentSourcedId', 's7,active,Seventh,school,ca') });
  expect(await stored()).not.toEqual(before);
  expect(await differences()).toEqual([]);
  await application.close();
});

test('what somebody placed by hand stays, as long as no file places it', async () => {
  const orgs = (...rows: string[]) => bundleOf({ 'orgs.csv': csv('sourcedId,name,type,parentSourcedId', ...rows) });
  await load(orgs('us,US,national,', 'ca,CA,state,us', 'lausd,LA,local,'));
  const [ca, la] = (await look<{ id: number }>(
    database, `select id from groups where tenant_id = ${tenant.number} and external_id in ('ca', 'lausd') order by external_id`,
  )).map(({ id }) => publicId('group', id));
  await owner.transaction(tenant.number, 'write', tx => place(tx, { hierarchyKey: 'us', childId: la!, parentId: ca! }));
  const parentOf = async (id: string) => (await groups()).find(group => group.id === id);

  await load(orgs('us,US,national,', 'ca,CA,state,us', 'lausd,Los Angeles,local,', 's1,First,school,lausd'));
  expect(await parentOf('lausd')).toMatchObject({ name: 'Los Angeles', parent: 'ca' });
  await load(orgs('us,US,national,', 'ca,CA,state,us', 'lausd,Los Angeles,local,us'));
  expect(await parentOf('lausd')).toMatchObject({ parent: 'us' });
  await load(orgs('us,US,national,', 'ca,CA,state,us', 'lausd,Los Angeles,local,'));
  expect(await parentOf('lausd')).toMatchObject({ placed: false }); // what a file placed, a file takes out
});
