import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../../test/fixture';
import { startForTest, type ServiceForTest } from '../../../test/start-for-test';
import { twoHierarchies } from '../../../test/two-hierarchies';
import type { Database } from '../../shared/database/database';
import { competencySubgraph } from '../subgraph';

let database: TestDatabase;
let owner: Database;
let service: ServiceForTest;
let acme: KnownTenant;
let other: KnownTenant;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await connectOwner(database.url);
  acme = await createTenant(owner, {
    ...twoHierarchies('acme'),
    competencies: [
      { code: 'draws', grade: '5', subject: 'Arts' },
      { code: 'adds', grade: '5', subject: 'Maths' },
      { code: 'counts', grade: '5', subject: 'Maths' },
      { code: 'divides', grade: '6', subject: 'Maths' },
    ],
    enrolments: [
      { class: 'a1', person: 'ann' },
      { class: 'a1', person: 'ben' },
      { class: 'a1', person: 'dia', endedAt: '2026-02-01T00:00:00Z' },
      { class: 'a2', person: 'ben' },
      { class: 'b1', person: 'cem' },
      { class: 'b1', person: 'teacher', type: 'TEACHER' },
    ],
    statuses: [
      { person: 'ann', competency: 'adds', day: '2026-03-02', status: 1 },
      { person: 'ann', competency: 'adds', day: '2026-03-05', status: 3 },
      { person: 'ann', competency: 'divides', day: '2026-03-03', status: 2 },
      { person: 'cem', competency: 'divides', day: '2026-03-04', status: 3 },
    ],
  });
  other = await createTenant(owner, twoHierarchies('other'));
  service = await startForTest({ url: database.url, subgraphs: [competencySubgraph], background: false });
});
afterAll(async () => {
  await service.close();
  await owner.close();
  await database.drop();
});

interface Named {
  [name: string]: unknown;
}

const ask = async (as: string, query: string) => {
  const { data, errors } = await service.ask({ subgraph: 'competency', tenant: acme, as, query });
  return { data: data as Record<string, Named | null> | null, codes: errors?.map(({ extensions }) => extensions!.code) ?? [] };
};

