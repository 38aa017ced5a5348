import { purgeExpiredExports } from '../subgraphs/reporting/exports/purge';
import { Database } from '../subgraphs/shared/database/database';
import { ask, download, exportFields, finished, period, requestExport, statusOf } from './exports';
import { openGroupFiles, type GroupFiles } from './group-files';
import { createTenant, type KnownTenant } from './fixture';
import type { Asker } from './start-gateway';

const as = (subject: string, ...roles: string[]): Asker => ({ subject, tenant: 'acme', roles });
const admin = as('admin', 'ORG_ADMIN');
const officer = as('officer', 'OFFICER');
const colleague = as('colleague', 'OFFICER');
const teacher = as('teacher', 'TEACHER');
const stranger: Asker = { subject: 'admin', tenant: 'globex', roles: ['ORG_ADMIN'] };
const platform: Asker = { subject: 'root', tenant: 'platform', roles: ['SUPER_ADMIN'] };

let world: GroupFiles;
let other: KnownTenant;
beforeEach(async () => {
  world = await openGroupFiles({
    key: 'acme',
    groups: { land: 'country', north: 'state', south: 'state', s1: 'school', s2: 'school', s3: 'school' },
    classes: { a: {}, b: {}, c: {}, d: {} },
    placements: { india: { land: null, north: 'land', south: 'land', s1: 'north', s2: 'north', s3: 'south', a: 's1', b: 's2', c: 's3', d: 's1' } },
    people: {
      admin: ['ORG_ADMIN'], officer: ['OFFICER'], colleague: ['OFFICER'], teacher: ['TEACHER'], nobody: ['OFFICER'], ann: ['LEARNER'],
    },
    grants: { officer: ['north'], colleague: ['north'] },
    enrolments: [{ class: 'a', person: 'teacher', type: 'TEACHER' }],
  });
  other = await createTenant(world.owner, { key: 'globex', people: { admin: ['ORG_ADMIN'] } });
  await world.owner.transaction(1, 'write', tx =>
    tx.query(`insert into people (tenant_id, external_id, login, roles) values (1, 'root', 'root', '{SUPER_ADMIN}')`),
  );
});
afterEach(async () => {
  expect(world.gateway.bugs).toEqual([]);
  await world.close();
});

const statusAt = async (who: Asker, id: string): Promise<number> => (await download(world, who, id)).status;
const change = (mutation: string): Promise<unknown> => world.gateway.read(admin, `mutation { ${mutation} }`);
const node = (name: string): string => world.tenant.nodeId(name);
const made = async (who: Asker, input: object = {}): Promise<string> => {
  const id = await ask(world, who, { format: 'CSV', ...input });
  expect(await finished(world, who, id)).toMatchObject({ status: 'COMPLETED', reason: null });
  return id;
};

test('a file is its requester’s alone: not a colleague’s with the same grant, not the administrator’s, not another tenant’s', async () => {
  const id = await made(officer, { nodeId: node('north') });
  expect(await statusAt(officer, id)).toBe(200);
  for (const who of [colleague, admin, teacher, stranger, { ...platform, actingTenant: 'acme' }]) {
    expect(await statusOf(world, who, id)).toBeNull();
    expect(await statusAt(who, id)).toBe(404);
    expect(await world.gateway.codes(who, `mutation { removeExport(id: "${id}") { id } }`)).toEqual(['NOT_FOUND']);
    expect((await world.gateway.read(who, `{ exports { totalCount nodes { id } } }`)).exports).toEqual({ totalCount: 0, nodes: [] });
  }
  const { status } = await world.http(officer).get(`/exports/${id}/file`).set('authorization', 'Bearer none');
  expect([200, 401]).toContain(status);
  expect(await world.gateway.codes(as('ann', 'LEARNER'), `{ export(id: "${id}") { id } }`)).toEqual(['FORBIDDEN']);
});

test('a revoked grant closes a finished file, and given back it opens it', async () => {
  const id = await made(officer, { nodeId: node('north') });
  const grant = `userId: "${world.tenant.personId('officer')}", groupId: "${node('north')}"`;
  await change(`revokeAccess(${grant}) { userId }`);
  const refused = await download(world, officer, id);
  expect([refused.status, refused.headers['content-type']]).toEqual([403, 'application/problem+json; charset=utf-8']);
  await change(`grantAccess(${grant}) { userId }`);
  expect(await statusAt(officer, id)).toBe(200);
});

