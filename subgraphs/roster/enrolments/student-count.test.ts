import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type EnrolmentFixture, type KnownTenant } from '../../../test/fixture';
import { startForTest, type ServiceForTest } from '../../../test/start-for-test';
import { twoHierarchies } from '../../../test/two-hierarchies';
import type { Database } from '../../shared/database/database';
import { rosterSubgraph } from '../subgraph';

const now = new Date('2026-03-10T20:00:00Z'); // the 11th in Kolkata

describe('studentCount', () => {
  let database: TestDatabase;
  let owner: Database;
  let service: ServiceForTest;
  let acme: KnownTenant;
  let other: KnownTenant;

  const enrolments: EnrolmentFixture[] = [
    { class: 'a1', person: 'ann' },
    { class: 'a2', person: 'ann' },
    { class: 'a2', person: 'ben', endedAt: '2026-03-01T00:00:00Z' },
    { class: 'a2', person: 'teacher', type: 'TEACHER' },
    { class: 'e1', person: 'cem' },
    { class: 'closed', person: 'ben' },
    { class: 's1', person: 'ann' },
    { class: 's1', person: 'dia', enrolledAt: '2026-03-10T18:30:00Z' },
    { class: 's1', person: 'cem', enrolledAt: '2026-03-11T18:30:00Z' },
    { class: 'loose', person: 'dia' },
  ];

  beforeAll(async () => {
    database = await createTestDatabase();
    owner = await connectOwner(database.url);
    acme = await createTenant(owner, { ...twoHierarchies('acme'), timeZone: 'Asia/Kolkata', enrolments });
    other = await createTenant(owner, twoHierarchies('other'));
    service = await startForTest({ url: database.url, subgraphs: [rosterSubgraph], now: () => now });
  });
  afterAll(async () => {
    await service.close();
    await owner.close();
    await database.drop();
  });

  const count = (ids: string[], as = 'admin', hierarchyId = 'india') =>
    service.entities({
      ...{ subgraph: 'roster', tenant: acme, as, type: 'HierarchyNode', fields: 'id studentCount' },
      keys: ids.map(id => ({ id, hierarchyId })),
    });
  const counts = async (ids: string[], as?: string, hierarchyId?: string) => {
    const { data, errors } = await count(ids, as, hierarchyId);
    expect(errors).toBeUndefined();
    return data!._entities.map(node => node && node.studentCount);
  };

  test('counts a student of two classes once, at their school as at the whole tenant', async () => {
    const ids = ['a1', 'a2', 'a', 'east', 'land'].map(acme.nodeId);
    expect(await counts([...ids, acme.id])).toEqual([1, 1, 1, 2, 3, 3]);
  });

  test('leaves out withdrawn students, teachers, and inactive classes', async () => {
    expect(await counts(['a2', 'closed'].map(acme.nodeId))).toEqual([1, 0]);
  });

  test("counts from the day of enrolment on, in the tenant's time zone", async () => {
    expect(await counts([acme.nodeId('s1')])).toEqual([2]);
  });

  test('is zero where nobody is enrolled, and goes by the hierarchy asked for', async () => {
    expect(await counts([acme.nodeId('b1'), acme.otherId])).toEqual([0, 1]);
    expect(await counts([acme.nodeId('a'), acme.otherId], 'admin', 'sap')).toEqual([2, 3]);
  });

  test('adds up what somebody sees who does not see the whole tenant', async () => {
    expect(await counts([acme.scopeId('northerner'), acme.nodeId('north')], 'northerner')).toEqual([2, 2]);
  });

  test("refuses a sibling's node alone, and answers for the others", async () => {
    const { data, errors } = await count(['north', 'south', 'a1', 'b1', 'land'].map(acme.nodeId), 'northerner');
    expect(data!._entities).toEqual([
      { id: acme.nodeId('north'), studentCount: 2 },
      null,
      { id: acme.nodeId('a1'), studentCount: 1 },
      null,
      null,
    ]);
    expect(errors!.map(({ path, extensions }) => [path, extensions!.code])).toEqual(
      expect.arrayContaining([1, 3, 4].map(index => [['_entities', index], 'FORBIDDEN'])),
    );
    expect(errors).toHaveLength(3);
  });

  test('shows nothing to whom nothing is granted', async () => {
    for (const as of ['stranger', 'learner']) {
      const { data, errors } = await count(['land', 'a1'].map(acme.nodeId), as);
      expect(data!._entities).toEqual([null, null]);
      expect(errors!.map(({ extensions }) => extensions!.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    }
  });

  test("is null for another tenant's node, for what has no node, and for what is no id", async () => {
    const ids = [other.nodeId('a'), other.nodeId('a1'), other.id, other.otherId, acme.nodeId('nowhere'), 'x'];
    expect(await count(ids)).toEqual({ data: { _entities: ids.map(() => null) } });
  });

  test('takes as many statements for a hundred nodes as for one', async () => {
    const many = await createTenant(owner, {
      key: 'many',
      groups: { land: 'country' },
      classes: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, {}])),
      placements: { india: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 'land'])) },
      people: { admin: ['ORG_ADMIN'] },
    });
    const statements = async (names: string[]) => {
      let ran = 0;
      service.subgraph('roster').database.onStatement = () => ran++;
      const keys = names.map(name => ({ id: many.nodeId(name), hierarchyId: 'india' }));
      const ask = { subgraph: 'roster' as const, tenant: many, as: 'admin', type: 'HierarchyNode', keys };
      const { data } = await service.entities({ ...ask, fields: 'studentCount' });
      service.subgraph('roster').database.onStatement = undefined;
      expect(data!._entities.every(node => node!.studentCount === 0)).toBe(true);
      return ran;
    };
    await statements(['k0']); // the first request finds the tenant; it is remembered for a while
    await statements([...many.classes.keys()]); // who is asked about again is remembered: both times are the second
    const one = await statements(['k0']);
    expect(one).toBeGreaterThan(0);
    expect(await statements([...many.classes.keys()])).toBe(one);
  });
});
