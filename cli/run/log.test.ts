import { DataSource, EntitySchema } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../test/database';
import { createLog } from './log';

const name = 'Ximena O\'Hara';

let database: TestDatabase;
let source: DataSource;
const Person = new EntitySchema<{ name: string; age: number }>({
  name: 'person_of_test',
  columns: { name: { type: 'text', primary: true }, age: { type: 'int' } },
});
beforeAll(async () => {
  database = await createTestDatabase();
  source = await new DataSource({ type: 'postgres', url: database.adminUrl, entities: [Person], synchronize: true }).initialize();
  await source.getRepository(Person).insert({ name, age: 7 });
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const thrownBy = (work: () => Promise<unknown>): Promise<Error> => work().then(() => Promise.reject(new Error('it went well')), error => error);

/** What a log says of an error. */
async function logged(error: unknown): Promise<{ text: string; err: Record<string, unknown> }> {
  const lines: string[] = [];
  createLog('info', { write: line => void lines.push(line) }).error({ err: error }, 'an operation failed');
  const text = lines.join('');
  return { text, err: JSON.parse(text).err };
}

test.each<[string, () => Promise<unknown>, Record<string, unknown>]>([
  ['a name that is there already', () => source.getRepository(Person).insert({ name, age: 8 }), { code: '23505', constraint: expect.any(String), table: 'person_of_test' }],
  ['a value that is no number', () => source.query('select * from person_of_test where age = $1', [name]), { code: '22P02' }],
  ['a name in a statement', () => source.query(`select * from person_of_test where age = '${name.replace('\'', '\'\'')}'`), { code: '22P02' }],
  ['text that is no JSON', async () => JSON.parse(name), { type: 'SyntaxError' }],
  ['an error within an error', async () => { throw new Error('it failed', { cause: new Error(`there is no "${name}"`) }); }, { message: 'it failed', cause: expect.objectContaining({ message: 'there is no …' }) }],
  ['several errors in one', async () => { throw new AggregateError([Object.assign(new Error(`there is no "${name}"`), { code: '42501' })], 'of 1 tenants not all could be purged'); }, { message: 'of 1 tenants not all could be purged', errors: [expect.objectContaining({ message: 'there is no …', code: '42501' })] }],
])('of %s a log says what went wrong and where, and not who', async (_, work, expected) => {
  const error = await thrownBy(work);
  expect(JSON.stringify([error.message, error, error.cause, (error as { driverError?: object }).driverError, String(error.cause), String((error as AggregateError).errors)])).toContain('Ximena'); // it is there to be left out
  const { text, err } = await logged(error);
  expect(err).toMatchObject({ stack: expect.stringMatching(/^\s+at .*/), ...expected });
  expect(text).not.toMatch(/Ximena|Hara/);
});

test('what is thrown and is no error is told by its kind', async () => {
  const { err } = await logged(name);
  expect(err).toEqual({ type: 'string' });
});
