import fc from 'fast-check';
import { nodesWithClasses } from '../../../test/climb';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type TenantFixture } from '../../../test/fixture';
import { startForTest, type ServiceForTest } from '../../../test/start-for-test';
import { twoHierarchies } from '../../../test/two-hierarchies';
import type { Database } from '../../shared/database/database';
import { todayIn } from '../../shared/period';
import { rosterSubgraph } from '../subgraph';

const now = new Date('2026-03-10T20:00:00Z'); // in Kolkata the 11th
const moments = ['2025-09-01T00:00:00Z', '2026-03-10T23:30:00Z', '2026-03-11T01:00:00Z', '2026-03-12T00:00:00Z'];
const { classes = {} } = twoHierarchies('');

const enrolments = fc.uniqueArray(
  fc.record({
    class: fc.constantFrom(...Object.keys(classes)),
    person: fc.constantFrom('ann', 'ben', 'cem', 'dia'),
    status: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'INACTIVE' as const, 'WITHDRAWN' as const),
    enrolledAt: fc.constantFrom(...moments),
  }),
  { selector: made => `${made.class} ${made.person}`, maxLength: 24 },
);
const rosters = fc.record({ enrolments, timeZone: fc.constantFrom('UTC', 'Asia/Kolkata', 'America/New_York') });

/** One by one: who is enrolled today in an active one of these classes. */
function students({ enrolments = [], timeZone = 'UTC' }: TenantFixture, below: string[]): number {
  const active = enrolments.filter(
    made =>
      made.status === 'ACTIVE' &&
      below.includes(made.class) &&
      classes[made.class]!.active !== false &&
      todayIn(timeZone, new Date(made.enrolledAt!)) <= todayIn(timeZone, now),
  );
  return new Set(active.map(made => made.person)).size;
}

describe('studentCount, with random rosters', () => {
  let database: TestDatabase;
  let owner: Database;
  let service: ServiceForTest;

  beforeAll(async () => {
    database = await createTestDatabase();
    owner = await connectOwner(database.url);
    service = await startForTest({ url: database.url, subgraphs: [rosterSubgraph], now: () => now });
  });
  afterAll(async () => {
    await service.close();
    await owner.close();
    await database.drop();
  });

  test('agrees at every node of every hierarchy with students looked up one by one', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(rosters, async roster => {
        const fixture: TenantFixture = {
          ...twoHierarchies(`random-${run++}`),
          timeZone: roster.timeZone,
          enrolments: roster.enrolments.map(made =>
            made.status === 'ACTIVE' ? made : { ...made, endedAt: '2026-03-20T00:00:00Z' },
          ),
        };
        const tenant = await createTenant(owner, fixture);
        for (const hierarchyId of ['india', 'sap']) {
          const nodes = nodesWithClasses(fixture, tenant, hierarchyId);
          const answer = await service.entities({
            ...{ subgraph: 'roster', tenant, as: 'admin', type: 'HierarchyNode', fields: 'id studentCount' },
            keys: [...nodes.keys()].map(id => ({ id, hierarchyId })),
          });
          expect(answer).toEqual({
            data: { _entities: [...nodes].map(([id, below]) => ({ id, studentCount: students(fixture, below) })) },
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});
