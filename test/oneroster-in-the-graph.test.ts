import request from 'supertest';
import { createTenant, type KnownTenant } from './fixture';
import { bundleOf, csv, sampleFiles, zipOf, type OneRoster } from './oneroster';
import { look } from './sample-bundle';
import { startGateway, type Asker, type GatewayForTest } from './start-gateway';

const now = new Date('2026-03-20T18:00:00Z');
const admin: Asker = { subject: 'admin', tenant: 'la', roles: ['ORG_ADMIN'] };

let gateway: GatewayForTest;
let tenant: KnownTenant;
let other: KnownTenant;

beforeEach(async () => {
  gateway = await startGateway({
    now,
    fill: async owner => {
      const people = { admin: ['ORG_ADMIN'], tom: ['TEACHER'], fay: ['PARTNER'] } as const;
      const staff = Object.fromEntries(Object.entries(people).map(([name, roles]) => [name, [...roles]]));
      tenant = await createTenant(owner, { key: 'la', hierarchy: 'us', timeZone: 'America/Los_Angeles', people: staff });
      other = await createTenant(owner, {
        key: 'ny', hierarchy: 'us', people: staff, groups: { usa: 'country', s1: 'school' }, classes: { c1: {} },
        placements: { us: { usa: null, s1: 'usa', c1: 's1' } },
      });
    },
  });
});
afterEach(async () => {
  expect(gateway.bugs).toEqual([]);
  await gateway.close();
});

async function post(who: Asker, body: Buffer, type = 'application/zip'): Promise<request.Response> {
  const { actingTenant, ...contents } = who;
  return request(gateway.app)
    .post('/oneroster/imports')
    .set('authorization', `Bearer ${await gateway.service.token(contents)}`)
    .set(actingTenant === undefined ? {} : { 'strata-tenant': actingTenant })
    .set('content-type', type)
    .send(body);
}

const importFiles = async (files: OneRoster, mode: 'bulk' | 'delta' = 'bulk') => {
  const response = await post(admin, await zipOf(bundleOf(files, { mode }), { folder: 'export/' }));
  expect([response.status, response.body.detail]).toEqual([200, undefined]);
  return response.body;
};

const report = `query ($nodeId: ID) {
  nodeReport(nodeId: $nodeId, period: { from: "2026-03-01", through: "2026-03-31" }) {
    node { node { name classCount studentCount } performance { attempts } }
    children { nodes { node { id name type classCount studentCount } performance { attempts } } }
    other { node { id classCount } performance { attempts } }
    reconciliation { attempts scoreSum totalSeconds }
  }
}`;

interface Figures {
  node: { id: string; name: string; type: string; classCount: number; studentCount: number };
  performance: { attempts: number };
}
interface Report {
  node: Figures;
  children: { nodes: Figures[] };
  other: Figures | null;
  reconciliation: object;
}

const read = async (nodeId: string | null = null): Promise<Report> => {
  const { nodeReport } = await gateway.read(admin, report, { nodeId });
  expect(nodeReport.reconciliation).toEqual({ attempts: 0, scoreSum: 0, totalSeconds: 0 });
  return nodeReport;
};

const attempt = (classId: string, userId: string) => ({
  eventId: `${classId} ${userId}`, classId, userId, occurredAt: '2026-03-10T20:00:00Z', score: 50,
});

/** The tree as names with their classes, students and attempts, a level a step to the right. */
async function tree(nodeId: string | null = null, depth = 0): Promise<string[]> {
  const { children } = await read(nodeId);
  const lines: string[] = [];
  for (const { node, performance } of children.nodes) {
    lines.push(`${' '.repeat(depth)}${node.name} ${node.classCount} ${node.studentCount} ${performance.attempts}`);
    if (node.type !== 'class') lines.push(...(await tree(node.id, depth + 1)));
  }
  return lines;
}

