import { createTestDatabase, type TestDatabase } from '../../../test/database';
import { Database } from '../../shared/database/database';
import { integers, longs, moments, texts, uuids } from './columns';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = await Database.connect({ url: testDatabase.url, stepDown: true, entities: [] });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

/** What PostgreSQL reads in a column, as text. */
const read = (type: string, column: Buffer): Promise<string[]> =>
  database.transaction(1, 'read', async tx => {
    const rows = await tx.query<{ value: string }>(
      `select sent.value::text as value from unnest($1::${type}[]) with ordinality sent(value, place) order by sent.place`,
      [column],
    );
    return rows.map(row => row.value);
  });

test('whole numbers are read as they were written', async () => {
  const values = [0, 1, -1, 255, 256, 2 ** 31 - 1, -(2 ** 31)];
  expect(await read('int', integers(values))).toEqual(values.map(String));
});

test('large whole numbers are read as they were written', async () => {
  const values = [0, 1, -1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  expect(await read('bigint', longs(values))).toEqual(values.map(String));
});

test('texts are read as they were written', async () => {
  const values = ['', 'a', 'NULL', '{"a,b"}', 'back\\slash', 'é', '漢字', '🙂', '\ud800', 'x'.repeat(10_000)];
  expect(await read('text', texts(values))).toEqual(values.map(value => value.replace('\ud800', '\ufffd')));
});

test('moments are read to the millisecond, of all years that are taken in', async () => {
  const values = ['1900-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z', '1999-12-31T23:59:59.999Z', '2000-01-01T00:00:00.000Z',
    '2026-03-14T09:26:53.589Z', '9999-12-31T23:59:59.999Z'];
  const found = await read('timestamptz', moments(values.map(value => new Date(value))));
  expect(found.map(value => new Date(value).toISOString())).toEqual(values);
});

test('sixteen bytes are read as they were written', async () => {
  const values = ['00000000000000000000000000000000', 'ffffffffffffffffffffffffffffffff', '000a0d7f80c39fe2a0ff0122275c2c7b'];
  const found = await read('uuid', uuids(values.map(value => Buffer.from(value, 'hex').toString('latin1'))));
  expect(found.map(value => value.replaceAll('-', ''))).toEqual(values);
});

test('an empty column has no values', async () => {
  for (const [type, column] of Object.entries({ int: integers([]), text: texts([]), uuid: uuids([]), timestamptz: moments([]) })) {
    expect(await read(type, column)).toEqual([]);
  }
});
