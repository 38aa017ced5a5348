import { startRosterWorld, type RosterWorld } from './roster-world';
import type { Asker } from './start-gateway';

let world: RosterWorld;
let series: string;
beforeAll(async () => {
  world = await startRosterWorld();
  series = ((await world.change('createTestSeries(name: "Series") { id }')) as { id: string }).id;
  await world.change(`assignTestSeries(classId: "${world.acme.nodeId('a1')}", testSeriesId: "${series}") { id }`);
});
afterAll(async () => {
  await world.gateway.close();
  expect(world.gateway.bugs).toEqual([]);
});

/** Each mutation of a class, as one that would change it. */
const onClass = (klass: string): Record<string, string> => {
  const { acme } = world;
  const id = acme.nodeId(klass);
  const person = acme.personId('stranger');
  return {
    enrolStudents: `enrolStudents(classId: "${id}", studentIds: ["${person}"]) { id }`,
    setEnrolmentStatus: `setEnrolmentStatus(classId: "${id}", userId: "${person}", type: STUDENT, status: INACTIVE) { status }`,
    assignTeacher: `assignTeacher(classId: "${id}", teacherId: "${person}") { id }`,
    removeTeacher: `removeTeacher(classId: "${id}", teacherId: "${person}") { id }`,
    removeTestSeries: `removeTestSeries(classId: "${id}", testSeriesId: "${series}") { id }`,
    assignTestSeries: `assignTestSeries(classId: "${id}", testSeriesId: "${series}") { id }`,
    'setClassActive, off': `setClassActive(classId: "${id}", active: false) { id }`,
    'setClassActive, on': `setClassActive(classId: "${id}", active: true) { id }`,
  };
};
const ofTenant = (): Record<string, string> => ({
  createTestSeries: 'createTestSeries(name: "Mine") { id }',
  validateRelationships: 'validateRelationships { fixed }',
  'validateRelationships, mending': 'validateRelationships(fix: true) { fixed }',
});
const create = 'createClass(input: { name: "Mine" }) { id }';
const codes = (who: Asker, mutation: string) => world.gateway.codes(who, `mutation { changed: ${mutation} }`);

/** All that these mutations could have changed. */
const everything = async (tenant = 'acme'): Promise<unknown> => {
  const { gateway, as, acme, rival } = world;
  const known = tenant === 'acme' ? acme : rival;
  const classes = [...known.classes.keys()].map(
    name =>
      `${name}: class(id: "${known.nodeId(name)}") { name active testSeries { id } enrolments { nodes { user { id } type status } } }`,
  );
  return gateway.read({ ...as('admin'), tenant }, `{ ${classes.join(' ')} activityLog { totalCount } }`);
};

