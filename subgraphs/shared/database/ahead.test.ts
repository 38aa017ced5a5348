import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { Database } from './database';
import { SeenOtherwise } from './expected';
import type { OpenTransaction } from './open-transaction';
import { Session } from './session';
import type { FirstQuestion } from './standing-statements';
import { moveVersion } from './version.queries';

/** How many people there are: any number will do in the place of another, but none. */
const people: FirstQuestion = {
  ask: tenantId => `select count(*) as number from people where people.tenant_id = ${tenantId}`,
  stillHolds: (earlier, later) => numberIn(earlier) > 0 || numberIn(later) === 0,
};
const numberIn = (answer: object | undefined): number => Number((answer as { number: string }).number);

const tenant = 7;
let testDatabase: TestDatabase;
let database: Database;
let elsewhere: Client;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  elsewhere = new Client({ connectionString: testDatabase.adminUrl });
  await elsewhere.connect();
  await elsewhere.query(`insert into tenants (id, external_id, name) overriding system value values (${tenant}, 'ahead', 'Ahead')`);
});
beforeEach(async () => {
  const settings = { stepDown: true, entities: [], poolSize: 1, statementTimeout: 500, firstQuestion: people };
  database = await Database.connect({ url: testDatabase.url, ...settings });
});
afterEach(() => database.close());
afterAll(async () => {
  await elsewhere.end();
  await testDatabase.drop();
});

const ahead = (): Promise<OpenTransaction> => database.begin(tenant, 'read', { ahead: true });
const plain = async (): Promise<void> => database.transaction(tenant, 'read', async () => undefined);
const one = async (tx: OpenTransaction): Promise<number> => (await tx.query<{ one: number }>('select 1 as one'))[0]!.one;
const inOnePiece = (sql: string) => elsewhere.query(`begin; ${sql}; commit`);
const structureMoves = () => inOnePiece(`select pg_current_xact_id(); ${moveVersion(tenant, 'structure')}`);
const activityMoves = () => inOnePiece(`select pg_current_xact_id(); ${moveVersion(tenant, 'activity')}`);
const somebodyComes = () =>
  elsewhere.query(`insert into people (tenant_id, external_id, login, roles) values (${tenant}, gen_random_uuid(), gen_random_uuid(), '{LEARNER}')`);

/** What is written to the server, a write a time, until the given work is done. */
async function writesDuring(tx: OpenTransaction | undefined, work: () => Promise<unknown>): Promise<number> {
  const connection = async () => {
    const open = tx ?? (await database.begin(tenant, 'read'));
    const { stream } = (open.manager.queryRunner as unknown as { databaseConnection: { connection: { stream: Socket } } })
      .databaseConnection.connection;
    if (!tx) await open.commit();
    return stream;
  };
  const stream = await connection();
  const writes = [jest.spyOn(stream, '_write' as never), jest.spyOn(stream, '_writev' as never)];
  try {
    await work();
    return writes.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  } finally {
    for (const spy of writes) spy.mockRestore();
  }
}
type Socket = { _write(): void; _writev(): void };

test('the first read of a tenant waits for what it sees: nothing is expected of it', async () => {
  const tx = await ahead();
  expect(tx.begun).toBeUndefined();
  expect(tx.version).toBe('0');
  await tx.commit();
});

test('a read that goes on by what the one before saw knows its version once it has begun, and sends one message for two', async () => {
  await plain();
  await activityMoves(); // activity is no news to it
  const writes = await writesDuring(undefined, async () => {
    const tx = await ahead();
    expect(tx.version).toBeUndefined();
    expect(await one(tx)).toBe(1);
    expect(await tx.begun).toMatchObject({ version: '1' });
    expect(tx.version).toBe('1');
    database.endBehind(tx);
  });
  expect(writes).toBe(1);
});

test('a read that sees another structure tells nothing, remembers nothing, and says so', async () => {
  await plain();
  await structureMoves();
  const session = new Session(database, tenant, { ahead: true });
  const tx = (await session.read()) as OpenTransaction;
  expect(tx.memory.remember('name', 'made of what is no more')).toBe('made of what is no more');
  await expect(one(tx)).rejects.toThrow(SeenOtherwise);
  expect(await session.isAsExpected()).toBe(false);
  await session.close();
  const next = await ahead();
  expect(await one(next)).toBe(1);
  expect(next.memory.recall('name')).toBeUndefined();
  await next.commit();
});

test('what was asked before the read began is right where it still holds, and else the read is done over', async () => {
  await plain();
  await somebodyComes();
  const outdated = await ahead();
  expect(numberIn(outdated.firstAnswer)).toBe(0);
  await expect(one(outdated)).rejects.toThrow(SeenOtherwise);
  await outdated.commit();
  await somebodyComes();
  const held = await ahead();
  expect(numberIn(held.firstAnswer)).toBe(1);
  expect(await one(held)).toBe(1);
  expect(numberIn(held.firstAnswer)).toBe(2);
  await held.commit();
});

test('nothing is written by what a read was begun with, and is no more', async () => {
  await plain();
  await structureMoves();
  const session = new Session(database, tenant, { ahead: true });
  await session.read();
  let written = false;
  await expect(session.write(async () => void (written = true))).rejects.toThrow(SeenOtherwise);
  expect(written).toBe(false);
  await session.close();
});

test('what is remembered before it has begun is not, and what is remembered afterwards is', async () => {
  await plain();
  const tx = await ahead();
  tx.memory.remember('early', 1);
  await tx.begun;
  tx.memory.remember('late', 2);
  await tx.commit();
  const next = await ahead();
  expect([next.memory.recall('early'), next.memory.recall('late')]).toEqual([undefined, 2]);
  await next.commit();
});

test('after a write of this process nothing is expected', async () => {
  await plain();
  await database.transaction(tenant, 'write', tx => tx.query('select pg_current_xact_id()'));
  const tx = await ahead();
  expect(tx.begun).toBeUndefined();
  await tx.commit();
});

test('a read that cannot begin tells nothing of what was sent behind it, and leaves a sound connection', async () => {
  await plain();
  const session = new Session(database, tenant, { ahead: true });
  await elsewhere.query('begin; lock table tenant_versions in access exclusive mode');
  try {
    const tx = (await session.read()) as OpenTransaction;
    // Outside a transaction, and without a role or a tenant, if the server carried it out.
    await expect(one(tx)).rejects.toMatchObject({ code: '57014' });
    await expect(session.isAsExpected()).rejects.toMatchObject({ code: '57014' });
    await session.close();
  } finally {
    await elsewhere.query('rollback');
  }
  const tx = await ahead();
  expect(await one(tx)).toBe(1);
  await tx.commit();
});
