import { readFileSync } from 'node:fs';
import path from 'node:path';
import { eraseAllTraces } from '../cli/run/erase-traces';
import { platformTenant } from '../migrations/row-level-security';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { setPassword } from '../subgraphs/roster/people/set-password';
import { projectRoot } from '../subgraphs/shared/project-root';
import { personNumber } from '../subgraphs/shared/identifiers';
import { file, now, openGroupFiles, type GroupFiles } from './group-files';
import { bundleOf, csv, importInto } from './oneroster';
import { strata } from './strata-command';
import type { Asker } from './start-gateway';
import { selectTables, selectTablesWith } from './whole-database.queries';

const as = (subject: string, ...roles: string[]): Asker => ({ subject, tenant: 'acme', roles });
const admin = as('admin', 'ORG_ADMIN');
const zebulon = { externalId: 'zx-90210', login: 'zebulon.quist@example.org', givenName: 'Zebulon', familyName: 'Quistgaard' };
const words = Object.values(zebulon);
/** One whose id, login and names would mean many other things. */
const bo = { externalId: '7', login: 'bo', givenName: 'Bo', familyName: 'Li' };

let files: GroupFiles;
beforeEach(async () => {
  files = await openGroupFiles(
    {
      key: 'acme',
      groups: { land: 'country', s1: 'school', s2: 'school' },
      classes: { c1: { grade: '5' }, c2: { grade: '5' } },
      placements: { india: { land: null, s1: 'land', s2: 'land', c1: 's1', c2: 's2' } },
      people: { admin: ['ORG_ADMIN'], [zebulon.externalId]: ['LEARNER', 'OFFICER'], [bo.externalId]: ['LEARNER'], tutor: ['TEACHER'], ned: ['LEARNER'] },
      grants: { [zebulon.externalId]: ['s2'] },
      enrolments: [{ class: 'c1', person: zebulon.externalId }, { class: 'c1', person: bo.externalId }, { class: 'c2', person: zebulon.externalId }, { class: 'c2', person: bo.externalId }],
      competencies: [{ code: 'add', grade: '5' }, { code: 'divide', grade: '5' }],
    },
    { background: true },
  );
  await files.owner.transaction(files.tenant.number, 'write', async tx => {
    for (const { externalId, login, givenName, familyName } of [zebulon, bo]) {
      await tx.query(`update people set login = $2, given_name = $3, family_name = $4 where external_id = $1`, [externalId, login, givenName, familyName]);
    }
    await setPassword(tx, { login: zebulon.login, password: 'a password of some length', now, cost: { ln: 4, r: 8, p: 1 } });
  });
});
afterEach(async () => {
  expect(files.gateway.bugs).toEqual([]);
  await files.close();
});

const idOf = (externalId: string): string => files.tenant.personId(externalId);
const mutate = (who: Asker, mutation: string) => files.gateway.read(who, `mutation { ${mutation} }`);
const period = '(period: { from: "2026-01-01", through: "2026-12-31" })';
const figures = `performance${period} { averageScore attempts learners } timeSpent${period} { totalSeconds learners }
  studentCount competencyCounts { completed inferred inProgress notStarted }`;

/** All that adds up of the tenant. */
const sums = () =>
  files.gateway.read(admin, `{
    tenant: hierarchyNode(id: "${files.tenant.id}") { ${figures} }
    school: hierarchyNode(id: "${files.tenant.nodeId('s1')}") { ${figures} }
    class: hierarchyNode(id: "${files.tenant.nodeId('c1')}") { ${figures} }
    studentGroups { nodes { performance${period} { attempts scoreSum learners } } }
  }`);

