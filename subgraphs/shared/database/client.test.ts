import type { Socket } from 'node:net';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { OwnClient } from './client';
import { Database, type Transaction } from './database';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [], poolSize: 1 });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const one = (tx: Transaction, value: number) => tx.query<{ value: number }>('select $1::int as value', [value]).then(([row]) => row!.value);

describe('statements that are asked for at the same time', () => {
  test('are each answered with their own rows, those of repositories too, without a warning of pg', async () => {
    const warnings: string[] = [];
    const hear = ({ message }: Error) => warnings.push(message);
    process.on('warning', hear);
    const answers = await database.transaction(1, 'read', tx =>
      Promise.all([
        ...Array.from({ length: 50 }, (_, value) => one(tx, value)),
        tx.manager.query('select 50 as value').then(rows => rows[0].value),
        tx.query<{ value: string }>('select repeat($1, 2000000) as value', ['x']).then(([row]) => row!.value.length),
        ...Array.from({ length: 50 }, (_, index) => one(tx, 52 + index)),
      ]),
    );
    await new Promise(resolve => setImmediate(resolve));
    process.off('warning', hear);
    expect(answers).toEqual(Array.from({ length: 102 }, (_, index) => (index === 51 ? 2_000_000 : index)));
    expect(warnings).toEqual([]);
  });

  test('need not wait for each other\'s answers: they are on their way before the first one comes', async () => {
    const { commits } = await database.transaction(1, 'read', async tx => {
      const slow = tx.query('select pg_sleep(0.2)');
      const sent = (tx.manager.queryRunner as unknown as { databaseConnection: { _sentQueryQueue: object[] } }).databaseConnection;
      const next = [one(tx, 1), one(tx, 2)];
      const commits = sent._sentQueryQueue.length;
      await Promise.all([slow, ...next]);
      return { commits };
    });
    expect(commits).toBe(2);
  });

  test('of which one fails take the transaction with them, and leave the connection as good as new', async () => {
    const outcomes = await database
      .transaction(1, 'read', async tx => {
        const all = await Promise.allSettled([one(tx, 1), tx.query('select 1 / ($1::int - 1)', [1]), one(tx, 2), one(tx, 3)]);
        expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
        throw (all[1] as PromiseRejectedResult).reason;
      })
      .catch(error => error);
    expect(outcomes).toMatchObject({ code: '22012' });
    expect(await database.transaction(1, 'read', tx => Promise.all([one(tx, 4), one(tx, 5)]))).toEqual([4, 5]);
  });

  test('and are given up stop for good, and the next one finds a sound connection', async () => {
    const giveUp = new AbortController();
    const given = database.transaction(
      1,
      'read',
      async tx => {
        const all = Promise.allSettled([tx.query('select pg_sleep(30)'), one(tx, 1), one(tx, 2)]);
        setTimeout(() => giveUp.abort(), 50);
        return all;
      },
      giveUp.signal,
    );
    const [first, ...others] = await given;
    expect(first).toMatchObject({ status: 'rejected', reason: { code: '57014' } });
    expect(others.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await database.transaction(1, 'read', tx => Promise.all([one(tx, 6), one(tx, 7)]))).toEqual([6, 7]);
  });
});

describe('a read that is over', () => {
  const pid = 'select pg_backend_pid() as pid, pg_current_xact_id_if_assigned() as xact, now() as begun';
  const stateOf = async (pids: unknown[]) =>
    (await other.query('select state from pg_stat_activity where pid = any($1)', [pids])).rows.map(({ state }) => state);
  let other: Client;
  beforeAll(async () => {
    other = new Client({ connectionString: testDatabase.adminUrl });
    await other.connect();
  });
  afterAll(() => other.end());

  /** Reads, and ends behind its answer. */
  async function readOver() {
    const tx = await database.begin(1, 'read');
    const [row] = await tx.query<{ pid: number; begun: Date }>(pid);
    database.endBehind(tx);
    return row!;
  }

  test('is ended by the next one, which sees its own moment', async () => {
    const first = await readOver();
    await other.query('select pg_sleep(0.001)');
    const second = await database.transaction(1, 'read', async tx => (await tx.query<{ pid: number; begun: Date }>(pid))[0]!);
    expect(second.pid).toBe(first.pid);
    expect(second.begun).not.toEqual(first.begun);
  });

  test('is ended without a next one, too', async () => {
    const { pid: backend } = await readOver();
    let states: string[] = [];
    for (let tries = 0; tries < 200 && states[0] !== 'idle'; tries++) {
      await new Promise(resolve => setTimeout(resolve, 5));
      states = await stateOf([backend]);
    }
    expect(states).toEqual(['idle']);
  });

  test.each([
    ['a question', () => database.version(1).then(() => 1)],
    ['a write', () => database.transaction(1, 'write', tx => one(tx, 1))],
    ['a look at the connection', () => database.ping().then(() => 1)],
    ['a repository', () => database.transaction(1, 'read', tx => tx.manager.query('select 1 as value').then(rows => rows[0].value))],
  ])('is ended by %s', async (_what, next) => {
    await readOver();
    expect(await next()).toBe(1);
  });

  test('is ended where it had failed', async () => {
    const tx = await database.begin(1, 'read');
    await expect(tx.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
    database.endBehind(tx);
    expect(await database.transaction(1, 'read', next => one(next, 8))).toBe(8);
  });

  test('is waited for where something of it is still on its way', async () => {
    const tx = await database.begin(1, 'read');
    const slow = tx.query<{ late: string }>("select 'late' as late from pg_sleep(0.1)");
    database.endBehind(tx);
    expect(await database.transaction(1, 'read', next => one(next, 9))).toBe(9);
    expect(await slow).toEqual([{ late: 'late' }]);
  });

  test('does not keep the database from being closed', async () => {
    const closing = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [], poolSize: 1 });
    const tx = await closing.begin(1, 'read');
    closing.endBehind(tx);
    await closing.close();
  });
});

describe('a message that is held back', () => {
  let client: OwnClient;
  beforeEach(async () => {
    client = new OwnClient({ connectionString: testDatabase.url, poolName: 'held' });
    await client.connect();
  });
  const stream = () => (client as unknown as { connection: { stream: Socket } }).connection.stream;
  afterEach(() => {
    client.on('error', () => undefined);
    stream().destroy(); // whatever is still held back
  });
  const corked = () => stream().writableCorked;
  const ask = (value: number): Promise<{ rows: object[] }> => client.query('select $1::int as value', [value]);

  test('leaves with the one behind it', async () => {
    client.holdBack();
    const first = ask(1);
    expect(corked()).toBe(1);
    const second = ask(2);
    expect(corked()).toBe(0);
    expect((await Promise.all([first, second])).map(({ rows }) => rows)).toEqual([[{ value: 1 }], [{ value: 2 }]]);
  });

  test('leaves by itself where none is behind it', async () => {
    client.holdBack();
    expect((await ask(3)).rows).toEqual([{ value: 3 }]);
    expect(corked()).toBe(0);
  });

  test('leaves too where others are held back before it has', async () => {
    client.holdBack();
    const first = ask(4);
    client.holdBack();
    const second = ask(5);
    client.holdBack();
    const third = ask(6);
    expect((await Promise.all([first, second, third])).map(({ rows }) => rows)).toEqual([[{ value: 4 }], [{ value: 5 }], [{ value: 6 }]]);
    expect(corked()).toBe(0);
    await new Promise(resolve => setImmediate(resolve));
    expect(corked()).toBe(0);
  }, 10_000);
});
