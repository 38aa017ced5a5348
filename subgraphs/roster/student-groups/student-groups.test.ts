import type { Asker } from '../../../test/start-gateway';
import { file, header, openGroupFiles, sampleFile, type GroupFiles } from '../../../test/group-files';

const as = (subject: string, ...roles: string[]): Asker => ({ subject, tenant: 'acme', roles });
const admin = as('admin', 'ORG_ADMIN');
const school = '88800120012001';

let files: GroupFiles;
beforeAll(async () => {
  files = await openGroupFiles({
    key: 'acme',
    groups: { land: 'country', [school]: 'school', 's2': 'school' },
    placements: { india: { land: null, [school]: 'land', s2: 'land' } },
    people: { admin: ['ORG_ADMIN'], tina: ['TEACHER'], tom: ['TEACHER'], 'SSID-known': ['LEARNER'], off: ['OFFICER'] },
    grants: { off: [school] },
  });
});
afterEach(() => expect(files.gateway.bugs).toEqual([]));
afterAll(() => files.close());

async function load(...rows: string[]): Promise<void> {
  const { body } = await files.send(admin, file(...rows));
  expect(await files.settled(admin, body.id)).toMatchObject({ status: 'PROCESSED' });
}

interface ShownGroup {
  id: string;
  name: string;
  students: { nodes: { login: string }[]; totalCount: number };
}

interface PagedGroups {
  nodes: { students: ShownGroup['students'] & { pageInfo: { hasNextPage: boolean; endCursor: string | null } } }[];
}

async function groups(who: Asker, schoolYear: number | null = null): Promise<ShownGroup[]> {
  const query = `query ($year: Int) { studentGroups(schoolYear: $year, first: 100) { nodes {
    id name schoolYear subject school { name } students { nodes { login } totalCount } } } }`;
  return (await files.gateway.read(who, query, { year: schoolYear })).studentGroups.nodes;
}
const logins = ({ students }: ShownGroup): string[] => students.nodes.map(({ login }) => login);
const named = async (name: string, who = admin): Promise<ShownGroup | undefined> =>
  (await groups(who)).find(group => group.name === name);

const exported = async (query = '', who = admin): Promise<string> =>
  (await files.http(who).get(`/groups/export${query}`).buffer(true)).text;

test("the document's sample file makes its two groups, and the export gives the same file back", async () => {
  const { body } = await files.send(admin, sampleFile);
  await files.settled(admin, body.id);
  expect(await groups(admin)).toEqual([
    {
      id: expect.any(String), name: 'JT4thGrade', schoolYear: 2018, subject: 'All', school: { name: school },
      students: { nodes: [{ login: 'SSID001' }, { login: 'SSID002' }, { login: 'SSID003' }], totalCount: 3 },
    },
    {
      id: expect.any(String), name: 'ME6thGradeMath', schoolYear: 2018, subject: 'Math', school: { name: school },
      students: { nodes: [{ login: 'SSID010' }, { login: 'SSID011' }, { login: 'SSID012' }], totalCount: 3 },
    },
  ]);
  expect(await exported()).toBe(sampleFile);
  const template = await files.http(admin).get('/groups/template').buffer(true);
  expect([template.status, template.type, template.text]).toEqual([200, 'text/csv', `${header}\n`]);
});

test('a school whose id has become a formula since is no formula in the export', async () => {
  await load('Calculated,s2,2031,,,');
  const rename = (from: string, to: string) =>
    files.owner.transaction(files.tenant.number, 'write', tx => tx.query('update groups set external_id = $2 where external_id = $1', [from, to]));
  await rename('s2', '=HYPERLINK(1)');
  expect(await exported('?schoolYear=2031')).toBe(`${header}\nCalculated,'=HYPERLINK(1),2031,,,\n`);
  await rename('=HYPERLINK(1)', 's2');
});