describe('who may change what', () => {
  test.each(['northerner', 'partner', 'stranger', 'learner', 'ann'])(
    '%s may change nothing, not even what they are granted, nor by a role that only the token has',
    async person => {
      const { as } = world;
      const before = await everything();
      for (const [name, mutation] of [
        ...['a1', 'b1'].flatMap(klass => Object.entries(onClass(klass))),
        ...Object.entries({ ...ofTenant(), create }),
      ]) {
        for (const who of [as(person), { ...as(person), roles: ['ORG_ADMIN', 'TEACHER', 'SUPER_ADMIN'] }]) {
          expect([name, await codes(who, mutation)]).toEqual([name, ['FORBIDDEN']]);
        }
        expect([name, await codes({ ...as(person), actingTenant: 'rival' }, mutation)]).toEqual([name, ['FORBIDDEN']]);
      }
      expect(await everything()).toEqual(before);
    },
  );

  test('a teacher changes the own classes, and no other: granted or left ones neither', async () => {
    const { as } = world;
    for (const [person, klass] of [
      ['teacher', 'a2'],
      ['teacher', 'b1'],
      ['tina', 'a1'],
      ['uma', 'b1'],
      ['teacher', 'loose'],
    ] as const) {
      const before = await everything();
      for (const [name, mutation] of Object.entries({ ...onClass(klass), ...ofTenant() })) {
        expect([person, klass, name, await codes(as(person), mutation)]).toEqual([person, klass, name, ['FORBIDDEN']]);
      }
      expect(await everything()).toEqual(before);
    }
    const own = onClass('a1');
    for (const name of [
      'enrolStudents',
      'setEnrolmentStatus',
      'assignTeacher',
      'removeTeacher',
      'removeTestSeries',
      'assignTestSeries',
      'setClassActive, off',
      'setClassActive, on',
    ]) {
      expect([name, await codes(as('teacher'), own[name]!)]).toEqual([name, []]);
    }
    expect(await codes(as('teacher'), create)).toEqual([]);
  });

  test('a teacher makes a class under what is granted to them, and under nothing else', async () => {
    const { as, acme, refusal, rival } = world;
    const query = (group: string, hierarchy = 'india') => `mutation { createClass(input: { name: "Under",
      parents: [{ hierarchyId: "${hierarchy}", parentId: "${group}" }] }) { placements { parent { name } } } }`;
    expect(await world.gateway.codes(as('tina'), query(acme.nodeId('a')))).toEqual([]);
    for (const group of ['b', 'east', 'land', 'nowhere']) {
      expect([group, await world.gateway.codes(as('tina'), query(acme.nodeId(group)))]).toEqual([group, ['FORBIDDEN']]);
    }
    for (const group of [rival.nodeId('a'), 'g0zzzzz', acme.nodeId('a1'), 'x']) {
      expect(await refusal(as('tina'), query(group))).toBe(`NOT_FOUND: There is no group '${group}'.`);
    }
    expect(await refusal(as('tina'), query(acme.nodeId('a'), 'none'))).toBe("NOT_FOUND: There is no hierarchy 'none'.");
  });

  test('an administrator, and a super admin who acts in the tenant, change every class', async () => {
    const { as, superAdmin } = world;
    for (const who of [as('admin'), superAdmin]) {
      for (const [name, mutation] of [
        ...['s1', 'loose'].flatMap(klass => Object.entries(onClass(klass))),
        ['create', create] as const,
      ]) {
        expect([name, await codes(who, mutation)]).toEqual([name, []]);
      }
    }
    expect(await codes(superAdmin, 'validateRelationships { problems { kind } }')).toEqual([]);
  });

  test("nobody changes another tenant's classes: they are not there", async () => {
    const { as, rival, refusal, acme } = world;
    const before = await everything('rival');
    for (const [name, mutation] of Object.entries(onClass('a1'))) {
      const foreign = mutation.replace(acme.nodeId('a1'), rival.nodeId('a1'));
      for (const person of ['admin', 'teacher']) {
        expect([name, await refusal(as(person), `mutation { ${foreign} }`)]).toEqual([
          name,
          `NOT_FOUND: There is no class '${rival.nodeId('a1')}'.`,
        ]);
      }
    }
    expect(await everything('rival')).toEqual(before);
  });

  test('a teacher who leaves a class is told that it is done, and then sees it no more', async () => {
    const { as, acme, change, gateway } = world;
    const both = `classId: "${acme.nodeId('e1')}", teacherId: "${acme.personId('uma')}"`;
    await change(`assignTeacher(${both}) { id }`);
    expect(await change(`removeTeacher(${both}) { name testSeries { id } }`, as('uma'))).toEqual({
      name: 'e1',
      testSeries: [],
    });
    expect(await gateway.codes(as('uma'), `{ class(id: "${acme.nodeId('e1')}") { name } }`)).toEqual(['FORBIDDEN']);
  });

  test('a teacher of an inactive class sees it, and makes it active again', async () => {
    const { as, acme, change, gateway } = world;
    const id = acme.nodeId('a1');
    await change(`setClassActive(classId: "${id}", active: false) { active }`, as('teacher'));
    const { class: found } = await gateway.read(
      as('teacher'),
      `{ class(id: "${id}") { active enrolments { totalCount } } }`,
    );
    expect(found).toMatchObject({ active: false });
    expect(await change(`setClassActive(classId: "${id}", active: true) { active }`, as('teacher'))).toEqual({
      active: true,
    });
  });
});

