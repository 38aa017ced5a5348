import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type KnownTenant } from '../../../test/fixture';
import { startForTest, type ServiceForTest } from '../../../test/start-for-test';
import { twoHierarchies } from '../../../test/two-hierarchies';
import type { Database } from '../../shared/database/database';
import { competencySubgraph } from '../subgraph';

const now = new Date('2026-03-10T20:00:00Z'); // in Kolkata the 11th

describe('competencyCounts', () => {
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
      timeZone: 'Asia/Kolkata',
      competencies: [
        { code: 'adds', grade: '5', subject: 'Maths' },
        { code: 'counts', grade: '5', subject: 'Maths', framework: 'extra' },
        { code: 'draws', grade: '5', subject: 'Arts' },
        { code: 'listens', grade: '5' },
        { code: 'divides', grade: '6', subject: 'Maths' },
        { code: 'anything', subject: 'Maths' },
      ],
      enrolments: [
        { class: 'a1', person: 'ann', enrolledAt: '2026-03-01T00:00:00Z' },
        { class: 'a2', person: 'ann' },
        { class: 'a2', person: 'ben', endedAt: '2026-03-04T19:00:00Z' }, // the 5th in Kolkata
        { class: 'a2', person: 'teacher', type: 'TEACHER' },
        { class: 'e1', person: 'ben' },
        { class: 'b1', person: 'cem' },
        { class: 'closed', person: 'cem' },
        { class: 'loose', person: 'dia' },
      ],
      statuses: [
        { person: 'ann', competency: 'adds', day: '2026-03-02', status: 1 },
        { person: 'ann', competency: 'adds', day: '2026-03-05', status: 3 },
        { person: 'ann', competency: 'adds', day: '2026-03-11', status: 2 },
        { person: 'ann', competency: 'draws', day: '2026-03-05', status: 0 },
        { person: 'ann', competency: 'divides', day: '2026-03-02', status: 3 },
        { person: 'ben', competency: 'listens', day: '2026-03-02', status: 2 },
        { person: 'cem', competency: 'divides', day: '2026-03-12', status: 3 },
      ],
    });
    other = await createTenant(owner, twoHierarchies('other'));
    service = await startForTest({ url: database.url, subgraphs: [competencySubgraph], now: () => now });
  });
  afterAll(async () => {
    await service.close();
    await owner.close();
    await database.drop();
  });

  const ask = (ids: string[], { as = 'admin', args = '', fields = 'completed inferred inProgress notStarted' } = {}) =>
    service.entities({
      ...{ subgraph: 'competency', tenant: acme, as, type: 'HierarchyNode' },
      keys: ids.map(id => ({ id, hierarchyId: 'india' })),
      fields: `competencyCounts${args} { ${fields} }`,
    });
  /** Completed, inferred, in progress, not started. */
  const counts = async (node: string, args?: string) => {
    const { data, errors } = await ask([acme.nodeId(node)], { args });
    expect(errors).toBeUndefined();
    return Object.values(data!._entities[0]!.competencyCounts!);
  };

  test("expects the competencies of the class's grade and, where it has one, of its subject", async () => {
    expect(await counts('a1', '(asOf: "2026-03-01")')).toEqual([0, 0, 0, 2]);
    expect(await counts('a2', '(asOf: "2026-03-06")')).toEqual([1, 0, 0, 3]);
    expect(await counts('b1', '(asOf: "2026-03-06")')).toEqual([0, 0, 0, 1]);
  });

  test('a student of two classes counts in both, by one status', async () => {
    expect(await counts('a', '(asOf: "2026-03-06")')).toEqual([2, 0, 0, 4]);
  });

  test('a day without activity carries the last status on; the status of a later day is not seen', async () => {
    expect(await counts('a1', '(asOf: "2026-03-04")')).toEqual([0, 0, 1, 1]);
    expect(await counts('a1', '(asOf: "2026-03-10")')).toEqual([1, 0, 0, 1]);
  });

  test("is of today when no day is given, today being the tenant's", async () => {
    expect(await counts('a1')).toEqual([0, 1, 0, 1]);
    expect(await counts('b1')).toEqual([0, 0, 0, 1]);
  });

  test('a student enters on the day of enrolment and leaves on the day it ended', async () => {
    expect(await counts('a1', '(asOf: "2026-02-28")')).toEqual([0, 0, 0, 0]);
    expect(await counts('a2', '(asOf: "2026-03-04")')).toEqual([0, 1, 1, 6]);
    expect(await counts('a2', '(asOf: "2026-03-05")')).toEqual([1, 0, 0, 3]);
  });

  test('a class without a grade, and an inactive one, expect nothing', async () => {
    expect(await counts('e1')).toEqual([0, 0, 0, 0]);
    expect(await counts('closed')).toEqual([0, 0, 0, 0]);
  });

  test('filters by the subject and the framework of the competency', async () => {
    expect(await counts('a', '(asOf: "2026-03-06", filter: { subject: "Arts" })')).toEqual([0, 0, 0, 1]);
    expect(await counts('a', '(asOf: "2026-03-06", filter: { framework: "extra" })')).toEqual([0, 0, 0, 2]);
    const both = '(asOf: "2026-03-06", filter: { subject: "Maths", framework: "core" })';
    expect(await counts('a', both)).toEqual([2, 0, 0, 0]);
    expect(await counts('a', '(filter: { subject: "Latin" })')).toEqual([0, 0, 0, 0]);
  });

  test('refuses a filter by content source, which a status does not have', async () => {
    const { data, errors } = await ask([acme.nodeId('a')], { args: '(filter: { contentSource: "tablet" })' });
    expect(data!._entities).toEqual([{ competencyCounts: null }]);
    const path = ['_entities', 0, 'competencyCounts'];
    expect(errors).toMatchObject([{ path, extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors![0]!.message).toContain("'tablet'");
  });

  test('says that it was added up from the classes, at this moment', async () => {
    const fields = 'provenance { source storedLevel asOf freshness hierarchyVersion }';
    const { data } = await ask([acme.nodeId('a')], { fields });
    expect(data!._entities[0]!.competencyCounts).toEqual({
      provenance: {
        source: 'READ_TIME',
        storedLevel: null,
        asOf: now.toISOString(),
        freshness: 'FRESH',
        hierarchyVersion: expect.any(Number),
      },
    });
  });

  test("refuses a sibling's node alone, and answers for the others", async () => {
    const ids = ['south', 'north', 'land'].map(acme.nodeId);
    const { data, errors } = await ask(ids, { as: 'northerner', fields: 'inferred' });
    expect(data!._entities).toEqual([null, { competencyCounts: { inferred: 2 } }, null]);
    expect(errors!.map(({ path, extensions }) => [path![1], extensions!.code]).sort()).toEqual([
      [0, 'FORBIDDEN'],
      [2, 'FORBIDDEN'],
    ]);
  });

  test('shows a learner nothing', async () => {
    const { data, errors } = await ask([acme.nodeId('a1')], { as: 'ann' });
    expect(data!._entities).toEqual([null]);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test("is null for another tenant's node and for what has no node", async () => {
    const ids = [other.nodeId('a'), other.id, acme.nodeId('nowhere')];
    expect(await ask(ids)).toEqual({ data: { _entities: [null, null, null] } });
  });

  test('takes as many statements for a hundred nodes as for one, and one more for each other question', async () => {
    const classes = Array.from({ length: 100 }, (_, index) => `k${index}`);
    const many = await createTenant(owner, {
      key: 'many',
      groups: { land: 'country' },
      classes: Object.fromEntries(classes.map(name => [name, { grade: '5' }])),
      placements: { india: Object.fromEntries(classes.map(name => [name, 'land'])) },
      people: { admin: ['ORG_ADMIN'] },
    });
    const statements = async (names: string[], fields: string) => {
      let ran = 0;
      service.subgraph('competency').database.onStatement = () => ran++;
      const keys = names.map(name => ({ id: many.nodeId(name), hierarchyId: 'india' }));
      const asked = { subgraph: 'competency' as const, tenant: many, as: 'admin', type: 'HierarchyNode', keys, fields };
      expect((await service.entities(asked)).errors).toBeUndefined();
      service.subgraph('competency').database.onStatement = undefined;
      return ran;
    };
    const today = 'competencyCounts { completed }';
    // The first request finds the tenant and the nodes; they are remembered for a while.
    await statements(classes, today);
    const one = await statements(['k0'], today);
    expect(one).toBeGreaterThan(0);
    expect(await statements(classes, today)).toBe(one);
    const twoDays = `${today} early: competencyCounts(asOf: "2026-01-01") { completed }`;
    expect(await statements(classes, twoDays)).toBe(one + 1);
  });
});
