import { startRosterWorld, type RosterWorld } from './roster-world';

let world: RosterWorld;
beforeAll(async () => {
  world = await startRosterWorld();
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

const long = 'x'.repeat(501);
const a1 = () => `classId: "${world.acme.nodeId('a1')}"`;
const ann = () => world.acme.personId('ann');
const enrolment = (more: string) =>
  `mutation { setEnrolmentStatus(${a1()}, userId: "${ann()}", type: STUDENT, status: WITHDRAWN${more}) { status } }`;
const make = (input: string) => `mutation { createClass(input: { name: "X", ${input} }) { id } }`;
const enrol = (args: string) => `mutation { enrolStudents(${a1()}, ${args}) { id } }`;
const page = (args: string) => `{ class(id: "${world.acme.nodeId('a1')}") { enrolments(${args}) { totalCount } } }`;
const log = (args: string) => `{ activityLog(${args}) { totalCount } }`;
const madeUp = (...content: unknown[]) => Buffer.from(JSON.stringify(content)).toString('base64url');

/** Each says what was expected, and what came. */
const refused: [what: string, query: () => string, words: RegExp][] = [
  [
    'a class without a name',
    () => 'mutation { createClass(input: { name: "  " }) { id } }',
    /^BAD_USER_INPUT: name must not be empty/,
  ],
  [
    'a name of 501 characters',
    () => `mutation { createClass(input: { name: "${long}" }) { id } }`,
    /^BAD_USER_INPUT: name .* 500 .*501/,
  ],
  ['a code of 501 characters', () => make(`code: "${long}"`), /^BAD_USER_INPUT: code .* 500 .*501/],
  ['an external id of 501 characters', () => make(`externalId: "${long}"`), /^BAD_USER_INPUT: externalId .*501/],
  ['a grade of 501 characters', () => make(`grade: "${long}"`), /^BAD_USER_INPUT: grade .*501/],
  ['a subject of 501 characters', () => make(`subject: "${long}"`), /^BAD_USER_INPUT: subject .*501/],
  [
    'a school that is none',
    () => make(`schoolId: "${world.acme.nodeId('north')}"`),
    /^NOT_FOUND: There is no school 'g/,
  ],
  ['a school there is not', () => make('schoolId: "nothing"'), /^NOT_FOUND: There is no school 'nothing'/],
  ["another tenant's school", () => make(`schoolId: "${world.rival.nodeId('a')}"`), /^NOT_FOUND: There is no school/],
  ['a teacher there is not', () => make('teacherIds: ["p0zzzzz"]'), /^NOT_FOUND: There is no user 'p0zzzzz'/],
  [
    'a hierarchy there is not',
    () => make(`parents: [{ hierarchyId: "none", parentId: "${world.acme.nodeId('a')}" }]`),
    /^NOT_FOUND: There is no hierarchy 'none'/,
  ],
  [
    'a parent there is not',
    () => make('parents: [{ hierarchyId: "india", parentId: "g0zzzzz" }]'),
    /^NOT_FOUND: There is no group 'g0zzzzz'/,
  ],
  [
    "another tenant's parent",
    () => make(`parents: [{ hierarchyId: "india", parentId: "${world.rival.nodeId('a')}" }]`),
    /^NOT_FOUND/,
  ],
  [
    'a class as a parent',
    () => make(`parents: [{ hierarchyId: "india", parentId: "${world.acme.nodeId('a1')}" }]`),
    /^BAD_USER_INPUT: Nothing can be placed under a class/,
  ],
  [
    'a parent of no level of the hierarchy',
    () => make(`parents: [{ hierarchyId: "sap", parentId: "${world.acme.nodeId('north')}" }]`),
    /^BAD_USER_INPUT: 'north' is of type state, which is no level/,
  ],
  ['nobody to enrol', () => enrol('studentIds: []'), /^BAD_USER_INPUT: studentIds must name at least one/],
  [
    'over a thousand to enrol',
    () => enrol(`studentIds: ${JSON.stringify(Array.from({ length: 1001 }, (_, n) => `p${n}`))}`),
    /^BAD_USER_INPUT: studentIds may name 1000 users at most; 1001 came/,
  ],
  [
    'many to enrol there are not',
    () => enrol(`studentIds: ${JSON.stringify(Array.from({ length: 12 }, (_, n) => `p${n}`))}`),
    /^NOT_FOUND: There are no users 'p0', .*'p9' and 2 more\.$/,
  ],
  [
    'metadata that are a list',
    () => enrol(`studentIds: ["${ann()}"], metadata: [1]`),
    /^BAD_USER_INPUT: metadata must be a JSON object; a list came/,
  ],
  [
    'metadata that are a text',
    () => enrol(`studentIds: ["${ann()}"], metadata: "manual"`),
    /^BAD_USER_INPUT: metadata .* a string came/,
  ],
  [
    'metadata that are a book',
    () => enrol(`studentIds: ["${ann()}"], metadata: { book: "${'x'.repeat(10_000)}" }`),
    /^BAD_USER_INPUT: metadata may have 10000 .*10011 came/,
  ],
  [
    'a status that is none',
    () => `mutation { setEnrolmentStatus(${a1()}, userId: "${ann()}", type: STUDENT, status: GONE) { status } }`,
    /^BAD_USER_INPUT: .*"GONE"/,
  ],
  [
    'a type that is none',
    () => `mutation { setEnrolmentStatus(${a1()}, userId: "${ann()}", type: HEAD, status: ACTIVE) { status } }`,
    /^BAD_USER_INPUT: .*"HEAD"/,
  ],
  ['a reason of 501 characters', () => enrolment(`, reason: "${long}"`), /^BAD_USER_INPUT: reason .*501/],
  [
    'the status of who is no student of the class',
    () =>
      `mutation { setEnrolmentStatus(${a1()}, userId: "${world.acme.personId('dia')}", type: STUDENT, status: ACTIVE) { status } }`,
    /^NOT_FOUND: The user 'p\w+' is no student of 'a1'/,
  ],
  [
    'a teacher to remove who never was one',
    () => `mutation { removeTeacher(${a1()}, teacherId: "${ann()}") { id } }`,
    /^NOT_FOUND: The user 'p\w+' is no teacher of 'a1'/,
  ],
  [
    'a teacher to assign there is not',
    () => `mutation { assignTeacher(${a1()}, teacherId: "x") { id } }`,
    /^NOT_FOUND: There is no user 'x'/,
  ],
  [
    'a class there is not',
    () => 'mutation { setClassActive(classId: "x", active: true) { id } }',
    /^NOT_FOUND: There is no class 'x'/,
  ],
  [
    'a test series without a name',
    () => 'mutation { createTestSeries(name: " ") { id } }',
    /^BAD_USER_INPUT: name must not be empty/,
  ],
  [
    "a test series' name of 501 characters",
    () => `mutation { createTestSeries(name: "${long}") { id } }`,
    /^BAD_USER_INPUT: name .*501/,
  ],
  ['a page over a thousand', () => page('first: 1001'), /^BAD_USER_INPUT: first must be between 0 and 1000, not 1001/],
  ['a page of less than nothing', () => page('first: -1'), /^BAD_USER_INPUT: first .*-1/],
  ['a cursor that is none', () => page('after: "x"'), /^BAD_USER_INPUT: after must be the endCursor/],
  ['a page of the log over a thousand', () => log('first: 1001'), /^BAD_USER_INPUT: first .*1001/],
  ['a page of the log of less than nothing', () => log('first: -1'), /^BAD_USER_INPUT: first .*-1/],
  ['a cursor of the log that is none', () => log('after: "x"'), /^BAD_USER_INPUT: after must be the endCursor/],
  ['no days', () => log('lastDays: 0'), /^BAD_USER_INPUT: lastDays must be between 1 and 36500, not 0/],
  ['days before time', () => log('lastDays: 2147483647'), /^BAD_USER_INPUT: lastDays .*2147483647/],
  ['an action that is none', () => log('actions: [LOOKED]'), /^BAD_USER_INPUT: .*"LOOKED"/],
];

test.each(refused)('%s is refused in words, and nothing is written', async (_, query, words) => {
  const before = await world.log();
  expect(await world.refusal(world.as('admin'), query())).toMatch(words);
  expect(await world.log()).toEqual(before);
});

test('text that no database can keep is refused in words, in metadata too', async () => {
  const { as, acme, gateway } = world;
  const query = `mutation ($metadata: JSON) { enrolStudents(classId: "${acme.nodeId('a2')}", studentIds: ["${acme.personId('dia')}"], metadata: $metadata) { id } }`;
  for (const metadata of [{ nul: 'a\u0000b' }, { '\u0000': 1 }, { half: '\ud800' }, { half: ['x\udfffy'] }]) {
    expect(await gateway.codes(as('admin'), query, { metadata })).toEqual(['BAD_USER_INPUT']);
  }
  for (const metadata of [{ backslash: '\\ud800', whole: '😀', quote: '"' }, {}]) {
    expect(await gateway.codes(as('admin'), query, { metadata })).toEqual([]);
  }
  const [line] = await world.log(`classId: "${acme.nodeId('a2')}"`);
  expect(line!.metadata).toEqual({ backslash: '\\ud800', whole: '😀', quote: '"' });
  for (const mutation of [
    `createTestSeries(name: "a\\u0000b") { id }`,
    'createClass(input: { name: "a\\u0000b" }) { id }',
  ]) {
    expect(await gateway.codes(as('admin'), `mutation { ${mutation} }`)).toEqual(['BAD_USER_INPUT']);
  }
});

test('a cursor belongs to a list with the same arguments, and is no way to ask for something else', async () => {
  const { as, acme, gateway, change } = world;
  await change(
    `enrolStudents(classId: "${acme.nodeId('a2')}", studentIds: ["${acme.personId('ann')}", "${acme.personId('ben')}"]) { id }`,
  );
  const list = (klass: string, args: string) =>
    `{ class(id: "${acme.nodeId(klass)}") { enrolments(first: 1${args}) { pageInfo { endCursor } } } }`;
  const after = (await gateway.read(as('admin'), list('a2', ''))).class.enrolments.pageInfo.endCursor;
  await gateway.read(as('admin'), list('a2', `, after: "${after}"`));
  for (const [klass, args] of [
    ['a1', ''],
    ['a2', ', type: STUDENT'],
    ['a2', ', status: ACTIVE'],
  ] as const) {
    expect(await world.refusal(as('admin'), list(klass, `${args}, after: "${after}"`))).toMatch(
      /after belongs to a list with other/,
    );
  }
  const logPage = (args: string) => `{ activityLog(first: 1${args}) { pageInfo { endCursor } } }`;
  const last = (await gateway.read(as('admin'), logPage(''))).activityLog.pageInfo.endCursor;
  await gateway.read(as('admin'), logPage(`, after: "${last}"`));
  for (const args of ['lastDays: 7', 'actions: [STUDENT_ADDED]', `classId: "${acme.nodeId('a1')}"`]) {
    expect(await world.refusal(as('admin'), logPage(`, ${args}, after: "${last}"`))).toMatch(
      /after belongs to a list with other/,
    );
  }
  const [print] = JSON.parse(Buffer.from(after, 'base64url').toString());
  for (const content of [
    [],
    [7, 1, 'STUDENT'],
    ['a', 'x', 'STUDENT'],
    ['a', 2 ** 40, 'STUDENT'],
    ['a', 1, 'HEAD'],
    ['a\u0000', 1, 'STUDENT'],
    [null, null, null],
  ]) {
    expect(await world.refusal(as('admin'), list('a2', `, after: "${madeUp(print, ...content)}"`))).toMatch(
      /^BAD_USER_INPUT: after /,
    );
  }
  const [logPrint] = JSON.parse(Buffer.from(last, 'base64url').toString());
  for (const content of [
    ['yesterday', '1'],
    ['2026-03-20T12:00:00.000Z', 1],
    ['2026-03-20T12:00:00.000Z', '1; drop'],
    ['2026-99-20T12:00:00Z', '1'],
    [null, null],
    [1e300, '1'],
  ]) {
    expect(await world.refusal(as('admin'), logPage(`, after: "${madeUp(logPrint, ...content)}"`))).toMatch(
      /^BAD_USER_INPUT: after /,
    );
  }
});
