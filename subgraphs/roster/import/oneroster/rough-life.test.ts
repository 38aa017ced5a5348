import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { connectApplication, connectOwner, createTenant, type KnownTenant } from '../../../../test/fixture';
import { bundleOf, csv, importInto, manifest, sampleFiles, type OneRoster } from '../../../../test/oneroster';
import { classesOf, enrolmentsOf, groupsOf, peopleOf } from '../../../../test/roster-rows';
import { look } from '../../../../test/sample-bundle';
import { buildMissing, ingest } from '../../../reporting/published';
import { verify } from '../../../reporting/rollup/verify';
import type { Database } from '../../../shared/database/database';

const now = new Date('2026-03-20T18:00:00Z');

let database: TestDatabase;
let owner: Database;
let application: Database;
let tenant: KnownTenant;
let serial = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  application = await connectApplication(database.url);
});
afterAll(async () => {
  await application.close();
  await owner.close();
  await database.drop();
});
beforeEach(async () => {
  tenant = await createTenant(owner, { key: `rough-${serial++}`, hierarchy: 'us', timeZone: 'America/Los_Angeles' });
});
afterEach(async () => {
  const { differences } = await application.transaction(tenant.number, 'read', tx => verify(tx));
  expect(differences).toEqual([]);
});

const load = (bundle: OneRoster, at = now) => importInto(database, { bundle, tenant, now: at });
const delta = (files: OneRoster) => load(bundleOf(files, { mode: 'delta' }));
const enrolments = () => enrolmentsOf(database, tenant.number);
const rolesOf = async (id: string) => (await peopleOf(database, tenant.number)).find(person => person.id === id)?.roles;

let events = 0;

/** An attempt in each class, with the stored sums made of them. */
async function learn(...classes: string[]): Promise<void> {
  const attempts = classes.map(classId => ({
    eventId: `${classId} ${events++}`, classId, userId: 'ann', occurredAt: '2026-03-10T10:00:00Z', score: 50,
  }));
  const { accepted } = await application.transaction(tenant.number, 'write', tx =>
    ingest(tx, attempts, { now, ids: 'external' }));
  expect(accepted).toBe(classes.length);
  await application.transaction(tenant.number, 'write', tx => buildMissing(tx));
}

/** Classes by the root above them; those that no root is above are "other". */
const classesByRoot = () =>
  look<{ root: string; classes: string[] }>(
    database,
    `select coalesce(root.external_id, 'other') as root, array_agg(classes.external_id order by classes.external_id) as classes
     from classes
     left join class_placements placed on placed.tenant_id = classes.tenant_id and placed.class_id = classes.id
     left join tree_nodes on tree_nodes.tenant_id = placed.tenant_id and tree_nodes.hierarchy_id = placed.hierarchy_id
       and tree_nodes.group_id = placed.parent_id
     left join groups root on root.tenant_id = tree_nodes.tenant_id and root.id = tree_nodes.path[1]
     where classes.tenant_id = ${tenant.number} group by 1 order by 1`,
  );

test('imports of a tenant at once take turns: the roster is what the last one says', async () => {
  const renamed = { ...sampleFiles(), 'classes.csv': sampleFiles()['classes.csv']!.replace('Art', 'Drawing') };
  const bundles = [bundleOf(sampleFiles()), bundleOf(renamed), bundleOf(sampleFiles())];
  const results = await Promise.all(bundles.map(bundle => load(bundle)));
  for (const { rejected } of results) expect(rejected).toEqual([]);
  expect(results.map(({ changes }) => changes.users.added).sort()).toEqual([0, 0, 6]);
  expect(await enrolments()).toHaveLength(5);
  expect((await load(bundleOf(renamed))).rejected).toEqual([]);
  const again = await load(bundleOf(renamed));
  expect(Object.values(again.changes).flatMap(Object.values).filter(rows => rows !== 0)).toEqual([]);
});

