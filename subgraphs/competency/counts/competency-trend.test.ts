import { nodesWithClasses } from '../../../test/climb';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type KnownTenant, type TenantFixture } from '../../../test/fixture';
import { startForTest, type ServiceForTest } from '../../../test/start-for-test';
import { twoHierarchies } from '../../../test/two-hierarchies';
import { buildEverything } from '../../reporting/rollup/build';
import type { Database } from '../../shared/database/database';
import { competencySubgraph } from '../subgraph';

const now = new Date('2026-01-20T12:00:00Z');

const fixture = (key: string): TenantFixture => ({
  ...twoHierarchies(key),
  competencies: [
    { code: 'adds', grade: '5', subject: 'Maths' },
    { code: 'counts', grade: '5', subject: 'Maths', framework: 'extra' },
    { code: 'divides', grade: '6', subject: 'Maths' },
  ],
  enrolments: [
    { class: 'a1', person: 'ann', enrolledAt: '2025-12-01T00:00:00Z' },
    { class: 'a1', person: 'ben', enrolledAt: '2025-12-31T00:00:00Z', endedAt: '2026-01-05T00:00:00Z' },
    { class: 'b1', person: 'cem', enrolledAt: '2026-01-02T00:00:00Z' },
  ],
  statuses: [
    { person: 'ann', competency: 'adds', day: '2025-12-29', status: 1 },
    { person: 'ann', competency: 'adds', day: '2026-01-01', status: 3 },
    { person: 'ann', competency: 'adds', day: '2026-01-10', status: 1 },
    { person: 'ben', competency: 'counts', day: '2025-12-01', status: 2 },
  ],
});