test('unknown students are created, as learners under their ssid; known people are taken as they are', async () => {
  await load(`Made,${school},2019,,SSID-new,`, `Made,${school},2019,,SSID-known,`, `Made,${school},2019,,TINA,`);
  const made = await files.rows(`select external_id, login, roles from people where external_id in ('SSID-new', 'TINA')
    or external_id like 'SSID-k%' order by external_id collate "C"`);
  expect(made).toEqual([
    { external_id: 'SSID-known', login: 'SSID-known', roles: ['LEARNER'] },
    { external_id: 'SSID-new', login: 'SSID-new', roles: ['LEARNER'] },
    // Somebody else has the login 'tina'.
    { external_id: 'TINA', login: expect.stringMatching(/^student-[0-9a-f]{32}$/), roles: ['LEARNER'] },
  ]);
});

test("a listed group's students and users become exactly those listed; groups not listed stay as they are", async () => {
  await load(`Kept,${school},2020,All,K1,`, `Swap,${school},2020,Math,A,tina`, `Swap,${school},2020,,B,`);
  await load(`Swap,${school},2020,,B,tom`, `Swap,${school},2020,,C,`);
  expect(logins((await named('Swap'))!)).toEqual(['B', 'C']);
  expect(await named('Swap')).toMatchObject({ subject: 'Math' });
  expect(logins((await named('Kept'))!)).toEqual(['K1']);
  expect([await named('Swap', as('tina', 'TEACHER')), (await named('Swap', as('tom', 'TEACHER')))?.name]).toEqual([
    undefined, 'Swap',
  ]);
  await load(`Swap,${school},2020,ELA,,`);
  expect(await named('Swap')).toMatchObject({ subject: 'ELA', students: { nodes: [], totalCount: 0 } });
});

test('name, school and year identify a group', async () => {
  await load(`Same,${school},2020,,S1,`, `Same,${school},2021,,S2,`, 'Same,s2,2020,,S3,', 'same,s2,2020,,S4,');
  expect((await groups(admin)).filter(({ name }) => name.toLowerCase() === 'same')).toHaveLength(4);
  expect((await groups(admin, 2021)).map(logins)).toEqual([['S2']]);
});

test('a row may hold a student, a user, both or neither', async () => {
  await load(`Rows,${school},2022,,,`, `Rows,${school},2022,,R1,`, `Rows,${school},2022,,,tina`, `Rows,${school},2022,,R2,tom`);
  expect(logins((await named('Rows'))!)).toEqual(['R1', 'R2']);
  expect(await exported('?schoolYear=2022')).toBe(
    file(
      `Rows,${school},2022,,,`, `Rows,${school},2022,,,tina`, `Rows,${school},2022,,,tom`,
      `Rows,${school},2022,,R1,`, `Rows,${school},2022,,R2,`,
    ),
  );
});

test('what was exported and is sent again changes nothing', async () => {
  const before = await files.written();
  const all = await exported();
  const { body } = await files.send(admin, all);
  expect(await files.settled(admin, body.id)).toMatchObject({ status: 'PROCESSED' });
  expect([await files.written(), await exported()]).toEqual([before, all]);
});

test('an export holds the groups of the schools that the caller may write for', async () => {
  const writer = { ...as('off', 'OFFICER'), permissions: ['GROUP_WRITE'] };
  expect(await exported('', writer)).not.toContain(',s2,');
  expect(await exported('', writer)).toContain(`Rows,${school},2022`);
  expect(await exported('', { ...as('tina', 'TEACHER'), permissions: ['GROUP_WRITE'] })).toBe(`${header}\n`);
});