/** Leaves traces of somebody wherever one can. */
async function leaveTraces({ externalId, login, givenName, familyName }: typeof zebulon): Promise<void> {
  const id = idOf(externalId);
  const events = Array.from({ length: 6 }, (_, n) => ({
    ...{ eventId: `${externalId}-${n}`, classId: n % 2 ? 'c1' : 'c2', userId: externalId, score: 10 * n, secondsSpent: 60 * n },
    ...{ occurredAt: `2026-03-${10 + n}T08:00:00Z`, competency: 'add', status: n < 3 ? 'IN_PROGRESS' : 'COMPLETED' },
  }));
  const { body } = await files.gateway.send(admin, events);
  expect(body.accepted).toBe(6);
  await mutate(admin, `setEnrolmentStatus(classId: "${files.tenant.nodeId('c2')}", userId: "${id}", type: STUDENT, status: INACTIVE, reason: "${givenName} is ill") { status }`);
  await mutate(admin, `enrolStudents(classId: "${files.tenant.nodeId('c2')}", studentIds: ["${id}"], metadata: { note: "asked by ${familyName}" }) { id }`);
  await mutate(admin, `enrolStudents(classId: "${files.tenant.nodeId('c2')}", studentIds: ["${idOf('tutor')}"], metadata: { friend: "${login}" }) { id }`);
  await files.gateway.ask(as(externalId, 'OFFICER'), `{ people(search: "${familyName}") { totalCount } }`);
  await files.gateway.ask(as('nobody-here', 'ORG_ADMIN'), '{ viewer { id } }');
  const sent = await files.send(
    as('admin', 'ORG_ADMIN'),
    file(`Group,s1,2026,,,`, `Group,s1,2026,,,${login}`, `Group,s1,2026,,${externalId},`),
    `list of ${givenName}.csv`,
  );
  expect((await files.settled(admin, sent.body.id)).status).toBe('PROCESSED');
}

const userRows = (...rows: string[]) => csv('sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName', ...rows);

test('nothing in the whole database names somebody who was erased, and no sum changes', async () => {
  await leaveTraces(zebulon);
  for (const who of [as(zebulon.externalId, 'OFFICER'), admin]) {
    await mutate(who, 'requestExport(input: { report: NODE_REPORT, format: CSV, period: { from: "2026-01-01", through: "2026-12-31" } }) { id }');
  }
  await files.gateway.send(admin, [{ eventId: 'other', classId: 'c1', userId: '7', occurredAt: '2026-03-10T08:00:00Z', score: 90 }]);
  expect((await selectTablesWith(files.gateway.database.adminUrl, words)).length).toBeGreaterThan(8);
  const before = await sums();
  expect(before.tenant).toMatchObject({ performance: { attempts: 7, learners: 2 }, competencyCounts: { completed: 2 } });

  const erased = await mutate(admin, `eraseUser(userId: "${idOf(zebulon.externalId)}", reason: "${zebulon.givenName} asked for it") { userId erasedAt finishedAt }`);
  expect(erased.eraseUser).toEqual({ userId: idOf(zebulon.externalId), erasedAt: now.toISOString(), finishedAt: null });
  expect(await sums()).toEqual(before);
  expect(await files.gateway.codes(as(zebulon.externalId, 'LEARNER'), '{ viewer { id } }')).toEqual(['UNAUTHENTICATED']);
  expect(await files.gateway.read(admin, `{ people(search: "quist") { totalCount } student(id: "${idOf(zebulon.externalId)}") { id } }`))
    .toEqual({ people: { totalCount: 0 }, student: null });

  const kept = await files.owner.transaction(files.tenant.number, 'read', tx =>
    tx.query<{ person_id: number }>('select person_id from exports'));
  expect(kept).toEqual([{ person_id: personNumber(idOf('admin')) }]);

  expect(await eraseAllTraces(files.owner, now)).toBe(1);
  expect(await selectTablesWith(files.gateway.database.adminUrl, words)).toEqual([]);
  expect(await sums()).toEqual(before);
  const { differences } = await files.owner.transaction(files.tenant.number, 'read', tx => verify(tx));
  expect(differences).toEqual([]);

  const log = await files.gateway.read(admin, '{ auditLog(actions: ["eraseUser"]) { nodes { resourceId login details } } }');
  expect(log.auditLog.nodes).toEqual([
    { resourceId: idOf(zebulon.externalId), login: 'admin', details: { userId: idOf(zebulon.externalId) } },
  ]);
  const again = await mutate(admin, `eraseUser(userId: "${idOf(zebulon.externalId)}") { erasedAt finishedAt }`);
  expect(again.eraseUser).toEqual({ erasedAt: now.toISOString(), finishedAt: now.toISOString() });
});

