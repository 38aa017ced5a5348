import { startRosterWorld, type RosterWorld } from './roster-world';

let world: RosterWorld;
beforeAll(async () => {
  world = await startRosterWorld();
  for (const name of ['Zebra', 'Algebra', 'Unused']) {
    const { id } = (await world.change(`createTestSeries(name: "${name}") { id }`)) as { id: string };
    series.set(name, id);
  }
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

const series = new Map<string, string>();
const assign = (name: string, klass: string) =>
  world.change(
    `assignTestSeries(classId: "${world.acme.nodeId(klass)}", testSeriesId: "${series.get(name)}") { testSeries { name } }`,
  );
const remove = (name: string, klass: string) =>
  world.change(
    `removeTestSeries(classId: "${world.acme.nodeId(klass)}", testSeriesId: "${series.get(name)}") { testSeries { name } }`,
  );
const setStatus = (klass: string, person: string, status: string, type = 'STUDENT') =>
  world.change(`setEnrolmentStatus(classId: "${world.acme.nodeId(klass)}", userId: "${world.acme.personId(person)}",
    type: ${type}, status: ${status}) { status }`);

/** The test series a student sees, and those they may take; both must be the same. */
const seenBy = async (student: string, as = 'admin'): Promise<string[]> => {
  const access = [...series].map(([name, id]) => `${name}: canAccessTestSeries(testSeriesId: "${id}")`);
  const query = `{ student(id: "${world.acme.personId(student)}") { testSeries { name } ${access.join(' ')} } }`;
  const { student: found } = await world.gateway.read(world.as(as), query);
  const names = found.testSeries.map(({ name }: { name: string }) => name);
  expect([...series.keys()].filter(name => found[name]).sort()).toEqual([...names].sort());
  return names;
};

test('a test series is assigned to a class once, and taken from it again', async () => {
  const { log } = world;
  const before = (await log()).length;
  expect(await assign('Zebra', 'a1')).toEqual({ testSeries: [{ name: 'Zebra' }] });
  expect(await assign('Zebra', 'a1')).toEqual({ testSeries: [{ name: 'Zebra' }] });
  expect(await assign('Algebra', 'a1')).toEqual({ testSeries: [{ name: 'Algebra' }, { name: 'Zebra' }] });
  expect(await remove('Zebra', 'a1')).toEqual({ testSeries: [{ name: 'Algebra' }] });
  const lines = await log();
  expect(
    lines
      .slice(0, lines.length - before)
      .map(({ action, class: klass, user, student, metadata }) => [action, klass, user, student, metadata]),
  ).toEqual([
    ['TEST_SERIES_REMOVED', 'a1', 'admin', null, { testSeriesId: series.get('Zebra') }],
    ['TEST_SERIES_ADDED', 'a1', 'admin', null, { testSeriesId: series.get('Algebra') }],
    ['TEST_SERIES_ADDED', 'a1', 'admin', null, { testSeriesId: series.get('Zebra') }],
  ]);
});

test('ten that assign it at once assign it once', async () => {
  const { gateway, as, acme, log } = world;
  const query = `mutation { assignTestSeries(classId: "${acme.nodeId('e1')}", testSeriesId: "${series.get('Zebra')}") { testSeries { name } } }`;
  const answers = await Promise.all(Array.from({ length: 10 }, () => gateway.ask(as('admin'), query)));
  for (const { data } of answers) expect(data.assignTestSeries).toEqual({ testSeries: [{ name: 'Zebra' }] });
  expect(await log(`classId: "${acme.nodeId('e1')}"`)).toHaveLength(1);
});

test('a student sees each series once, from active enrolments in active classes with the series assigned', async () => {
  const { change, acme } = world;
  const setActive = (klass: string, active: boolean) =>
    change(`setClassActive(classId: "${acme.nodeId(klass)}", active: ${active}) { id }`);
  // ann learns in a1 and s1, and teaches b1.
  await change(`assignTeacher(classId: "${acme.nodeId('b1')}", teacherId: "${acme.personId('ann')}") { id }`);
  await assign('Zebra', 'a1');
  await assign('Zebra', 's1');
  await assign('Unused', 'b1');
  expect(await seenBy('ann')).toEqual(['Algebra', 'Zebra']);
  expect(await seenBy('ann', 'ann')).toEqual(['Algebra', 'Zebra']);

  await setStatus('a1', 'ann', 'INACTIVE');
  expect(await seenBy('ann')).toEqual(['Zebra']);
  await setActive('s1', false);
  expect(await seenBy('ann')).toEqual([]);
  await setStatus('a1', 'ann', 'ACTIVE');
  expect(await seenBy('ann')).toEqual(['Algebra', 'Zebra']);
  await setStatus('a1', 'ann', 'WITHDRAWN');
  await setActive('s1', true);
  expect(await seenBy('ann')).toEqual(['Zebra']);
  await remove('Zebra', 's1');
  expect(await seenBy('ann')).toEqual([]);
});

test('a name stands for one test series of a tenant', async () => {
  const { as, refusal, gateway } = world;
  expect(await refusal(as('admin'), 'mutation { createTestSeries(name: " Zebra ") { id } }')).toBe(
    "CONFLICT: There is a test series 'Zebra' already.",
  );
  await gateway.read({ ...as('admin'), tenant: 'rival' }, 'mutation { createTestSeries(name: "Zebra") { id } }');
});

test('a test series or class there is not is named, and nothing is written', async () => {
  const { as, refusal, acme, gateway, log } = world;
  const { createTestSeries } = await gateway.read(
    { ...as('admin'), tenant: 'rival' },
    'mutation { createTestSeries(name: "Theirs") { id } }',
  );
  const before = await log();
  for (const mutation of ['assignTestSeries', 'removeTestSeries']) {
    for (const id of [createTestSeries.id, 'e0zzzzz', acme.nodeId('a1'), '']) {
      const query = `mutation { ${mutation}(classId: "${acme.nodeId('a1')}", testSeriesId: "${id}") { id } }`;
      expect(await refusal(as('admin'), query)).toBe(`NOT_FOUND: There is no test series '${id}'.`);
    }
    const query = `mutation { ${mutation}(classId: "k0zzzzz", testSeriesId: "${series.get('Zebra')}") { id } }`;
    expect(await refusal(as('admin'), query)).toBe("NOT_FOUND: There is no class 'k0zzzzz'.");
  }
  const query = `{ student(id: "${acme.personId('ann')}") { canAccessTestSeries(testSeriesId: "${createTestSeries.id}") } }`;
  expect(await refusal(as('admin'), query)).toMatch(/^NOT_FOUND/);
  expect(await log()).toEqual(before);
});
