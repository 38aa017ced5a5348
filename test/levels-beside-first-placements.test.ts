import { HierarchyEntity, HierarchyLevelEntity } from '../subgraphs/hierarchy/hierarchies/hierarchy.entity';
import { updateHierarchy } from '../subgraphs/hierarchy/hierarchies/define-hierarchy';
import { GroupEntity } from '../subgraphs/hierarchy/groups/group.entity';
import { updateGroup } from '../subgraphs/hierarchy/groups/change-group';
import { place } from '../subgraphs/hierarchy/placements/place';
import { ingest } from '../subgraphs/reporting/ingest/ingest';
import { buildMissing } from '../subgraphs/reporting/published';
import { verify } from '../subgraphs/reporting/rollup/verify';
import { GroupType } from '../subgraphs/shared/graphql/group-type.enum';
import { Database, type Transaction } from '../subgraphs/shared/database/database';
import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import { countWaiting } from './restless-tenant.queries';

// Levels and types change while somebody places something where no tree is yet, or no node: neither sees the other.
const now = new Date('2026-03-20T12:00:00Z');

let testDatabase: TestDatabase;
let owner: Database;
let database: Database;
let tenant: KnownTenant;
let serial = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = await connectOwner(testDatabase.url);
  const entities = [HierarchyEntity, HierarchyLevelEntity, GroupEntity];
  database = await Database.connect({ url: testDatabase.url, stepDown: true, entities, poolSize: 3 });
});
afterAll(async () => {
  await database.close();
  await owner.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  tenant = await createTenant(owner, {
    key: `first-${serial++}`,
    groups: { land: 'country', north: 'state', sd: 'school_district', s: 'school' },
    classes: { a: {} },
    placements: { india: { north: 'land', s: 'north', a: 's' } },
    people: { ann: ['LEARNER'] },
  });
  const event = { eventId: 'e', classId: 'a', userId: 'ann', occurredAt: '2026-03-10T10:00:00Z', score: 50 };
  await write(tx => ingest(tx, [event], { now, ids: 'external' }));
  await write(tx => buildMissing(tx));
});
afterEach(async () => {
  await write(tx => buildMissing(tx));
  const { differences } = await database.transaction(tenant.number, 'read', tx => verify(tx));
  expect(differences).toEqual([]);
});

const write = <T>(work: (tx: Transaction) => Promise<T>) => database.transaction(tenant.number, 'write', work);
const placeUnder = (tx: Transaction, child: string, parent: string): Promise<void> =>
  place(tx, { hierarchyKey: 'us', childId: tenant.nodeId(child), parentId: tenant.nodeId(parent) });

/** The levels of the hierarchy `us`, of which states are stored or not. */
const changeLevels = (tx: Transaction, stored: boolean): Promise<void> => {
  const types = [GroupType.country, GroupType.state, GroupType.school_district, GroupType.school];
  const levels = types.map(type => ({ name: type, type, stored: type === GroupType.state ? stored : true }));
  return updateHierarchy(tx, { key: 'us', input: { name: 'United States', levels }, now });
};

/** Begins something, which has ended or waits for somebody else when this returns. */
async function begin(work: Promise<unknown>): Promise<void> {
  let ended = false;
  void work.finally(() => (ended = true)).catch(() => undefined);
  while (!ended && (await owner.transaction(1, 'read', countWaiting)) === 0) await new Promise(done => setTimeout(done, 10));
}

async function firstPlacements(tx: Transaction): Promise<void> {
  await placeUnder(tx, 'north', 'land');
  await placeUnder(tx, 's', 'north');
  await placeUnder(tx, 'a', 's');
}

test.each([false, true])("a tenant's first tree in a hierarchy is of its levels, though these change before it is there (stored: %s)", async stored => {
  const placing = await database.begin(tenant.number, 'write');
  await firstPlacements(placing);
  const changing = database.transaction(1, 'write', tx => changeLevels(tx, stored));
  await begin(changing);
  await placing.commit();
  await changing;
});

test.each([false, true])('and though it is begun while they change (stored: %s)', async stored => {
  const changing = await database.begin(1, 'write');
  await changeLevels(changing, stored);
  const placing = write(firstPlacements);
  await begin(placing);
  await changing.commit();
  await placing;
});

test('a group whose type changes while it is placed somewhere for the first time stands there by its new type', async () => {
  const placing = await database.begin(tenant.number, 'write');
  await placeUnder(placing, 'north', 'land');
  await placeUnder(placing, 'sd', 'north');
  await placeUnder(placing, 'a', 'sd');
  const input = { type: GroupType.school, name: 'No district' };
  const changing = write(tx => updateGroup(tx, { id: tenant.nodeId('sd'), input, now }));
  await begin(changing);
  await placing.commit();
  await changing;
});
