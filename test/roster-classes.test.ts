import { startRosterWorld, type RosterWorld } from './roster-world';

let world: RosterWorld;
beforeAll(async () => {
  world = await startRosterWorld();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});
afterEach(async () => {
  expect(await world.differences()).toEqual([]);
});

interface Made {
  id: string;
  placements: { id: string; hierarchyId: string; parent: { name: string } | null }[];
}

const made = `id externalId name code grade subject active school { name }
  placements { id hierarchyId parent { name } } enrolments { nodes { user { login } type } }`;

/** Makes a class; names stand for people and groups. */
const create = async (
  {
    teachers,
    parents,
    school,
    ...input
  }: { name: string; [more: string]: unknown } & {
    teachers?: string[];
    parents?: [hierarchy: string, group: string][];
    school?: string;
  },
  person = 'admin',
): Promise<Made> => {
  const { gateway, acme, as } = world;
  const variables = {
    input: {
      ...input,
      ...(teachers ? { teacherIds: teachers.map(acme.personId) } : {}),
      ...(parents
        ? { parents: parents.map(([hierarchyId, group]) => ({ hierarchyId, parentId: acme.nodeId(group) })) }
        : {}),
      ...(school ? { schoolId: acme.nodeId(school) } : {}),
    },
  };
  const query = `mutation ($input: CreateClassInput!) { createClass(input: $input) { ${made} } }`;
  return (await gateway.read(as(person), query, variables)).createClass;
};
const parentsOf = ({ placements }: Made) => placements.map(({ hierarchyId, parent }) => [hierarchyId, parent?.name]);

const counts = async (names: string[], hierarchyId = 'india'): Promise<number[]> => {
  const { gateway, acme, as } = world;
  const idOf = (name: string) => ({ other: acme.otherId, tenant: acme.id })[name] ?? acme.nodeId(name);
  const nodes = names.map(
    (name, n) => `n${n}: hierarchyNode(id: "${idOf(name)}", hierarchyId: "${hierarchyId}") { classCount }`,
  );
  const data = await gateway.read(as('admin'), `{ ${nodes.join(' ')} }`);
  return names.map((_, n) => data[`n${n}`].classCount);
};

test("a class is made with all that is said of it, and the roster's school stays on it as information", async () => {
  const { acme, log } = world;
  const input = { code: 'C1', grade: '5', subject: 'Maths', externalId: 'ext-1', school: 'b' };
  const full = await create({
    name: ' Full ',
    ...input,
    teachers: ['free', 'tina'],
    parents: [
      ['sap', 'a'],
      ['india', 'east'],
    ],
  });
  expect(full).toEqual({
    ...{ id: expect.stringMatching(/^k/), externalId: 'ext-1', name: 'Full', code: 'C1', grade: '5', subject: 'Maths' },
    ...{ active: true, school: { name: 'b' } },
    placements: [
      { id: full.id, hierarchyId: 'india', parent: { name: 'east' } },
      { id: full.id, hierarchyId: 'sap', parent: { name: 'a' } },
    ].sort((x, y) => x.hierarchyId.localeCompare(y.hierarchyId)),
    enrolments: {
      nodes: [
        { user: { login: 'free' }, type: 'TEACHER' },
        { user: { login: 'tina' }, type: 'TEACHER' },
      ],
    },
  });
  const own = (await log('first: 3')).map(({ action, class: id, user, by }) => [action, id, user, by]);
  expect(own).toEqual([
    ['TEACHER_ASSIGNED', full.id, 'tina', 'admin'],
    ['TEACHER_ASSIGNED', full.id, 'free', 'admin'],
    ['GROUP_CREATED', full.id, 'admin', 'admin'],
  ]);
  expect(acme.nodeId('a1')).not.toBe(full.id);
});

test('counts of classes are right at once, up to the root, in every hierarchy', async () => {
  const before = {
    india: await counts(['a', 'east', 'north', 'land', 'tenant', 'other']),
    sap: await counts(['a', 'land', 'other'], 'sap'),
  };
  await create({ name: 'Counted', parents: [['india', 'a']] });
  expect(await counts(['a', 'east', 'north', 'land', 'tenant', 'other'])).toEqual(
    before.india.map((count, n) => (n < 5 ? count + 1 : count)),
  );
  expect(await counts(['a', 'land', 'other'], 'sap')).toEqual([before.sap[0], before.sap[1], before.sap[2]! + 1]);
});

