import { gzipSync } from 'node:zlib';
import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { event, lines, load, look, sample } from '../../../../test/sample-bundle';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  const { 'activity.ndjson': _, ...roster } = sample();
  await load(database, roster);
});
afterEach(() => database.drop());

const scored = (eventId: string, score: number, more = {}): string =>
  event('north', { eventId, classId: 'c1', userId: 'l1', score, ...more });

test('events of several tenants in turn, more than a batch holds, all arrive, packed or not', async () => {
  const events = Array.from({ length: 6_000 }, (_, index) => {
    const fields = { eventId: `e${index}`, classId: 'c1', userId: 'l1', score: index % 100 };
    return event(index % 3 === 0 ? 'south' : 'north', fields);
  });
  const { files, tenants } = await load(database, { 'activity.ndjson.gz': gzipSync(lines(...events)) });
  expect(files).toEqual({ 'activity.ndjson.gz': { added: 6_000, changed: 0, unchanged: 0, rejected: 0 } });
  expect(tenants.map(tenant => tenant.externalId)).toEqual(['north', 'south']);
  expect(await look(database, `select tenant_id, sum(attempts)::int as attempts from class_days group by 1 order by 1`))
    .toEqual([{ tenant_id: 2, attempts: 4_000 }, { tenant_id: 3, attempts: 2_000 }]);
  const again = await load(database, { 'activity.ndjson': events.join('\r\n') });
  expect(again.files['activity.ndjson']).toEqual({ added: 0, changed: 0, unchanged: 6_000, rejected: 0 });
});

test('a problem is told with its line, empty lines counted', async () => {
  const { problems, files } = await load(database, {
    'activity.ndjson': lines(
      `\uFEFF${scored('a', 1)}`, '', scored('b', 101), '   ', scored('c', 2), scored('d', 3, { classId: 'c9' }),
      event('north', { eventId: 7 }), scored('', 1), `{"tenant_id":"north","eventId":"${'x'.repeat(200_000)}"}`,
      scored('x'.repeat(600), 1), scored('f', 4, { subject: 'line\u2028separator' }),
    ),
  });
  expect(problems.map(({ line, reason }) => [line, reason])).toEqual([
    [3, 'score must be a number of percent from 0 to 100, not 101.'],
    [6, "There is no class 'c9'."],
    [7, 'eventId must be text, not 7.'],
    [8, 'eventId is missing.'],
    [9, 'expected one event a line; this line is longer than any event'],
    [10, 'eventId may have 512 characters at most; it has 600.'],
  ]);
  expect(files['activity.ndjson']).toEqual({ added: 3, changed: 0, unchanged: 0, rejected: 6 });
});

test('of lines with one event id the first that is accepted stands', async () => {
  const { problems, files } = await load(database, {
    'activity.ndjson': lines(
      scored('a', 1), scored('a', 1), scored('a', 2), scored('b', 3, { userId: 'l9' }), scored('b', 3), scored('b', 4),
      scored('c', 101), scored('c', 101),
    ),
  });
  const known = 'CONFLICT: An event with this id and other contents was accepted before; that one stands.';
  const tooMuch = 'score must be a number of percent from 0 to 100, not 101.';
  expect(problems.map(({ line, reason }) => [line, reason])).toEqual([
    [3, known], [4, "There is no user 'l9'."], [6, known], [7, tooMuch], [8, tooMuch],
  ]);
  expect(files['activity.ndjson']).toEqual({ added: 2, changed: 0, unchanged: 1, rejected: 5 });
  expect(await look(database, 'select sum(score_sum)::int as sum from class_days')).toEqual([{ sum: 40_000 }]);
});

test('progress is told, and ends at the number of lines', async () => {
  const said: [file: string, done: number, total?: number][] = [];
  await load(database, { 'activity.ndjson': `${scored('a', 1)}\n${scored('b', 1)}` }, {
    onProgress: (...words) => said.push(words),
  });
  expect(said.at(-1)).toEqual(['activity.ndjson', 2, 2]);
});