describe('who may read what', () => {
  const seen = async (who: Asker, klass: string): Promise<string> => {
    const { gateway, acme } = world;
    const { data, errors } = await gateway.ask(
      who,
      `{ class(id: "${acme.nodeId(klass)}") { name testSeries { name } } }`,
    );
    return data?.class?.name ?? String(errors[0]?.extensions?.code);
  };
  const listed = async (who: Asker, klass: string): Promise<string> => {
    const { gateway, acme } = world;
    const { data, errors } = await gateway.ask(
      who,
      `{ class(id: "${acme.nodeId(klass)}") { enrolments { nodes { user { login } } } } }`,
    );
    return data?.class ? 'listed' : String(errors[0]?.extensions?.code);
  };

  test.each<[string, string[], string[]]>([
    ['admin', ['a1', 'b1', 'loose', 'closed'], []],
    ['northerner', ['a1', 'a2', 'e1'], ['b1', 's1', 'loose', 'adrift']],
    ['partner', ['b1'], ['a1', 's1', 'loose']],
    ['teacher', ['a1'], ['a2', 'b1', 'closed']],
    ['tina', ['a1', 'a2'], ['b1', 'e1']],
    ['stranger', [], ['a1', 'b1', 'loose']],
  ])('%s sees who is in the classes they cover, and nothing of the others', async (person, covered, others) => {
    const who = world.as(person);
    for (const klass of covered) expect([await seen(who, klass), await listed(who, klass)]).toEqual([klass, 'listed']);
    for (const klass of others)
      expect([await seen(who, klass), await listed(who, klass)]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  test("a learner sees the own classes' names and series, and nobody else in them", async () => {
    const { as, gateway, acme } = world;
    const own = `{ class(id: "${acme.nodeId('a1')}") { name grade active testSeries { name } } }`;
    expect((await gateway.read(as('learner'), own)).class).toEqual({
      ...{ name: 'a1', grade: '5', active: true, testSeries: [{ name: 'Series' }] },
    });
    expect(await listed(as('learner'), 'a1')).toBe('FORBIDDEN');
    expect([await seen(as('learner'), 'a2'), await seen(as('learner'), 'b1')]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    const { data } = await gateway.ask(
      as('learner'),
      `{ class(id: "${acme.nodeId('a1')}") { name placements { parent { name } } } }`,
    );
    expect(data.class).toEqual({ name: 'a1', placements: null });
  });

  test('a student is seen by themselves, by who covers or teaches one of their classes, and by administrators', async () => {
    const { as, acme, gateway } = world;
    const query = (name: string) => `{ student(id: "${acme.personId(name)}") { login classes { name } } }`;
    const seenBy = async (person: string, name: string): Promise<unknown> => {
      const { data, errors } = await gateway.ask(as(person), query(name));
      return data?.student?.classes.map((klass: { name: string }) => klass.name) ?? errors[0]?.extensions?.code;
    };
    // ann learns in a1 and s1
    expect(await seenBy('admin', 'ann')).toEqual(['a1', 's1']);
    expect(await seenBy('ann', 'ann')).toEqual(['a1', 's1']);
    for (const person of ['northerner', 'teacher', 'tina'])
      expect([person, await seenBy(person, 'ann')]).toEqual([person, ['a1']]);
    for (const person of ['partner', 'uma', 'stranger', 'ben', 'learner', 'free']) {
      expect([person, await seenBy(person, 'ann')]).toEqual([person, 'FORBIDDEN']);
    }
    expect(await seenBy('partner', 'cem')).toEqual(['b1']);
    const left = `setEnrolmentStatus(classId: "${acme.nodeId('b1')}", userId: "${acme.personId('cem')}", type: STUDENT, status: `;
    await world.change(`${left} WITHDRAWN) { status }`);
    expect(await seenBy('partner', 'cem')).toBe('FORBIDDEN');
    await world.change(`${left} ACTIVE) { status }`);
  });

  test('whoever is no student of the tenant is none', async () => {
    const { as, acme, rival, gateway } = world;
    for (const id of [rival.personId('ann'), acme.personId('uma'), 'p0zzzzz', acme.nodeId('a1'), '']) {
      for (const person of ['admin', 'teacher', 'ann']) {
        expect([id, (await gateway.read(as(person), `{ student(id: "${id}") { login } }`)).student]).toEqual([
          id,
          null,
        ]);
      }
    }
    for (const id of [rival.nodeId('a1'), 'k0zzzzz', acme.nodeId('a'), '']) {
      expect((await gateway.read(as('admin'), `{ class(id: "${id}") { name } }`)).class).toBeNull();
    }
  });

  test('the log is read as far as its classes are; learners read none of it', async () => {
    const { as, acme, gateway, change, log, nameOf } = world;
    for (const klass of ['a2', 'b1', 'loose']) {
      await change(`enrolStudents(classId: "${acme.nodeId(klass)}", studentIds: ["${acme.personId('dia')}"]) { id }`);
    }
    const classesOf = async (person: string) => {
      const lines = await log('first: 1000', as(person));
      const { activityLog } = await gateway.read(as(person), '{ activityLog { totalCount } }');
      expect(activityLog.totalCount).toBe(lines.length);
      return [...new Set(lines.map(line => String(line.class)))].filter(name => acme.classes.has(name)).sort();
    };
    const all = await classesOf('admin');
    expect(all).toEqual(expect.arrayContaining(['a1', 'a2', 'b1', 'loose', 's1']));
    expect(await classesOf('northerner')).toEqual(all.filter(name => ['a1', 'a2', 'e1'].includes(name)));
    expect(await classesOf('partner')).toEqual(['b1']);
    expect(await classesOf('teacher')).toEqual(['a1']);
    expect(await classesOf('stranger')).toEqual([]);
    for (const person of ['learner', 'ann']) {
      expect(await gateway.codes(as(person), '{ activityLog { totalCount } }')).toEqual(['FORBIDDEN']);
      expect(
        await gateway.codes(as(person), `{ activityLog(studentId: "${acme.personId(person)}") { totalCount } }`),
      ).toEqual(['FORBIDDEN']);
    }
    const ofB1 = `classId: "${acme.nodeId('b1')}"`;
    expect(await gateway.codes(as('northerner'), `{ activityLog(${ofB1}) { totalCount } }`)).toEqual(['FORBIDDEN']);
    expect((await log(ofB1, as('partner'))).length).toBeGreaterThan(0);
    expect(nameOf(acme.nodeId('b1'))).toBe('b1');
  });

  test('by reference, past the gateway, they see the same', async () => {
    const { gateway, acme, rival } = world;
    const ask = async (person: string, type: string, ids: string[], fields: string) => {
      const keys = ids.map(id => ({ id }));
      const { data, errors = [] } = await gateway.service.entities({
        subgraph: 'roster',
        tenant: acme,
        as: person,
        type,
        keys,
        fields,
      });
      return [data!._entities, errors.map(({ extensions }) => extensions?.code)];
    };
    const classes = [...['a1', 'b1'].map(acme.nodeId), rival.nodeId('a1'), 'x'];
    expect(await ask('northerner', 'Class', classes, 'name')).toEqual([
      [{ name: 'a1' }, null, null, null],
      ['FORBIDDEN'],
    ]);
    expect(await ask('stranger', 'Class', classes, 'name')).toEqual([
      [null, null, null, null],
      ['FORBIDDEN', 'FORBIDDEN'],
    ]);
    expect(await ask('learner', 'Class', classes, 'name')).toEqual([[{ name: 'a1' }, null, null, null], ['FORBIDDEN']]);
    expect(await ask('learner', 'Class', [classes[0]!], 'enrolments { totalCount }')).toEqual([[null], ['FORBIDDEN']]);
    const students = [acme.personId('ben'), acme.personId('dia'), rival.personId('ann'), 'x'];
    expect(await ask('teacher', 'Student', students, 'login testSeries { name }')).toEqual([
      [{ login: 'ben', testSeries: [{ name: 'Series' }] }, null, null, null],
      ['FORBIDDEN'],
    ]);
    expect(await ask('learner', 'Student', students, 'login')).toEqual([
      [null, null, null, null],
      ['FORBIDDEN', 'FORBIDDEN'],
    ]);
  });
});