describe('a class created without a parent', () => {
  test.each<[string, string[], string | null]>([
    ['is placed under the group that its teacher has', ['tina'], 'a'],
    ['is placed under the group that its teachers share', ['tina', 'tom'], 'a'],
    ['is placed under the one group that is granted to all of them', ['tina', 'both'], 'a'],
    ['is uncategorised with teachers of different groups', ['tina', 'uma'], null],
    ['is uncategorised with a teacher without a group among them', ['tina', 'free'], null],
    ['is uncategorised with a teacher of several groups', ['both'], null],
    ["is uncategorised with a teacher whose group does not stand in the tenant's hierarchy", ['adriftTeacher'], null],
    ['is uncategorised without teachers', [], null],
  ])('%s', async (name, teachers, parent) => {
    const [other] = await counts(['other']);
    const klass = await create({ name, teachers });
    expect(parentsOf(klass)).toEqual(parent === null ? [] : [['india', parent]]);
    expect(await counts(['other'])).toEqual([other! + (parent === null ? 1 : 0)]);
  });

  test('has a teacher who makes it as its teacher, unless somebody else is named', async () => {
    const { log } = world;
    const own = await create({ name: 'Own' }, 'tina');
    expect(parentsOf(own)).toEqual([['india', 'a']]);
    expect((await log('first: 2')).map(({ action, user, by }) => [action, user, by])).toEqual([
      ['TEACHER_ASSIGNED', 'tina', 'tina'],
      ['GROUP_CREATED', 'tina', 'tina'],
    ]);
    const { gateway, acme, as } = world;
    const query = `mutation { createClass(input: { name: "Uma's", teacherIds: ["${acme.personId('uma')}"] }) { id name } }`;
    const { createClass } = await gateway.read(as('tina'), query);
    expect(await gateway.codes(as('tina'), `{ class(id: "${createClass.id}") { name } }`)).toEqual(['FORBIDDEN']);
    const { class: seen } = await gateway.read(as('uma'), `{ class(id: "${createClass.id}") { name } }`);
    expect(seen).toEqual({ name: "Uma's" });
  });
});

test('a class with explicit parents is placed there alone, at whatever level', async () => {
  expect(parentsOf(await create({ name: 'High', teachers: ['tina'], parents: [['india', 'south']] }))).toEqual([
    ['india', 'south'],
  ]);
  expect(parentsOf(await create({ name: 'Abroad', teachers: ['tina'], parents: [['sap', 'b']] }))).toEqual([
    ['sap', 'b'],
  ]);
});

test('two parents in one hierarchy are refused with CONFLICT, and nothing is made', async () => {
  const { acme, as, refusal, log } = world;
  const before = { lines: (await log()).length, counts: await counts(['tenant', 'a', 'b', 'other']) };
  const parent = (group: string) => `{ hierarchyId: "india", parentId: "${acme.nodeId(group)}" }`;
  const query = (groups: string[]) =>
    `mutation { createClass(input: { name: "Both", parents: [${groups.map(parent).join()}] }) { id } }`;
  expect(await refusal(as('admin'), query(['a', 'b']))).toMatch(/^CONFLICT: One parent in each hierarchy.*india/);
  expect(await refusal(as('admin'), query(['a', 'a']))).toMatch(/^CONFLICT/);
  expect({ lines: (await log()).length, counts: await counts(['tenant', 'a', 'b', 'other']) }).toEqual(before);
});

test("an external id that another class of the tenant has is a CONFLICT; another tenant's is not", async () => {
  const { as, refusal, gateway } = world;
  const query = (externalId: string) =>
    `mutation { createClass(input: { name: "X", externalId: "${externalId}" }) { id } }`;
  expect(await refusal(as('admin'), query('a1'))).toBe(
    "CONFLICT: There is a class that has the external id 'a1' already.",
  );
  await gateway.read({ ...as('admin'), tenant: 'rival' }, query('only-theirs'));
  await gateway.read(as('admin'), query('only-theirs'));
});

