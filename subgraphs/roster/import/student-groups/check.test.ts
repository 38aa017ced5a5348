import { checkFile } from './check';
import { columns } from './columns';

const header = columns.join(',');
const known = new Set(['s1', 's2']);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const check = (contents: string | Buffer, pieces = 7) =>
  checkFile(inPieces(Buffer.from(contents), pieces), async ids => new Set(ids.filter(id => known.has(id))));
const rows = (...lines: string[]) => check([header, ...lines].join('\n'));
const failure = (row: number, words: string) => `Row: ${row} Failure: ${words}`;

const headersWrong = [
  failure(0, `Invalid headers. Headers must be in order: [${header}]`),
  failure(0, 'File does not appear to be a valid CSV with a header row'),
].join('\n');

test.each([
  ['nothing at all', '', failure(0, 'Empty file')],
  ['a header alone', `${header}\n`, failure(0, 'Empty file')],
  ['empty lines alone', '\n\r\n\n', failure(0, 'Empty file')],
  ['other headers', 'a,b,c\n1,2,3\n', headersWrong],
  ['headers in another order', `${[...columns].reverse().join(',')}\n`, headersWrong],
  ['a header too many', `${header},more\n`, headersWrong],
  ['a doubled header', `${header.replace('school_year', 'group_name')}\n`, headersWrong],
  ['semicolons', `${header.replaceAll(',', ';')}\n`, headersWrong],
  ['UTF-16', Buffer.from(`\uFEFF${header}\n`, 'utf16le'), headersWrong],
  ['a header that never ends', `"${header}`, headersWrong],
])('of %s', async (_, contents, message) => {
  expect(await check(contents)).toMatchObject({ sound: false, looksRight: contents.includes(`${header}\n`), message });
});

test.each([
  ['a school', 'G,,2018,All,,', 'Record does not contain a school'],
  ['a group name', ' ,s1,2018,All,,', 'Record does not contain a group name'],
  ['a school year', 'G,s1,,All,,', 'Record does not contain a school year'],
])('a row without %s says so', async (_, row, words) => {
  expect((await rows('G,s1,2018,,,', row)).message).toBe(failure(2, words));
});

test.each([
  ['G,s1,18,,,', 'Invalid school year: 18'],
  ['G,s1,2018.5,,,', 'Invalid school year: 2018.5'],
  ['G,s1,9999,,,', 'Invalid school year: 9999'],
  ['G,s1,2018,Art,,', 'Invalid subject: Art'],
  ['G,s9,2018,,,', 'School [s9] can not be found'],
  ['=1+1,s1,2018,,,', 'Invalid group name: =1+1'],
  ['＝1+1,s1,2018,,,', 'Invalid group name: ＝1+1'],
  ['G,s1,2018,,@x,', 'Invalid student ssid: @x'],
  ['G,s1,2018,,,+x', 'Invalid user login: +x'],
  ['G\0,s1,2018,,,', 'Invalid group name: G?'],
  [`${'x'.repeat(256)},s1,2018,,,`, `Invalid group name: ${'x'.repeat(200)}…`],
  ['G,s1,2018,,', `Record has 5 fields; expected 6: [${header}]`],
  ['G,s1,2018,,,,', `Record has 7 fields; expected 6: [${header}]`],
  ['G,"s1,2018,,,', 'Record has a quote that is not closed'],
  ['"G"x,s1,2018,,,', 'Record has text behind a closing quote'],
  ['G"x,s1,2018,,,', 'Record has a quote within a field that is not quoted'],
])('%s: %s', async (row, words) => {
  expect((await rows(row)).message).toBe(failure(1, words));
});

test('what is not UTF-8 is said of the record where it stands', async () => {
  const latin = Buffer.concat([Buffer.from(`${header}\nG,s1,2018,,,\n`), Buffer.from('Gé,s1,2018,,,\n', 'latin1')]);
  expect((await check(latin, 1)).message).toBe(failure(2, 'Record is not UTF-8'));
});

test('all that is wrong with a row is said', async () => {
  expect((await rows(',s9,x,Art,,')).message).toBe(
    [
      failure(1, 'Record does not contain a group name'),
      failure(1, 'Invalid school year: x'),
      failure(1, 'Invalid subject: Art'),
      failure(1, 'School [s9] can not be found'),
    ].join('\n'),
  );
});

test('a school whose rows have ended does not come again', async () => {
  const { message } = await rows('A,s1,2018,,,', 'A,s2,2018,,,', 'B,s1,2018,,,');
  expect(message).toBe(failure(3, 'School [s1] is out-of-order: sort CSV by school, group, year'));
});

test('nor does a group, which name, school and year identify', async () => {
  const { message } = await rows('A,s1,2018,,,', 'A,s1,2019,,,', 'A,s2,2018,,,', 'B,s2,2018,,,', 'A,s2,2018,,,');
  expect(message).toBe(failure(5, 'Record is out-of-order: sort CSV by school, group, year'));
});

test('a group has one subject; a row may leave it out', async () => {
  expect(await rows('A,s1,2018,math,,', 'A,s1,2018,,,', 'A,s1,2018,MATH,,')).toMatchObject({ sound: true });
  expect((await rows('A,s1,2018,All,,', 'A,s1,2018,ELA,,')).message).toBe(
    failure(2, 'Record is attempting to re-define group subject from [All] to [ELA]'),
  );
});

test('a group has 200 students at most; one that is listed twice is one', async () => {
  const students = Array.from({ length: 200 }, (_, n) => `A,s1,2018,,S${n},`);
  expect(await rows(...students, ...students)).toMatchObject({ sound: true, records: 400 });
  expect((await rows(...students, 'A,s1,2018,,S200,', 'B,s1,2018,,,')).message).toBe(
    failure(201, 'School [s1] Group [A] contains 201 students.  Maximum students allowed per group is 200'),
  );
});

test('the first hundred failures are told, and the others counted', async () => {
  const { message } = await rows(...Array.from({ length: 130 }, () => 'A,s9,2018,,,'));
  const lines = message.split('\n');
  expect(lines).toHaveLength(101);
  expect(lines.slice(99)).toEqual([failure(100, 'School [s9] can not be found'), 'With 30 additional validation failures']);
});

test.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('%s, a byte order mark, headers in any case, blanks around fields and quotes are fine', async (_, end) => {
  const lines = [` ${header.toUpperCase()} `, ' A , s1 , 2018 , all , S1 , u ', '', '"B, ""b""",s1,2018,,,'];
  for (const pieces of [1, 2, 3, 1_000]) {
    expect(await check(`\uFEFF${lines.join(end)}${end}`, pieces)).toEqual({
      sound: true, looksRight: true, records: 2, message: '2 groups accepted for s1.',
    });
  }
});
