import fc from 'fast-check';
import { nodesWithClasses } from '../../../test/climb';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { connectOwner, createTenant, type TenantFixture } from '../../../test/fixture';
import { startForTest, type ServiceForTest } from '../../../test/start-for-test';
import { twoHierarchies } from '../../../test/two-hierarchies';
import type { Database } from '../../shared/database/database';
import { todayIn } from '../../shared/period';
import { competencySubgraph } from '../subgraph';

const runs = Number(process.env.STRATA_PROPERTY_RUNS ?? 100);
const now = new Date('2026-03-10T20:00:00Z'); // in Kolkata the 11th
const classNames = Object.keys(twoHierarchies('').classes!);
const people = ['ann', 'ben', 'cem', 'dia'];
const moments = ['2026-03-08T12:00:00Z', '2026-03-09T19:00:00Z', '2026-03-10T03:00:00Z', '2026-03-11T00:30:00Z'];
const days = ['2026-03-07', '2026-03-08', '2026-03-09', '2026-03-10', '2026-03-11', '2026-03-12'];
const codes = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];

const maybe = <Of>(...values: Of[]) => fc.option(fc.constantFrom(...values), { freq: 2 });
const grade = fc.constantFrom('5', '5', '6', null);
const subject = maybe('Maths', 'Arts');
const framework = fc.constantFrom('core', 'extra');

const tenants = fc.record({
  timeZone: fc.constantFrom('UTC', 'Asia/Kolkata', 'America/New_York'),
  classes: fc.tuple(...classNames.map(() => fc.record({ grade, subject, active: fc.constantFrom(true, true, false) }))),
  competencies: fc.tuple(...codes.map(code => fc.record({ code: fc.constant(code), framework, grade, subject }))),
  enrolments: fc.uniqueArray(
    fc.record({
      class: fc.constantFrom(...classNames),
      person: fc.constantFrom(...people),
      type: fc.constantFrom('STUDENT' as const, 'STUDENT' as const, 'STUDENT' as const, 'TEACHER' as const),
      enrolledAt: fc.constantFrom('2026-01-01T00:00:00Z', ...moments),
      endedAt: fc.option(fc.constantFrom(...moments), { nil: undefined }),
    }),
    { selector: made => `${made.class} ${made.person} ${made.type}`, minLength: 8, maxLength: 30 },
  ),
  statuses: fc.uniqueArray(
    fc.record({
      person: fc.constantFrom(...people),
      competency: fc.constantFrom(...codes),
      day: fc.constantFrom(...days),
      status: fc.nat({ max: 3 }),
    }),
    { selector: made => `${made.person} ${made.competency} ${made.day}`, minLength: 15, maxLength: 60 },
  ),
});
const questions = fc.record({
  asOf: maybe(...days),
  filter: fc.option(fc.record({ subject, framework: maybe('core', 'extra') }), { freq: 1 }),
});
type Asked = typeof questions extends fc.Arbitrary<infer Of> ? Of : never;

const names = ['notStarted', 'inProgress', 'inferred', 'completed'] as const;

/** Triple by triple: for each class, each of its students of the day, each competency that the class expects. */
function countOneByOne(fixture: TenantFixture, below: string[], { asOf, filter }: Asked) {
  const counts = { completed: 0, inferred: 0, inProgress: 0, notStarted: 0 };
  const dayOf = (moment: string) => todayIn(fixture.timeZone!, new Date(moment));
  const day = asOf ?? todayIn(fixture.timeZone!, now);
  for (const klass of below) {
    const { active, grade, subject } = fixture.classes![klass]!;
    if (!active) continue;
    for (const enrolment of fixture.enrolments!) {
      if (enrolment.class !== klass || enrolment.type !== 'STUDENT' || dayOf(enrolment.enrolledAt!) > day) continue;
      if (enrolment.endedAt !== undefined && dayOf(enrolment.endedAt) <= day) continue;
      for (const competency of fixture.competencies!) {
        if (!grade || competency.grade !== grade || (subject && competency.subject !== subject)) continue;
        if (filter?.subject && competency.subject !== filter.subject) continue;
        if (filter?.framework && competency.framework !== filter.framework) continue;
        const [latest] = fixture
          .statuses!.filter(status => status.person === enrolment.person && status.competency === competency.code)
          .filter(status => status.day <= day)
          .sort((a, b) => (a.day < b.day ? 1 : -1));
        counts[names[latest?.status ?? 0]!]++;
      }
    }
  }
  return counts;
}

describe('competencyCounts, with random rosters and statuses', () => {
  let database: TestDatabase;
  let owner: Database;
  let service: ServiceForTest;

  beforeAll(async () => {
    database = await createTestDatabase();
    owner = await connectOwner(database.url);
    service = await startForTest({ url: database.url, subgraphs: [competencySubgraph], now: () => now });
  });
  afterAll(async () => {
    await service.close();
    await owner.close();
    await database.drop();
  });

  const fields = `id competencyCounts(asOf: $asOf, filter: $filter) { ${names.join(' ')} }`;
  const query = `query ($keys: [_Any!]!, $asOf: Date, $filter: MetricFilter) {
    _entities(representations: $keys) { ... on HierarchyNode { ${fields} } }
  }`;

  test('agrees at every node of every hierarchy with triples counted one by one', async () => {
    let run = 0;
    const seen = { completed: 0, inferred: 0, inProgress: 0, notStarted: 0 };
    await fc.assert(
      fc.asyncProperty(tenants, fc.array(questions, { minLength: 1, maxLength: 3 }), async (drawn, asked) => {
        const fixture: TenantFixture = {
          ...twoHierarchies(`random-${run++}`),
          ...drawn,
          classes: Object.fromEntries(classNames.map((name, index) => [name, drawn.classes[index]!])),
          // Who leaves on the very day of coming was there on no day; nobody leaves before.
          enrolments: drawn.enrolments.map(({ endedAt, ...made }) =>
            endedAt === undefined || endedAt < made.enrolledAt ? made : { ...made, endedAt },
          ),
        };
        const tenant = await createTenant(owner, fixture);
        for (const question of asked) {
          for (const hierarchyId of ['india', 'sap']) {
            const nodes = nodesWithClasses(fixture, tenant, hierarchyId);
            const keys = [...nodes.keys()].map(id => ({ __typename: 'HierarchyNode', id, hierarchyId }));
            const answer = await service.ask({
              ...{ subgraph: 'competency', tenant, as: 'admin', query },
              variables: { keys, ...question },
            });
            const expected = [...nodes].map(([id, below]) => ({
              id,
              competencyCounts: countOneByOne(fixture, below, question),
            }));
            expect(answer).toEqual({ data: { _entities: expected } });
            for (const name of names) seen[name] += expected.at(-1)!.competencyCounts[name];
          }
        }
      }),
      { numRuns: runs },
    );
    // Else the rosters were too poor to show anything.
    for (const name of names) expect(seen[name]).toBeGreaterThan(runs / 2);
  }, 60_000 + runs * 1_000);
});