test('an inactive class leaves the counts and keeps its place and its figures; active again, it is counted again', async () => {
  const { acme, gateway, as, change, log } = world;
  const names = ['b1', 'b', 'south', 'land', 'tenant'];
  const before = { india: await counts(names), sap: await counts(['b', 'land'], 'sap') };
  const sent = await gateway.send(as('admin'), [
    { eventId: 'kept', classId: 'b1', userId: 'cem', occurredAt: '2026-03-02T10:00:00Z', score: 50, secondsSpent: 60 },
  ]);
  expect(sent.body).toMatchObject({ accepted: 1 });
  const figures = `{ hierarchyNode(id: "${acme.nodeId('b')}") {
    studentCount children { nodes { name classCount } }
    performance(period: { from: "2026-03-01", through: "2026-03-31" }) { attempts } } }`;
  const setActive = (active: boolean) =>
    change(
      `setClassActive(classId: "${acme.nodeId('b1')}", active: ${active}) { active placements { parent { name } } }`,
    );

  expect(await setActive(false)).toEqual({
    active: false,
    placements: [{ parent: { name: 'b' } }, { parent: { name: 'b' } }],
  });
  expect(await counts(names)).toEqual(before.india.map(count => count - 1));
  expect(await counts(['b', 'land'], 'sap')).toEqual(before.sap.map(count => count - 1));
  expect((await gateway.read(as('admin'), figures)).hierarchyNode).toEqual({
    ...{ studentCount: 0, performance: { attempts: 1 } },
    children: { nodes: expect.arrayContaining([{ name: 'b1', classCount: 0 }]) },
  });
  expect(await world.differences()).toEqual([]);

  expect(await setActive(true)).toMatchObject({ active: true });
  expect([await counts(names), await counts(['b', 'land'], 'sap')]).toEqual([before.india, before.sap]);
  expect((await gateway.read(as('admin'), figures)).hierarchyNode).toMatchObject({ studentCount: 1 });
  expect((await log('first: 2')).map(({ action, class: id, user, metadata }) => [action, id, user, metadata])).toEqual([
    ['GROUP_UPDATED', 'b1', 'admin', { active: true }],
    ['GROUP_UPDATED', 'b1', 'admin', { active: false }],
  ]);
});

test('a class that is made inactive while it moves is counted where it hangs then', async () => {
  const { acme, gateway, as } = world;
  const klass = acme.nodeId('a2');
  const mutations = Array.from({ length: 12 }, (_, n) =>
    n % 2 === 0
      ? `setClassActive(classId: "${klass}", active: ${n % 4 === 0 ? 'false' : 'true'}) { id }`
      : `place(hierarchyId: "${n % 3 === 0 ? 'sap' : 'india'}", childId: "${klass}", parentId: "${acme.nodeId(n % 4 === 1 ? 'b' : 'a')}") { id }`,
  );
  const answers = await Promise.all(mutations.map(mutation => gateway.ask(as('admin'), `mutation { ${mutation} }`)));
  for (const { errors } of answers) for (const { extensions } of errors) expect(extensions?.code).toBe('UNAVAILABLE');
  expect(answers.some(({ errors }) => errors.length === 0)).toBe(true);
});

test("a new class's activity is in its parents' figures from the first event on", async () => {
  const { gateway, as, acme } = world;
  const period = 'period: { from: "2026-03-01", through: "2026-03-31" }';
  const query = `{ hierarchyNode(id: "${acme.nodeId('east')}") { performance(${period}) { attempts } } }`;
  const before = (await gateway.read(as('admin'), query)).hierarchyNode.performance.attempts;
  await create({ name: 'Active', externalId: 'active-1', parents: [['india', 'a']] });
  await gateway.send(as('admin'), [
    { eventId: 'first of all', classId: 'active-1', userId: 'ann', occurredAt: '2026-03-03T10:00:00Z', score: 50 },
  ]);
  expect((await gateway.read(as('admin'), query)).hierarchyNode.performance.attempts).toBe(before + 1);
});
