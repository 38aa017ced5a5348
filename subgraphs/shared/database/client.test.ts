import { createTestDatabase, type TestDatabase } from '../../../test/database';
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