test('a file tells of its node as it is now, by itself and in a list, and of none that its requester may not see any more', async () => {
  const id = await made(officer, { nodeId: node('north') });
  await made(officer, { nodeId: node('s1') });
  const fields = `node { id hierarchyId name type classCount externalId children { nodes { name } } ancestors { id }
    performance(period: { from: "2026-01-01", through: "2026-03-31" }) { attempts } }`;
  const both = `query ($id: ID!) { export(id: $id) { ${fields} } exports { nodes { nodeId node { name } } } }`;
  const shown = async () => {
    const { data, errors } = await world.gateway.ask(officer, both, { id });
    return { ...data, errors };
  };
  const north = {
    ...{ id: node('north'), hierarchyId: 'india', name: 'north', type: 'state', classCount: 3, externalId: 'north' },
    ...{ children: { nodes: [{ name: 's1' }, { name: 's2' }] }, ancestors: [], performance: { attempts: 0 } },
  };
  const listed = (names: (string | null)[]) => ({
    nodes: ['s1', 'north'].map((name, n) => ({ nodeId: node(name), node: names[n] === null ? null : { name: names[n] } })),
  });
  expect(await shown()).toEqual({ export: { node: north }, exports: listed(['s1', 'north']), errors: [] });

  await change(`place(hierarchyId: "india", childId: "${node('s1')}", parentId: "${node('south')}") { id }`);
  expect(await shown()).toMatchObject({ export: { node: { name: 'north', classCount: 1 } }, exports: listed([null, 'north']), errors: [] });

  const grant = `userId: "${world.tenant.personId('officer')}", groupId: "${node('north')}"`;
  await change(`revokeAccess(${grant}) { userId }`);
  expect(await shown()).toEqual({ export: { node: null }, exports: listed([null, null]), errors: [] });
  await change(`grantAccess(${grant}) { userId }`);
  expect((await shown()).exports).toEqual(listed([null, 'north']));
});

test.each([
  ['one child goes where the reader has no grant', 's2', 'south'],
  ['a class goes', 'd', 's3'],
  ['the node itself goes under another', 's1', 'south'],
])('a moved tree closes a file: %s', async (_, child, parent) => {
  const whole = await made(officer, { nodeId: node('north') });
  const part = await made(officer, { nodeId: node('s2') });
  await change(`place(hierarchyId: "india", childId: "${node(child)}", parentId: "${node(parent)}") { id }`);
  expect(await statusAt(officer, whole)).toBe(403);
  expect(await statusAt(officer, part)).toBe(child === 's2' ? 403 : 200);
});

test('what comes under the node later does not open or close what the file shows', async () => {
  const id = await made(officer, { nodeId: node('north'), report: 'LEVELS' });
  await change(`place(hierarchyId: "india", childId: "${node('c')}", parentId: "${node('s1')}") { id }`);
  expect(await statusAt(officer, id)).toBe(200);
});

test('a role that is gone closes a file: from the token, from the person, with the person', async () => {
  const id = await made(admin);
  expect(await statusAt(as('admin'), id)).toBe(403);
  await world.owner.transaction(world.tenant.number, 'write', tx =>
    tx.query(`update people set roles = '{OFFICER}' where tenant_id = $1 and external_id = 'admin'`, [tx.tenantId]),
  );
  expect(await statusAt(as('admin', 'ORG_ADMIN', 'OFFICER'), id)).toBe(403);
  await world.owner.transaction(world.tenant.number, 'write', tx =>
    tx.query(`update people set deleted_at = now() where tenant_id = $1 and external_id = 'admin'`, [tx.tenantId]),
  );
  expect(await statusAt(admin, id)).toBe(401);
});

test('a teacher who leaves a class loses the file of it', async () => {
  const id = await made(teacher, { nodeId: node('a') });
  expect(await statusAt(teacher, id)).toBe(200);
  await change(`removeTeacher(classId: "${node('a')}", teacherId: "${world.tenant.personId('teacher')}") { id }`);
  expect(await statusAt(teacher, id)).toBe(403);
});

test('nobody asks for what they may not see', async () => {
  const codes = (who: Asker, input: object): Promise<string[]> =>
    world.gateway.codes(who, requestExport, { input: { format: 'CSV', period, ...input } });
  expect(await codes(officer, { nodeId: node('south') })).toEqual(['FORBIDDEN']);
  expect(await codes(officer, { nodeId: world.tenant.id })).toEqual(['FORBIDDEN']);
  expect(await codes(as('nobody', 'OFFICER'), {})).toEqual(['FORBIDDEN']);
  expect(await codes(as('ann', 'LEARNER'), { nodeId: node('north') })).toEqual(['FORBIDDEN']);
  expect(await codes(officer, { nodeId: other.id })).toEqual(['NOT_FOUND']);
  expect(await codes(stranger, { nodeId: node('north') })).toEqual(['NOT_FOUND']);
});

