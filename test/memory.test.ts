import { createTestDatabase, type TestDatabase } from './database';
import { connectOwner, createTenant, type KnownTenant } from './fixture';
import { twoHierarchies } from './two-hierarchies';
import { Database } from '../subgraphs/shared/database/database';

let testDatabase: TestDatabase;
let database: Database;
let acme: KnownTenant;
let rival: KnownTenant;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const owner = await connectOwner(testDatabase.url);
  [acme, rival] = [await createTenant(owner, twoHierarchies('acme')), await createTenant(owner, twoHierarchies('rival'))];
  await owner.close();
  database = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [] });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const read = <T>(work: Parameters<typeof database.transaction<T>>[2], tenant = acme) =>
  database.transaction(tenant.number, 'read', work);
const recalled = (tenant = acme) => read(async tx => tx.memory.recall<string>('key'), tenant);
const remember = () => read(async tx => tx.memory.remember('key', 'value'));
const rename = `update groups set name = name || '!' where tenant_id = $1`;

test('what was read of a tenant is recalled in a later read of the same tenant, and of no other', async () => {
  await remember();
  expect([await recalled(), await recalled(rival)]).toEqual(['value', undefined]);
});

test('a transaction that writes recalls nothing and leaves nothing', async () => {
  await remember();
  await database.transaction(rival.number, 'write', async tx => {
    expect(tx.memory.remember('key', 'own')).toBe('own');
    expect(tx.memory.recall('key')).toBeUndefined();
  });
  expect(await recalled(rival)).toBeUndefined();
});

test('a change that was committed is never hidden by what was read before it', async () => {
  await remember();
  await database.transaction(acme.number, 'write', tx => tx.query(rename, [acme.number]));
  expect(await recalled()).toBeUndefined();
});

test('a read that began before a change recalls and remembers of its own moment alone', async () => {
  await remember();
  await read(async before => {
    await database.transaction(acme.number, 'write', tx => tx.query(rename, [acme.number]));
    expect(before.memory.recall('key')).toBe('value');
    before.memory.remember('key', 'old');
  });
  expect(await recalled()).toBeUndefined();
});

test('activity moves the version of answers, not that of the structure', async () => {
  await remember();
  const version = await database.version(acme.number);
  await database.transaction(acme.number, 'activity', async tx => {
    expect(tx.memory.recall('key')).toBe('value');
    await tx.query(`insert into activity_contexts (tenant_id, subject) values ($1, 'Maths')`, [acme.number]);
  });
  expect(await database.version(acme.number)).not.toBe(version);
  expect(await recalled()).toBe('value');
});

test('a change that is rolled back moves nothing', async () => {
  await remember();
  const failed = database.transaction(acme.number, 'write', async tx => {
    await tx.query(rename, [acme.number]);
    throw new Error('not today');
  });
  await expect(failed).rejects.toThrow('not today');
  expect(await recalled()).toBe('value');
});
