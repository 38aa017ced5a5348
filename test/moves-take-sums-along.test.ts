import { selectHierarchiesByKey } from '../subgraphs/hierarchy/hierarchies/hierarchy.queries';
import { place } from '../subgraphs/hierarchy/placements/place';
import { upsertPlacements } from '../subgraphs/hierarchy/placements/placement.queries';
import { rebuildTree } from '../subgraphs/hierarchy/placements/tree.queries';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { buildEverything, buildMissing } from '../subgraphs/reporting/rollup/build';
import { moveMany } from '../subgraphs/reporting/rollup/move-many';
import { foldAll } from '../subgraphs/reporting/rollup/fold';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { publicId } from '../subgraphs/shared/identifiers';
import { createTestDatabase, type TestDatabase } from './database';
import { ModelTenant } from './model-tenant';

const now = new Date('2026-03-20T12:00:00Z');

let testDatabase: TestDatabase;
let owner: Database;
let application: Database;
let tenant: ModelTenant;
let hierarchyId: number;
let serial = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = await Database.connect({ url: testDatabase.url, stepDown: false, entities: [] });
  application = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [] });
});
afterAll(async () => {
  await application.close();
  await owner.close();
  await testDatabase.drop();
});

/** Two states of one country, a district and a school in the first, a class with an attempt of 50 percent in the school. */
beforeEach(async () => {
  tenant = await ModelTenant.create(
    { owner, application },
    { name: `moves-${serial++}`, groups: ['country', 'state', 'state', 'district', 'school'], classes: [true, true], people: 1 },
  );
  hierarchyId = await application.transaction(tenant.tenantId, 'read', async tx => (await selectHierarchiesByKey(tx, ['india']))[0]!.id);
  await hang('group', group(1), group(0));
  await hang('group', group(2), group(0));
  await hang('group', group(3), group(1));
  await hang('group', group(4), group(3));
  await hang('class', tenant.classes[0]!.id, group(4));
  await attempt('first', tenant.classes[0]!.id);
  await application.transaction(tenant.tenantId, 'write', tx => buildEverything(tx));
});

const group = (index: number): number => tenant.groups[index]!.id;

const hang = (kind: 'group' | 'class', child: number, parent: number | null): Promise<void> =>
  application.transaction(tenant.tenantId, 'write', tx =>
    place(tx, {
      hierarchyKey: 'india',
      childId: publicId(kind, child),
      parentId: parent === null ? null : publicId('group', parent),
    }),
  );

const attempt = (eventId: string, klass: number) =>
  application.transaction(tenant.tenantId, 'write', tx =>
    ingest(
      tx,
      [{ eventId, classId: publicId('class', klass), userId: publicId('person', tenant.people[0]!), occurredAt: '2026-02-10T10:00:00Z', score: 50 }],
      { now, ids: 'public' },
    ),
  );

/** The stored month rows of all contexts: attempts by group, where there are any; the tenant's as 0. */
async function stored(): Promise<Record<string, number>> {
  const rows = await application.transaction(tenant.tenantId, 'read', tx =>
    tx.query<{ owner: number; attempts: string }>(
      `select aggregates.owner_id as owner, aggregates.attempts from aggregates
       where aggregates.tenant_id = $1 and aggregates.grain = 30 and aggregates.context_id = 0 and aggregates.attempts <> 0
         and (aggregates.hierarchy_id = $2 or aggregates.hierarchy_id = 0 and aggregates.owner_id = 0)`,
      [tenant.tenantId, hierarchyId],
    ),
  );
  const names = new Map(['country', 'one', 'two', 'district', 'school'].map((name, index) => [group(index), name]));
  return Object.fromEntries(rows.map(row => [names.get(row.owner) ?? 'tenant', Number(row.attempts)]));
}

test('the stored levels hold what is below them', async () => {
  expect(await stored()).toEqual({ tenant: 1, country: 1, one: 1, district: 1 });
});

test('a district takes its sums from the old state to the new', async () => {
  await hang('group', group(3), group(2));
  expect(await stored()).toEqual({ tenant: 1, country: 1, two: 1, district: 1 });
});

test('a school, whose own level keeps no rows, takes its cells’ sums along', async () => {
  await hang('group', group(4), group(2));
  // Straight under a state it stands in for the district that its branch skips.
  expect(await stored()).toEqual({ tenant: 1, country: 1, two: 1, school: 1 });
});

test('a class takes its facts along', async () => {
  await hang('class', tenant.classes[0]!.id, group(2));
  expect(await stored()).toEqual({ tenant: 1, country: 1, two: 1 });
});

test('what is taken out is in no node, and back again it is counted once', async () => {
  await hang('group', group(3), null);
  expect(await stored()).toEqual({ tenant: 1 });
  await hang('group', group(3), group(1));
  expect(await stored()).toEqual({ tenant: 1, country: 1, one: 1, district: 1 });
  await hang('group', group(3), null);
  await hang('group', group(3), group(2));
  expect(await stored()).toEqual({ tenant: 1, country: 1, two: 1, district: 1 });
});

test('what was accepted before a move and is folded after it counts where the class is then', async () => {
  await attempt('second', tenant.classes[0]!.id);
  await hang('class', tenant.classes[0]!.id, group(2));
  await attempt('third', tenant.classes[0]!.id);
  await hang('group', group(3), group(2));
  expect(await foldAll(application, tenant.tenantId)).toBe(2);
  expect(await stored()).toEqual({ tenant: 3, country: 3, two: 3 });
});

test('a class that hangs nowhere counts in the tenant alone', async () => {
  await attempt('elsewhere', tenant.classes[1]!.id);
  await foldAll(application, tenant.tenantId);
  expect(await stored()).toEqual({ tenant: 2, country: 1, one: 1, district: 1 });
});

const everything = { tenant: 2, country: 2, one: 1, two: 1, district: 1, school: 1 };

test.each([
  ['few sums take them along', { cellMonths: 10, classDays: 10 }, everything],
  ['too many months of cells let the stored levels go', { cellMonths: 0, classDays: 10 }, { tenant: 2 }],
  ['too many days of classes let everything go', { cellMonths: 10, classDays: 0 }, {}],
])('many moves with %s, until they are built again', async (_, most, left) => {
  const [hanging, loose] = tenant.classes.map(({ id }) => id);
  await attempt('second', loose!);
  await foldAll(application, tenant.tenantId);
  // Two classes of a cell: their school goes to the other state, and one of them stays behind in the district.
  await hang('class', loose!, group(4));
  const move = { hierarchyId, classes: [{ classId: hanging!, from: group(4), to: group(3) }] };
  const change = async (tx: Transaction) => {
    await upsertPlacements(tx, { hierarchyId, kind: 'group', placed: [{ child: group(4), parent: group(2) }] });
    await upsertPlacements(tx, { hierarchyId, kind: 'class', placed: [{ child: hanging!, parent: group(3) }] });
    await rebuildTree(tx, hierarchyId);
  };
  await application.transaction(tenant.tenantId, 'write', tx => moveMany(tx, move, () => change(tx), most));
  expect(await stored()).toEqual(left);
  await application.transaction(tenant.tenantId, 'write', tx => buildMissing(tx));
  expect(await stored()).toEqual(everything);
});