test('an import that is killed leaves nothing, and does not hold up the next one', async () => {
  const holder = new Client({ connectionString: database.adminUrl });
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query('select pg_advisory_xact_lock(7310004, $1)', [tenant.number]);
    const first = load(bundleOf(sampleFiles())).catch((error: Error) => error);
    const second = load(bundleOf(sampleFiles()));
    let waiting: { pid: number }[] = [];
    while (waiting.length < 2) {
      ({ rows: waiting } = await holder.query<{ pid: number }>(
        `select pid from pg_locks where locktype = 'advisory' and classid = 7310004 and objid = $1 and not granted
           and database = (select oid from pg_database where datname = current_database()) order by pid`,
        [tenant.number],
      ));
    }
    await holder.query('select pg_terminate_backend($1)', [waiting[0]!.pid]);
    await holder.query('commit');
    const ends = await Promise.all([first, second.catch((error: Error) => error)]);
    expect(ends.filter(end => end instanceof Error)).toHaveLength(1);
    expect((await groupsOf(database, tenant.number)).length).toBe(5);
    expect((await load(bundleOf(sampleFiles()))).changes.enrolments).toEqual({ added: 0, changed: 0 });
  } finally {
    await holder.end();
  }
});

test('a delta that comes before any bulk bundle is loaded, and the bulk bundle then completes it', async () => {
  const { 'classes.csv': classes, 'enrollments.csv': enrollments } = sampleFiles();
  const active = (text: string) => text.replaceAll(/^(\w+),,/gm, '$1,active,');
  const early = await delta({ 'classes.csv': active(classes!), 'enrollments.csv': active(enrollments!) });
  expect(early.files['enrollments.csv']).toMatchObject({ added: 0, rejected: 5 });
  expect(await classesByRoot()).toEqual([{ root: 'other', classes: ['c1', 'c2', 'c3'] }]);
  const { rejected } = await load(bundleOf(sampleFiles()));
  expect(rejected).toEqual([]);
  expect(await enrolments()).toHaveLength(5);
  expect(await classesByRoot()).toEqual([{ root: 'us', classes: ['c1', 'c2', 'c3'] }]);
});

test('a class whose school changes takes its figures along', async () => {
  await load(bundleOf(sampleFiles()));
  await learn('c1', 'c2', 'c3');
  await delta({ 'classes.csv': csv('sourcedId,status,title,courseSourcedId,schoolSourcedId', 'c1,active,Maths 5A,m5,s2') });
  expect(await classesOf(database, tenant.number)).toMatchObject([
    { id: 'c1', school: 's2', parent: 's2' }, { id: 'c2', parent: 's2' }, { id: 'c3', parent: 'lausd' },
  ]);
});

test('a class of competency counts and no activity yet takes its counts along', async () => {
  const competencies = [{ code: 'draw', grade: '07', subject: 'Art' }];
  tenant = await createTenant(owner, { key: `rough-${serial++}`, hierarchy: 'us', competencies });
  await load(bundleOf(sampleFiles()));
  await application.transaction(tenant.number, 'write', tx => buildMissing(tx));
  const counted = await look(database, `select sum(expected)::int as expected from aggregates where tenant_id = ${tenant.number}`);
  expect(counted).not.toEqual([{ expected: null }]);
  await delta({ 'classes.csv': csv('sourcedId,status,title,grades,schoolSourcedId,subjects', 'c2,active,Art,07,s1,Art') });
  expect(await classesOf(database, tenant.number)).toMatchObject([{ parent: 's1' }, { id: 'c2', parent: 's1' }, { parent: 'lausd' }]);
});

test('a parent that is to be deleted while its children live leaves them in other, with their figures', async () => {
  await load(bundleOf(sampleFiles()));
  await learn('c1', 'c2', 'c3');
  await delta({ 'orgs.csv': csv('sourcedId,status,name,type,parentSourcedId', 'ca,tobedeleted,California,state,us') });
  expect(await classesByRoot()).toEqual([{ root: 'other', classes: ['c1', 'c2', 'c3'] }]);
  await learn('c2');
  await delta({ 'orgs.csv': csv('sourcedId,status,name,type,parentSourcedId', 'ca,active,California,state,us') });
  expect(await classesByRoot()).toEqual([{ root: 'us', classes: ['c1', 'c2', 'c3'] }]);
});