test("OneRoster classes are mapped under the tenant's hierarchy; a class whose org is missing goes to other", async () => {
  const files = sampleFiles();
  files['classes.csv'] += csv('c4,,,Lost,,m5,,scheduled,,s9,t1,,,', 'c5,,,Found,,m5,,scheduled,,south,t1,,,');
  files['enrollments.csv'] += csv('e9,,,c4,s9,bob,student,,2026-01-12,');
  const { rejected, notices, files: counts } = await importFiles(files);
  expect(rejected).toEqual([]);
  expect(notices).toEqual([
    { file: 'classes.csv', line: 5, reason: expect.stringContaining("there is no 's9' of orgs.csv") },
    { file: 'enrollments.csv', line: 7, reason: expect.stringContaining("there is no 's9' of orgs.csv") },
  ]);
  expect(counts['classes.csv']).toMatchObject({ added: 5, rejected: 0 });

  expect(await tree()).toEqual([
    'United States 4 2 0',
    ' California 4 2 0',
    '  Los Angeles 4 2 0',
    '   First School 1 2 0',
    '    Maths 5A 1 2 0',
    '   Second School 1 1 0',
    '    Art 1 1 0',
    '   District Choir 1 0 0',
    '   Found 1 0 0',
  ]);
  const { node, other: lost } = await read();
  expect(node.node).toMatchObject({ classCount: 5, studentCount: 2 });
  expect(lost!.node.classCount).toBe(1);
});

test("the roster's school stays on the class as information, whether or not it is a parent", async () => {
  await gateway.read(admin, 'mutation { setOrgTypes(types: [{ orgType: national }, { orgType: state }]) { orgType } }');
  await importFiles(sampleFiles());
  const schools = () =>
    look(gateway.database, `select classes.external_id as class, school.external_id as school
      from classes left join groups school on school.tenant_id = classes.tenant_id and school.id = classes.school_id
      where classes.tenant_id = ${tenant.number} order by 1`);
  const told = [{ class: 'c1', school: 's1' }, { class: 'c2', school: 's2' }, { class: 'c3', school: null }];
  expect(await schools()).toEqual(told);
  expect((await read()).other!.node.classCount).toBe(3); // without a country nothing reaches a root

  await importFiles({ 'orgs.csv': csv('sourcedId,status,name,type', 's1,tobedeleted,,') }, 'delta');
  expect(await schools()).toEqual(told);
});

test('a class moves with its org, and its figures with it; the total stays', async () => {
  const files = sampleFiles();
  await importFiles(files);
  const { body } = await gateway.send(admin, [
    attempt('c1', 'ann'), attempt('c1', 'bob'), attempt('c2', 'cid'), attempt('c3', 'cid'),
  ]);
  expect(body).toMatchObject({ accepted: 4 });
  const before = await tree();
  expect(before).toEqual([
    'United States 3 2 4', ' California 3 2 4', '  Los Angeles 3 2 4', '   First School 1 2 2',
    '    Maths 5A 1 2 2', '   Second School 1 1 1', '    Art 1 1 1', '   District Choir 1 0 1',
  ]);

  // A department between is moved to another district: the school below it goes along.
  await importFiles({
    'orgs.csv': csv(
      'sourcedId,status,name,type,parentSourcedId', 'sf,active,San Francisco,district,ca', 'south,active,South,department,sf',
    ),
  }, 'delta');
  expect(await tree()).toEqual([
    'United States 3 2 4', ' California 3 2 4',
    '  Los Angeles 2 1 2', '   Second School 1 1 1', '    Art 1 1 1', '   District Choir 1 0 1',
    '  San Francisco 1 2 2', '   First School 1 2 2', '    Maths 5A 1 2 2',
  ]);

  // The district ends: what hung below it is uncategorised, and nothing of it is lost.
  await importFiles({ 'orgs.csv': csv('sourcedId,status,name,type', 'lausd,tobedeleted,,') }, 'delta');
  const after = await read();
  expect(after.node.performance.attempts).toBe(4);
  expect(after.other).toMatchObject({ node: { classCount: 2 }, performance: { attempts: 2 } });

  await importFiles(files);
  expect((await read()).other!.node.classCount).toBe(0);
  expect(await tree()).toEqual(before); // as it was, San Francisco with its orgs gone
});