test('bad input is refused with what was expected', async () => {
  const codes = (input: object): Promise<string[]> =>
    world.gateway.codes(admin, requestExport, { input: { format: 'CSV', period, ...input } });
  expect(await codes({ period: { from: '2026-03-02', through: '2026-03-01' } })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ report: 'TREND' })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ interval: 'DAY' })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ report: 'LEVELS', orderBy: { by: 'NAME' } })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ report: 'COMPETENCIES', filter: { contentSource: 'x' } })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ filter: { subject: 'half a \ud800' } })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ filter: { framework: 'x'.repeat(513) } })).toEqual(['BAD_USER_INPUT']);
  expect(await codes({ hierarchyId: 'atlantis' })).toEqual(['NOT_FOUND']);
  expect(await codes({ format: 'DOCX' })).toEqual(['BAD_USER_INPUT']);
});

test('a file is gone when it has expired, and is purged with a word in the audit log', async () => {
  const id = await made(admin);
  const { expiresAt, createdAt } = (await statusOf(world, admin, id))!;
  expect(Date.parse(expiresAt!) - Date.parse(createdAt)).toBe(7 * 24 * 3_600_000);
  await world.owner.transaction(world.tenant.number, 'write', tx =>
    tx.query(`update exports set expires_at = '2026-03-20T12:00:00Z' where tenant_id = $1`, [tx.tenantId]),
  );
  expect(await statusOf(world, admin, id)).toBeNull();
  expect(await statusAt(admin, id)).toBe(404);
  const { database } = world.gateway.service.subgraph('reporting');
  expect(await purgeExpiredExports(database, new Date('2026-03-20T12:00:00Z'))).toBe(1);
  expect(await purgeExpiredExports(database, new Date('2026-03-20T12:00:00Z'))).toBe(0);
  expect(await world.rows('select count(*)::int as chunks from export_chunks')).toEqual([{ chunks: 0 }]);
  const log = await world.rows<{ action: string; details: { files: number } }>(`select action, details from audit_log where action = 'PURGE_EXPORTS'`);
  expect(log).toMatchObject([{ details: { files: 1 } }]);
});

test('what keeps expired files of one tenant from being removed keeps those of no other', async () => {
  for (const [who, tenant] of [[admin, world.tenant], [stranger, other]] as const) {
    await made(who);
    await world.owner.transaction(tenant.number, 'write', tx =>
      tx.query(`update exports set expires_at = '2026-03-20T12:00:00Z' where tenant_id = $1`, [tx.tenantId]));
  }
  const left = async () => (await Promise.all([world.tenant, other].map(({ number }) =>
    world.owner.transaction(number, 'read', tx => tx.query('select from exports where tenant_id = $1', [number]))))).map(({ length }) => length);
  const impatient = await Database.connect({ url: world.gateway.database.url, stepDown: true, entities: [], statementTimeout: 500 });
  const holding = await world.owner.begin(world.tenant.number, 'write');
  const at = new Date('2026-03-20T12:00:00Z');
  try {
    await holding.query('select from exports where tenant_id = $1 for update', [world.tenant.number]);
    await expect(purgeExpiredExports(impatient, at)).rejects.toMatchObject({ errors: [{ code: '57014' }] });
    expect(await left()).toEqual([1, 0]);
  } finally {
    await holding.rollback();
    await impatient.close();
  }
  expect(await purgeExpiredExports(world.gateway.service.subgraph('reporting').database, at)).toBe(1);
  expect(await left()).toEqual([0, 0]);
});

test('asking, downloading and removing stand in the audit log, with who and what', async () => {
  const id = await made(officer, { nodeId: node('north') });
  await download(world, officer, id);
  await world.gateway.read(officer, `mutation { removeExport(id: "${id}") { ${exportFields} } }`);
  expect(await statusAt(officer, id)).toBe(404);
  const log = await world.rows(`select action, resource_type, resource_id, person_id from audit_log order by recorded_at, action = 'removeExport'`);
  const entry = (action: string) => ({ action, resource_type: 'Export', resource_id: id, person_id: world.tenant.people.get('officer') });
  expect(log).toHaveLength(3);
  expect(log).toEqual(expect.arrayContaining(['requestExport', 'DOWNLOAD_EXPORT', 'removeExport'].map(entry)));
});

test('a super admin takes files of the tenant acted in along, and nobody there sees them', async () => {
  const acting = { ...platform, actingTenant: 'acme' };
  const id = await made(acting);
  expect(await statusAt(acting, id)).toBe(200);
  expect(await statusAt(platform, id)).toBe(404);
  expect(await statusAt(admin, id)).toBe(404);
});