test('an id or login in quotes, with a comma in it, is found in files too', async () => {
  const odd = { externalId: 'NED,0001', login: 'ned "the, quick" quill' };
  await files.owner.transaction(files.tenant.number, 'write', tx =>
    tx.query(`update people set external_id = $1, login = $2 where external_id = 'ned'`, [odd.externalId, odd.login]));
  const rows = ['Group,s1,2026,,,', `Group,s1,2026,,,"ned ""the, quick"" quill"`, 'Group,s1,2026,,"NED,0001",'];
  for (const row of rows.slice(1)) {
    const { body } = await files.send(admin, file(rows[0]!, row));
    await files.settled(admin, body.id);
  }
  const names = [odd.externalId, 'ned ""the, quick'];
  expect((await selectTablesWith(files.gateway.database.adminUrl, names)).join()).toContain('import_chunks.');
  await mutate(admin, `eraseUser(userId: "${idOf('ned')}") { userId }`);
  await eraseAllTraces(files.owner, now);
  expect(await selectTablesWith(files.gateway.database.adminUrl, names)).toEqual([]);
});

test('nobody erases themselves, a super admin at home as little as an administrator', async () => {
  await files.owner.transaction(platformTenant, 'write', tx =>
    tx.query(`insert into people (tenant_id, external_id, login, roles) values (1, 'root', 'root', '{SUPER_ADMIN}')`));
  const root: Asker = { subject: 'root', tenant: 'platform', roles: ['SUPER_ADMIN'] };
  for (const who of [admin, root, { ...root, actingTenant: 'platform' }]) {
    const { viewer } = await files.gateway.read(who, '{ viewer { id } }');
    expect(await files.gateway.codes(who, `mutation { eraseUser(userId: "${viewer.id}") { userId } }`)).toEqual(['BAD_USER_INPUT']);
    expect(await files.gateway.codes(who, '{ viewer { id } }')).toEqual([]);
  }
  const abroad = { ...root, actingTenant: 'acme' };
  await mutate(abroad, `eraseUser(userId: "${idOf('admin')}") { userId }`);
  expect(await files.gateway.codes(admin, '{ viewer { id } }')).toEqual(['UNAUTHENTICATED']);
});

test('whoever has the external id next is somebody else', async () => {
  await leaveTraces(zebulon);
  await mutate(admin, `eraseUser(userId: "${idOf(zebulon.externalId)}") { userId }`);
  const event = { eventId: 'new', classId: 'c1', userId: zebulon.externalId, occurredAt: '2026-03-18T08:00:00Z', score: 1 };
  expect((await files.gateway.send(admin, [event])).body.rejected).toMatchObject([{ code: 'NOT_FOUND' }]);

  const sent = await files.send(admin, file(`Others,s1,2026,,,`, `Others,s1,2026,,${zebulon.externalId},`));
  await files.settled(admin, sent.body.id);
  const [made] = await files.rows<{ id: number }>(`select id from people where external_id = '${zebulon.externalId}'`);
  expect(made!.id).not.toBe(personNumber(idOf(zebulon.externalId)));
  expect((await files.gateway.send(admin, [event])).body.accepted).toBe(1);
  expect(await eraseAllTraces(files.owner, now)).toBe(1);
  const shown = await files.gateway.read(admin, `{ student(id: "p${made!.id.toString(36).padStart(6, '0')}") { performance${period} { attempts } } }`);
  expect(shown.student.performance.attempts).toBe(1);
});