describe('competencyTrend and completion', () => {
  let database: TestDatabase;
  let owner: Database;
  let service: ServiceForTest;
  let acme: KnownTenant;

  beforeAll(async () => {
    database = await createTestDatabase();
    owner = await connectOwner(database.url);
    acme = await createTenant(owner, fixture('acme'));
    service = await startForTest({ url: database.url, subgraphs: [competencySubgraph], now: () => now });
  });
  afterAll(async () => {
    await service.close();
    await owner.close();
    await database.drop();
  });

  const ask = (node: string, field: string) =>
    service.entities({
      ...{ subgraph: 'competency', tenant: acme, as: 'admin', type: 'HierarchyNode', fields: field },
      keys: [{ id: acme.nodeId(node), hierarchyId: 'india' }],
    });
  const answer = async (node: string, field: string): Promise<unknown> => {
    const { data, errors } = await ask(node, field);
    expect(errors).toBeUndefined();
    return Object.values(data!._entities[0]!)[0];
  };
  const point = '{ from through completed inferred inProgress notStarted }';
  /** From, through, then completed, inferred, in progress, not started. */
  const trend = async (node: string, period: string, interval: string, filter = '') => {
    const field = `competencyTrend(period: { ${period} }, interval: ${interval}${filter}) ${point}`;
    return ((await answer(node, field)) as Record<string, unknown>[]).map(each => Object.values(each));
  };

  describe.each([
    ['before anything is stored', async () => undefined],
    ['from stored sums', () => owner.transaction(acme.number, 'write', tx => buildEverything(tx))],
  ])('%s', (_, prepare) => {
    beforeAll(async () => {
      await prepare();
    });

    test('each day has the state at its end, going back included', async () => {
      expect(await trend('land', 'from: "2025-12-30", through: "2026-01-02"', 'DAY')).toEqual([
        ['2025-12-30', '2025-12-30', 0, 0, 1, 1],
        ['2025-12-31', '2025-12-31', 0, 1, 1, 2],
        ['2026-01-01', '2026-01-01', 1, 1, 0, 2],
        ['2026-01-02', '2026-01-02', 1, 1, 0, 3],
      ]);
    });

    test('weeks end on Sunday, also at the turn of the year, and the outer ones are clipped', async () => {
      expect(await trend('land', 'from: "2025-12-30", through: "2026-01-13"', 'WEEK')).toEqual([
        ['2025-12-30', '2026-01-04', 1, 1, 0, 3],
        ['2026-01-05', '2026-01-11', 0, 0, 1, 2],
        ['2026-01-12', '2026-01-13', 0, 0, 1, 2],
      ]);
    });

    test('months are states, not sums of what happened in them', async () => {
      expect(await trend('land', 'from: "2025-11-15", through: "2026-02-10"', 'MONTH')).toEqual([
        ['2025-11-15', '2025-11-30', 0, 0, 0, 0],
        ['2025-12-01', '2025-12-31', 0, 1, 1, 2],
        ['2026-01-01', '2026-01-31', 0, 0, 1, 2],
        ['2026-02-01', '2026-02-10', 0, 0, 1, 2],
      ]);
    });

    test('a framework can be asked about alone', async () => {
      const extra = ', filter: { framework: "extra", subject: "Maths" }';
      expect(await trend('land', 'from: "2025-12-31", through: "2026-01-05"', 'MONTH', extra)).toEqual([
        ['2025-12-31', '2025-12-31', 0, 1, 0, 1],
        ['2026-01-01', '2026-01-05', 0, 0, 0, 1],
      ]);
    });

    test('completion is of the last day of the ISO week, completed and expected added up before they are divided', async () => {
      // The week of 1 January 2026 began in 2025: as of the 4th.
      for (const day of ['2025-12-29', '2026-01-01', '2026-01-04']) {
        expect(await answer('land', `completion(week: "${day}") { completed expected rate }`)).toEqual({
          ...{ completed: 1, expected: 5, rate: 0.2 },
        });
      }
      expect(await answer('north', 'completion(week: "2026-01-04") { rate }')).toEqual({ rate: 0.25 });
      expect(await answer('e1', 'completion(week: "2026-01-04") { completed expected rate }')).toEqual({
        ...{ completed: 0, expected: 0, rate: null },
      });
    });
  });

  test.each(['india', 'sap'])('in %s all statuses together are the expected triples, and a node is its children and other', async hierarchyId => {
    const fields = `id competencyCounts(asOf: "2026-01-04") { completed inferred inProgress notStarted }
      completion(week: "2026-01-04") { completed expected }`;
    const all = nodesWithClasses(fixture('acme'), acme, hierarchyId);
    const keys = [...all.keys()].map(id => ({ id, hierarchyId }));
    const { data } = await service.entities({
      ...{ subgraph: 'competency', tenant: acme, as: 'admin', type: 'HierarchyNode', keys, fields },
    });
    const counts = new Map<string, number[]>();
    for (const entity of data!._entities) {
      const { id, competencyCounts, completion } = entity as never as {
        id: string;
        competencyCounts: Record<string, number>;
        completion: { completed: number; expected: number };
      };
      const values = Object.values(competencyCounts);
      expect([id, values.reduce((sum, count) => sum + count), values[0]]).toEqual([id, completion.expected, completion.completed]);
      counts.set(id, values);
    }
    const sum = (ids: string[]) =>
      ids.reduce((sums, id) => sums.map((each, index) => each + (counts.get(id) ?? [0, 0, 0, 0])[index]!), [0, 0, 0, 0]);
    const placements = fixture('acme').placements![hierarchyId]!;
    const childrenOf = (name: string) => Object.keys(placements).filter(child => placements[child] === name);
    for (const name of Object.keys(fixture('acme').groups!)) {
      const children = childrenOf(name).map(acme.nodeId);
      if (counts.has(acme.nodeId(name))) expect([name, counts.get(acme.nodeId(name))]).toEqual([name, sum(children)]);
    }
    expect(counts.get(acme.id)).toEqual(sum([acme.nodeId('land'), acme.otherId]));
    expect(sum([acme.id])[0]).toBeGreaterThan(0);
  });

  test('a node whose rows are stored is read from them', async () => {
    const fields = 'competencyCounts(asOf: "2026-01-04") { provenance { source storedLevel } }';
    expect(await answer('land', fields)).toEqual({ provenance: { source: 'STORED', storedLevel: 'country' } });
    expect(await answer('a', fields)).toEqual({ provenance: { source: 'STORED', storedLevel: 'school' } });
  });

  test.each([
    ['competencyTrend(period: { from: "2026-01-01", through: "2026-01-02" }, interval: DAY, filter: { contentSource: "x" })', "'x'"],
    ['competencyTrend(period: { from: "2026-01-02", through: "2026-01-01" }, interval: DAY)', '2026-01-02'],
  ])('refuses %s', async (field, told) => {
    const { data, errors } = await ask('land', `${field} { completed }`);
    expect(data!._entities).toEqual([{ competencyTrend: null }]);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors![0]!.message).toContain(told);
  });

  test('shows a learner neither', async () => {
    for (const fields of ['completion(week: "2026-01-04") { rate }', `competencyTrend(period: { from: "2026-01-01", through: "2026-01-02" }, interval: DAY) ${point}`]) {
      const { data, errors } = await service.entities({
        ...{ subgraph: 'competency', tenant: acme, as: 'ann', type: 'HierarchyNode', fields },
        keys: [{ id: acme.nodeId('a1'), hierarchyId: 'india' }],
      });
      expect(data!._entities).toEqual([null]);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
  });
});