test('another tenant is untouched, and who may not import is refused', async () => {
  const rowsOfOther = () =>
    look(gateway.database, `select
       (select json_agg(groups order by id) from groups where tenant_id = ${other.number}) as groups,
       (select json_agg(classes order by id) from classes where tenant_id = ${other.number}) as classes,
       (select json_agg(people order by id) from people where tenant_id = ${other.number}) as people`);
  const before = await rowsOfOther();
  const zip = await zipOf(bundleOf(sampleFiles()));
  for (const who of [
    { subject: 'tom', tenant: 'la', roles: ['TEACHER'] },
    { subject: 'fay', tenant: 'la', roles: ['PARTNER'] },
    { subject: 'tom', tenant: 'la', roles: ['ORG_ADMIN'] }, // the token alone
    { subject: 'admin', tenant: 'la', roles: ['TEACHER'] },
    { ...admin, actingTenant: 'ny' },
  ]) {
    const { status, body } = await post(who, zip);
    expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
  }
  const { status } = await request(gateway.app).post('/oneroster/imports').send(zip);
  expect(status).toBe(401);
  expect(await look(gateway.database, `select from groups where tenant_id = ${tenant.number}`)).toEqual([]);

  await importFiles(sampleFiles());
  expect(await rowsOfOther()).toEqual(before);
});

test('a super admin imports into the tenant that the request names, and not into the platform', async () => {
  await look(gateway.database, `insert into people (tenant_id, external_id, login, roles)
    values (1, 'root', 'root', '{SUPER_ADMIN}')`);
  const root: Asker = { subject: 'root', tenant: 'platform', roles: ['SUPER_ADMIN'] };
  const zip = await zipOf(bundleOf(sampleFiles()));
  expect((await post(root, zip)).body).toMatchObject({ status: 400, detail: expect.stringContaining('Strata-Tenant') });
  const { status, body } = await post({ ...root, actingTenant: tenant.id }, zip);
  expect([status, body.detail]).toEqual([200, undefined]);
  expect((await read()).node.node.classCount).toBe(3);
});

test('what org types become is set by an ORG_ADMIN alone, one tenant at a time', async () => {
  const asked = '{ orgTypes { orgType groupType isDefault } }';
  expect((await gateway.read(admin, asked)).orgTypes).toEqual([
    { orgType: 'national', groupType: 'country', isDefault: true },
    { orgType: 'state', groupType: 'state', isDefault: true },
    { orgType: 'district', groupType: 'school_district', isDefault: true },
    { orgType: 'local', groupType: 'school_district', isDefault: true },
    { orgType: 'school', groupType: 'school', isDefault: true },
    { orgType: 'department', groupType: null, isDefault: true },
  ]);
  await importFiles(sampleFiles());
  const set = (types: string) => `mutation { setOrgTypes(types: [${types}]) { orgType groupType isDefault } }`;
  const { setOrgTypes } = await gateway.read(admin, set('{ orgType: local, groupType: state }, { orgType: state }'));
  expect(setOrgTypes.filter(({ isDefault }: { isDefault: boolean }) => !isDefault)).toEqual([
    { orgType: 'state', groupType: null, isDefault: false },
    { orgType: 'local', groupType: 'state', isDefault: false },
  ]);
  expect((await tree())[1]).toBe(' California 3 2 0'); // until the next import
  await importFiles({ 'users.csv': csv('sourcedId,status,username,role') }, 'delta');
  expect((await tree()).slice(0, 3)).toEqual(['United States 3 2 0', ' Los Angeles 3 2 0', '  First School 1 2 0']);

  expect(await gateway.codes(admin, set('{ orgType: local, groupType: class }'))).toEqual(['BAD_USER_INPUT']);
  expect(await gateway.codes(admin, set('{ orgType: local }, { orgType: local }'))).toEqual(['BAD_USER_INPUT']);
  const teacher: Asker = { subject: 'tom', tenant: 'la', roles: ['TEACHER'] };
  expect(await gateway.codes(teacher, set('{ orgType: local }'))).toEqual(['FORBIDDEN']);
  expect(await gateway.codes(teacher, asked)).toEqual(['FORBIDDEN']);
  const elsewhere: Asker = { subject: 'admin', tenant: 'ny', roles: ['ORG_ADMIN'] };
  expect((await gateway.read(elsewhere, asked)).orgTypes.every(({ isDefault }: { isDefault: boolean }) => isDefault)).toBe(true);
});
