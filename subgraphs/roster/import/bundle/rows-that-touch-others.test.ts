import { createTestDatabase, type TestDatabase } from '../../../../test/database';
import { event, lines, load, look, sample, sampleWith, type Bundle } from '../../../../test/sample-bundle';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

test('what refers to a rejected row is rejected with it', async () => {
  const { files, problems } = await load(database, sampleWith({
    'tenants.csv': ['east,East,moon,UTC'],
    'classes.csv': ['north,c3,Class 3,,,,nowhere,', 'east,c1,Class 1,,,,,'],
    'placements.csv': ['north,india,class,c3,school,1'],
    'enrolments.csv': ['north,c3,l1,STUDENT,ACTIVE,2026-01-05,'],
    'activity.ndjson': [event('north', { eventId: 'e9', classId: 'c3', userId: 'l1', score: 1 })],
  }));
  expect(problems.map(({ file, line }) => `${file} ${line}`).sort()).toEqual([
    'activity.ndjson 4', 'classes.csv 5', 'classes.csv 6', 'enrolments.csv 6', 'placements.csv 10', 'tenants.csv 4',
  ]);
  expect(files['classes.csv']!.added).toBe(3);
});

test('a ring of rows is not written, whatever their order', async () => {
  const { problems } = await load(database, sampleWith({
    'groups.csv': ['north,a,block,A,', 'north,b,block,B,'],
    'placements.csv': ['north,india,block,a,block,b', 'north,india,block,b,block,a'],
  }));
  const ring = (above: string, below: string) =>
    `parent_id: expected a parent above its child; ${above} hangs below ${below}, so this would make a ring`;
  expect(problems.map(({ line, reason }) => [line, reason])).toEqual([
    [10, ring("the block 'b'", "the block 'a'")],
    [11, ring("the block 'a'", "the block 'b'")],
  ]);
});

test('the mapping and placements.csv cannot give a school two countries', async () => {
  const { files, problems } = await load(database, sampleWith({
    'groups.csv': ['north,np,country,Nepal,'],
    'placements.csv': ['north,sap,school,1,country,np'],
  }));
  expect(problems).toEqual([{
    file: 'country_school_mapping.csv',
    line: 2,
    reason: "CONFLICT: expected one parent in a hierarchy; country 'in' came, "
      + "and line 10 of placements.csv places it under country 'np'",
  }]);
  expect(files['placements.csv']!.added).toBe(9);
});

test('whoever is rejected keeps their login, also from a row that asks for it', async () => {
  await load(database, sample());
  const { files, problems } = await load(database, {
    'users.csv': lines(
      'tenant_id,user_id,login,role,given_name,family_name',
      'north,new,teacher@north,TEACHER,,',
      'north,t1,LEARNER@north,TEACHER|OFFICER,Asha,Naik',
      'north,l1,learner@north,LEARNER,"Ravi, jr.",',
    ),
  });
  expect(problems.map(({ line, reason }) => [line, reason])).toEqual([
    [2, "login: expected one that nobody else in this tenant has; 'teacher@north' is that of the user 't1'"],
    [3, "login: expected one that nobody else in this tenant has; 'LEARNER@north' is that of the user 'l1'"],
  ]);
  expect(files['users.csv']).toEqual({ added: 0, changed: 0, unchanged: 1, rejected: 2 });
});

test('somebody who was erased is not loaded again', async () => {
  await load(database, sample());
  await look(database, `update people set deleted_at = now() where tenant_id = 3`);
  const { problems } = await load(database, sample());
  expect(problems.filter(({ file }) => file === 'users.csv')).toEqual([
    { file: 'users.csv', line: 4, reason: "user_id: expected a user who has not been erased; 'l1' has" },
  ]);
});

test('bytes that are not UTF-8 spoil their row alone', async () => {
  const bundle: Bundle = sample();
  const groups = Buffer.from(sample()['groups.csv']!);
  bundle['groups.csv'] = Buffer.concat([groups, Buffer.from('north,2,school,\xFF,\n', 'latin1')]);
  bundle['activity.ndjson'] = Buffer.concat([
    Buffer.from('{"tenant_id":"north","eventId":"\xC3"}\n', 'latin1'),
    Buffer.from(sample()['activity.ndjson']!),
  ]);
  const { files, problems } = await load(database, bundle);
  expect(problems).toEqual([
    { file: 'groups.csv', line: 8, reason: 'expected UTF-8; bytes came that are none' },
    { file: 'activity.ndjson', line: 1, reason: 'expected UTF-8; bytes came that are none' },
  ]);
  expect(files['activity.ndjson']).toEqual({ added: 3, changed: 0, unchanged: 0, rejected: 1 });
});

test('all rejected rows are counted, the first thousand of a file told', async () => {
  const bad = Array.from({ length: 1_500 }, (_, index) => `north,nobody-${index},district,d1`);
  const { files, problems } = await load(database, sampleWith({ 'grants.csv': bad }));
  expect(files['grants.csv']).toEqual({ added: 1, changed: 0, unchanged: 0, rejected: 1_500 });
  expect(problems.map(({ line }) => line)).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 3));
});