describe("a student's own view", () => {
  const competencies = (person: string, args = '', fields = 'competency { code } status day') =>
    `{ studentCompetencies(studentId: "${acme.personId(person)}"${args}) {
      totalCount pageInfo { hasNextPage endCursor } nodes { ${fields} } } }`;

  test('has what is expected and what has a status, each with its history, newest first', async () => {
    const fields = 'competency { code framework subject grade title } status day history { day status }';
    const { data } = await ask('ann', competencies('ann', '', fields));
    const of = (code: string, subject: string, grade: string) => ({ code, framework: 'core', subject, grade, title: code });
    expect(data!.studentCompetencies).toMatchObject({
      totalCount: 3,
      nodes: [
        {
          competency: of('adds', 'Maths', '5'),
          ...{ status: 'COMPLETED', day: '2026-03-05' },
          history: [{ day: '2026-03-05', status: 'COMPLETED' }, { day: '2026-03-02', status: 'IN_PROGRESS' }],
        },
        { competency: of('counts', 'Maths', '5'), status: 'NOT_STARTED', day: null, history: [] },
        { competency: of('divides', 'Maths', '6'), status: 'INFERRED', history: [{ day: '2026-03-03', status: 'INFERRED' }] },
      ],
    });
  });

  test('has each day of a history once, however often a request asks for it', async () => {
    const { data } = await ask('ann', competencies('ann', ', first: 1', 'all: history { day } one: history(first: 1) { day }'));
    expect(data!.studentCompetencies!.nodes).toEqual([
      { all: [{ day: '2026-03-05' }, { day: '2026-03-02' }], one: [{ day: '2026-03-05' }] },
    ]);
  });

  test('says how many stand where at the end of a day, whatever the page', async () => {
    const counts = (args: string) =>
      `{ studentCompetencies(studentId: "${acme.personId('ann')}", first: 1) {
        counts${args} { completed inferred inProgress notStarted } } }`;
    const of = async (args: string) => {
      const { data } = await ask('ann', counts(args));
      return Object.values((data!.studentCompetencies as unknown as { counts: object }).counts);
    };
    expect(await of('(asOf: "2026-03-01")')).toEqual([0, 0, 0, 3]);
    expect(await of('(asOf: "2026-03-04")')).toEqual([0, 1, 1, 1]);
    expect(await of('')).toEqual([1, 1, 0, 1]);
  });

  test('comes in pages, and so does a history', async () => {
    const seen: unknown[] = [];
    let after = '';
    for (let page = 0; page < 3; page++) {
      const { data } = await ask('admin', competencies('ann', `, first: 1${after}`, 'competency { code } history(first: 1) { day }'));
      const { nodes, pageInfo } = data!.studentCompetencies as unknown as {
        nodes: { competency: { code: string }; history: unknown[] }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      seen.push([nodes[0]!.competency.code, nodes[0]!.history.length, pageInfo.hasNextPage]);
      after = `, after: "${pageInfo.endCursor}"`;
    }
    expect(seen).toEqual([['adds', 1, true], ['counts', 0, true], ['divides', 1, false]]);
    const { codes } = await ask('admin', competencies('ben', after.replace('after', 'after')));
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });

  test.each([
    ['ann', 'ann', []],
    ['ann', 'ben', ['FORBIDDEN']],
    ['admin', 'ann', []],
    ['northerner', 'ann', []],
    ['northerner', 'cem', ['FORBIDDEN']],
    ['northerner', 'dia', ['FORBIDDEN']], // withdrawn
    ['partner', 'cem', []],
    ['teacher', 'cem', []],
    ['teacher', 'ann', ['FORBIDDEN']],
    ['stranger', 'ann', ['FORBIDDEN']],
    ['northerner', 'northerner', ['FORBIDDEN']],
  ])('%s asks about %s: %j', async (as, person, refused) => {
    const { data, codes } = await ask(as, competencies(person));
    expect(codes).toEqual(refused);
    expect(data!.studentCompetencies === null).toBe(refused.length > 0);
  });

  test("is null for who does not exist and for another tenant's people", async () => {
    for (const id of [other.personId('ann'), 'p999999', 'nonsense']) {
      const answer = await ask('ann', `{ studentCompetencies(studentId: "${id}") { totalCount } }`);
      expect(answer).toEqual({ data: { studentCompetencies: null }, codes: [] });
    }
  });
});

describe("a teacher's matrix", () => {
  const matrix = (klass: string, args = '') =>
    `{ classCompetencies(classId: "${acme.nodeId(klass)}"${args}) {
      competencies { totalCount pageInfo { hasNextPage endCursor } nodes { code } }
      students { totalCount pageInfo { hasNextPage endCursor } nodes { login statuses } } } }`;

  test('has the active students and the competencies of the class, and where each stands', async () => {
    const { data, codes } = await ask('northerner', matrix('a1'));
    expect(codes).toEqual([]);
    expect(data!.classCompetencies).toMatchObject({
      competencies: { totalCount: 2, nodes: [{ code: 'adds' }, { code: 'counts' }] },
      students: {
        totalCount: 2,
        nodes: [
          { login: 'ann', statuses: ['COMPLETED', 'NOT_STARTED'] },
          { login: 'ben', statuses: ['NOT_STARTED', 'NOT_STARTED'] },
        ],
      },
    });
  });

  test('is paged both ways', async () => {
    const first = (await ask('admin', matrix('a1', ', first: 1, firstCompetencies: 1'))).data!.classCompetencies as never as {
      competencies: { pageInfo: { endCursor: string; hasNextPage: boolean } };
      students: { pageInfo: { endCursor: string; hasNextPage: boolean } };
    };
    expect([first.competencies.pageInfo.hasNextPage, first.students.pageInfo.hasNextPage]).toEqual([true, true]);
    const cursors = `after: "${first.students.pageInfo.endCursor}", afterCompetencies: "${first.competencies.pageInfo.endCursor}"`;
    const { data } = await ask('admin', matrix('a1', `, ${cursors}`));
    expect(data!.classCompetencies).toMatchObject({
      competencies: { totalCount: 2, nodes: [{ code: 'counts' }], pageInfo: { hasNextPage: false } },
      students: { totalCount: 2, nodes: [{ login: 'ben', statuses: ['NOT_STARTED'] }] },
    });
    expect((await ask('admin', matrix('a2', `, ${cursors}`))).codes).toEqual(['BAD_USER_INPUT']);
    expect((await ask('admin', matrix('a1', ', firstCompetencies: 101'))).codes).toEqual(['BAD_USER_INPUT']);
  });

  test.each([
    ['teacher', 'b1', []],
    ['teacher', 'a1', ['FORBIDDEN']],
    ['partner', 'b1', []],
    ['partner', 'a1', ['FORBIDDEN']],
    ['northerner', 'a2', []],
    ['northerner', 'b1', ['FORBIDDEN']],
    ['stranger', 'a1', ['FORBIDDEN']],
    ['ann', 'a1', ['FORBIDDEN']],
    ['admin', 'loose', []],
  ])('%s asks for %s: %j', async (as, klass, refused) => {
    const { data, codes } = await ask(as, matrix(klass));
    expect(codes).toEqual(refused);
    expect(data!.classCompetencies === null).toBe(refused.length > 0);
  });

  test("is null for what is no class and for another tenant's", async () => {
    for (const id of [other.nodeId('a1'), acme.nodeId('a'), 'nonsense']) {
      const answer = await ask('admin', `{ classCompetencies(classId: "${id}") { classId } }`);
      expect(answer).toEqual({ data: { classCompetencies: null }, codes: [] });
    }
  });

  test('takes as many statements for a page of one as for all', async () => {
    const statements = async (query: string) => {
      let ran = 0;
      service.subgraph('competency').database.onStatement = () => ran++;
      expect((await ask('admin', query)).codes).toEqual([]);
      service.subgraph('competency').database.onStatement = undefined;
      return ran;
    };
    await statements(matrix('a1'));
    expect(await statements(matrix('a1'))).toBe(await statements(matrix('a1', ', first: 1, firstCompetencies: 1')));
    const own = (args: string) =>
      `{ studentCompetencies(studentId: "${acme.personId('ann')}"${args}) { nodes { history { day } } } }`;
    expect(await statements(own(''))).toBe(await statements(own(', first: 1')));
  });
});