/** The sample as 1.2: the role of each in a file of its own, with further rows. */
function in12(...roles: string[]): OneRoster {
  const files = { ...sampleFiles(), 'roles.csv': csv('sourcedId,userSourcedId,role,orgSourcedId', ...roles) };
  return bundleOf(files, { version: '1.2' });
}

test('who is a teacher in one org and an administrator in another is both, and loses one with its org', async () => {
  await load(in12('r1,tina,teacher,s1', 'r2,tina,principal,s2', 'r3,ann,student,s1', 'r4,ann,student,s2'));
  expect(await rolesOf('tina')).toEqual(expect.arrayContaining(['TEACHER', 'OFFICER']));
  await load(in12('r1,tina,teacher,s1', 'r4,ann,student,s2'));
  expect([await rolesOf('tina'), await rolesOf('ann')]).toEqual([['TEACHER'], ['LEARNER']]);
});

test('who goes back from 1.2 to 1.1 leaves no role behind, and forth again takes what roles.csv says', async () => {
  await load(in12('r1,tina,principal,s1', 'r2,ann,student,s1', 'r3,pat,teacher,s1'));
  expect([await rolesOf('tina'), await rolesOf('pat')]).toEqual([['OFFICER'], ['TEACHER']]);
  await load(bundleOf(sampleFiles()));
  expect([await rolesOf('tina'), await rolesOf('ann'), await rolesOf('pat')]).toEqual([['TEACHER'], ['LEARNER'], []]);
  await load(in12('r1,tina,principal,s1', 'r2,ann,student,s1'));
  expect([await rolesOf('tina'), await rolesOf('pat')]).toEqual([['OFFICER'], []]);
});

test('an enrolment with both its days: of the past, around today, of the future, and of one day', async () => {
  const header = 'sourcedId,classSourcedId,userSourcedId,role,beginDate,endDate';
  await load(bundleOf({
    ...sampleFiles(),
    'enrollments.csv': csv(header, 'p,c1,ann,student,2026-01-05,2026-02-01', 't,c1,bob,student,2026-01-05,2026-06-01',
      'f,c2,ann,student,2026-04-01,2026-06-01', 'd,c2,bob,student,2026-03-02,2026-03-02', 'x,c3,ann,student,2026-03-02,2026-03-01'),
  }));
  expect(await enrolments()).toEqual([
    'c1 ann STUDENT WITHDRAWN 2026-01-05 2026-02-01',
    'c1 bob STUDENT ACTIVE 2026-01-05',
    'c2 ann STUDENT ACTIVE 2026-04-01',
    'c2 bob STUDENT WITHDRAWN 2026-03-02 2026-03-02',
  ]);
});

test('fields as long as they may be are loaded, longer ones are told of row by row', async () => {
  const noise = (length: number, seed: number) =>
    Array.from({ length: length / 2 }, (_, n) => String.fromCodePoint(0x20000 + ((n * 7919 + seed * 104_729) % 40_000))).join('');
  const [klass, user, grade] = [noise(512, 1), noise(512, 2), noise(512, 3)];
  const { rejected } = await load({
    'manifest.csv': manifest('1.1', { orgs: 'bulk', classes: 'bulk', users: 'bulk', enrollments: 'bulk' }),
    'orgs.csv': sampleFiles()['orgs.csv']!,
    'classes.csv': csv('sourcedId,title,grades,schoolSourcedId,termSourcedIds', `${klass},${grade},${grade},s1,`,
      `c2,Long grade,${noise(9_000, 4)},s1,`, `c3,Many terms,05,s1,"${Array.from({ length: 2_000 }, (_, n) => `t${n}`).join(',')}"`),
    'users.csv': csv('sourcedId,role,username', `${user},student,${user}`, `u2,student,${noise(514, 5)}`),
    'enrollments.csv': csv('sourcedId,classSourcedId,userSourcedId,role', `${noise(512, 6)},${klass},${user},student`),
  });
  expect(rejected.map(({ file, line }) => [file, line])).toEqual([['classes.csv', 3], ['users.csv', 3]]);
  expect(await enrolments()).toHaveLength(1);
});