test('a deleted group is out of sight, and a file that lists it again brings it back', async () => {
  await load(`Gone,${school},2023,Math,G1,tina`, `Gone,${school},2023,,G2,`);
  const { id } = (await named('Gone'))!;
  const remove = 'mutation ($id: ID!) { removeStudentGroup(id: $id) { name } }';
  expect(await files.gateway.codes(as('tina', 'TEACHER'), remove, { id })).toEqual(['FORBIDDEN']);
  expect(await files.gateway.read(admin, remove, { id })).toEqual({ removeStudentGroup: { name: 'Gone' } });
  expect(await files.gateway.codes(admin, remove, { id })).toEqual(['NOT_FOUND']);
  for (const who of [admin, as('tina', 'TEACHER')]) expect(await named('Gone', who)).toBeUndefined();
  expect(await exported()).not.toContain('Gone');
  await load(`Gone,${school},2023,,G2,tina`);
  expect([(await named('Gone'))!.id, logins((await named('Gone', as('tina', 'TEACHER')))!)]).toEqual([id, ['G2']]);
});

test('a user who is listed before there is an account sees the group as soon as there is one', async () => {
  await load(`Early,${school},2024,,E1,Late@Example.com`);
  await files.owner.transaction(files.tenant.number, 'write', tx =>
    tx.query(
      `insert into people (tenant_id, external_id, login, roles) values ($1, 'late', 'late@example.com', '{TEACHER}')`,
      [tx.tenantId],
    ),
  );
  expect((await groups(as('late', 'TEACHER'))).map(({ name }) => name)).toEqual(['Early']);
  expect(await groups(as('SSID-known', 'LEARNER'))).toEqual([]);
});

test('lists are paged, and a cursor belongs to its list', async () => {
  await load(...Array.from({ length: 7 }, (_, n) => `Page,${school},2025,,P${n},tom`), `Page 2,${school},2025,,,tom`);
  const tom = as('tom', 'TEACHER');
  const list = `query ($after: String, $year: Int) { studentGroups(schoolYear: $year, first: 1, after: $after) {
    totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`;
  const first = (await files.gateway.read(tom, list, { year: 2025 })).studentGroups;
  expect(first).toMatchObject({ totalCount: 2, nodes: [{ name: 'Page' }], pageInfo: { hasNextPage: true } });
  const after = first.pageInfo.endCursor;
  const second = (await files.gateway.read(tom, list, { year: 2025, after })).studentGroups;
  expect(second).toMatchObject({ nodes: [{ name: 'Page 2' }], pageInfo: { hasNextPage: false } });
  expect(await files.gateway.codes(tom, list, { year: 2018, after })).toEqual(['BAD_USER_INPUT']);
  const [question] = JSON.parse(Buffer.from(after!, 'base64url').toString('utf8')) as [string];
  for (const keys of [['Page', 'x'], ['a\0b', 1], [1, 'Page'], []]) {
    const forged = Buffer.from(JSON.stringify([question, ...keys])).toString('base64url');
    expect(await files.gateway.codes(tom, list, { year: 2025, after: forged })).toEqual(['BAD_USER_INPUT']);
  }

  const members = `query ($after: String) { studentGroups(schoolYear: 2025, first: 1) { nodes {
    students(first: 4, after: $after) { totalCount nodes { login } pageInfo { hasNextPage endCursor } } } } }`;
  const seen: string[] = [];
  for (let cursor: string | null = null, more = true; more; ) {
    const { studentGroups }: { studentGroups: PagedGroups } = await files.gateway.read(tom, members, { after: cursor });
    const { students } = studentGroups.nodes[0]!;
    expect(students.totalCount).toBe(7);
    seen.push(...students.nodes.map(({ login }) => login));
    ({ hasNextPage: more, endCursor: cursor } = students.pageInfo);
  }
  expect(seen).toEqual(['P0', 'P1', 'P2', 'P3', 'P4', 'P5', 'P6']);
});

test('a group by reference is refused to who is not among its users, and the school is shown to who sees it', async () => {
  const { id } = (await named('Page'))!;
  const entity = (who: Asker) =>
    files.gateway.service.entities({
      subgraph: 'roster', tenant: files.tenant, as: who.subject, type: 'StudentGroup', keys: [{ id }, { id: 'n0zzzzz' }],
      fields: 'name school { id }',
    });
  expect(await entity(as('tom'))).toEqual({ data: { _entities: [{ name: 'Page', school: null }, null] } });
  expect((await entity(as('tina'))).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