test('somebody with a common name takes nothing of others along', async () => {
  await leaveTraces(bo);
  await mutate(admin, `enrolStudents(classId: "${files.tenant.nodeId('c2')}", studentIds: ["${idOf('ned')}"], metadata: { note: "room 7 of Boston", by: "bo", of: ["Bo Li", 7, 17] }) { id }`);
  const { stdout, exitCode } = await strata(['erase-user', '7', '--tenant', 'acme', '--json'], files.gateway.database.settings);
  expect([exitCode, JSON.parse(stdout.trim().split('\n').at(-1)!)]).toEqual([
    0, { tenant: 'acme', userId: idOf('7'), erasedAt: expect.any(String), again: false },
  ]);
  const notes = await files.rows<{ metadata: unknown }>(`select metadata from activity_log where metadata ? 'note' and metadata ? 'of'`);
  expect(notes).toEqual([{ metadata: { note: 'room 7 of Boston', by: '(erased)', of: ['(erased)', '(erased)', 17] } }]);
  const rows = await files.rows<object>(`select login, given_name, erased_at is not null as erased from people where id = ${personNumber(idOf('7'))}`);
  expect(rows).toEqual([{ login: expect.stringMatching(/^erased-/), given_name: null, erased: true }]);
  const again = await strata(['erase-user', idOf('7'), '--json'], files.gateway.database.settings);
  expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([0, { again: true }]);
  const nobody = await strata(['erase-user', 'nobody', '--json'], files.gateway.database.settings);
  expect([nobody.exitCode, nobody.stderr]).toEqual([2, expect.stringContaining("There is no user 'nobody'")]);
});

test('an id that means two people erases neither', async () => {
  const id = idOf('tutor');
  await files.owner.transaction(files.tenant.number, 'write', tx => tx.query(`update people set external_id = $1 where external_id = 'ned'`, [id]));
  const { exitCode, stderr } = await strata(['erase-user', id, '--json'], files.gateway.database.settings);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`name the first by its id in the graph, ${idOf('ned')}, or the other`)]);
  expect(await files.rows('select id from people where erased_at is not null')).toEqual([]);
  const ned = await strata(['erase-user', idOf('ned'), '--json'], files.gateway.database.settings);
  expect([ned.exitCode, JSON.parse(ned.stdout)]).toMatchObject([0, { userId: idOf('ned'), again: false }]);
});

test('what OneRoster files said of somebody goes, and a later file makes somebody new', async () => {
  const orgs = csv('sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId', 'o1,,,One,school,,');
  const users = userRows(`${zebulon.externalId},,,true,o1,student,${zebulon.login},${zebulon.givenName},${zebulon.familyName}`);
  const { tenant } = files;
  const load = () => importInto(files.gateway.database, { bundle: bundleOf({ 'orgs.csv': orgs, 'users.csv': users }), tenant, now });
  await load();
  await mutate(admin, `eraseUser(userId: "${idOf(zebulon.externalId)}") { userId }`);
  await eraseAllTraces(files.owner, now);
  expect(await selectTablesWith(files.gateway.database.adminUrl, words)).toEqual([]);
  await load();
  const people = await files.rows<{ id: number }>(`select id from people where external_id = '${zebulon.externalId}'`);
  expect(people).toEqual([{ id: expect.any(Number) }]);
  expect(people[0]!.id).not.toBe(personNumber(idOf(zebulon.externalId)));
});

test('only administrators erase, and nobody themselves or somebody of another tenant', async () => {
  const erase = (who: Asker, id: string) => files.gateway.codes(who, `mutation { eraseUser(userId: "${id}") { userId } }`);
  expect(await erase(as('tutor', 'TEACHER'), idOf('7'))).toEqual(['FORBIDDEN']);
  expect(await erase(admin, idOf('admin'))).toEqual(['BAD_USER_INPUT']);
  expect(await erase(admin, 'p999999')).toEqual(['NOT_FOUND']);
  expect(await erase(admin, 'nonsense')).toEqual(['NOT_FOUND']);
});

test('docs/retention.md says of every table what of a person is in it', async () => {
  const text = readFileSync(path.join(projectRoot, 'docs/retention.md'), 'utf8');
  const section = text.slice(text.indexOf('## Table by table'));
  const told = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, table]) => table!);
  expect(told.sort()).toEqual((await selectTables(files.gateway.database.adminUrl)).sort());
});
