import { randomFillSync } from 'node:crypto';
import type { Random } from '../cli/generate/random';
import { file, header } from './group-files';

/** A file that must be refused, and how it is wrong. */
export interface Malformed {
  kind: string;
  contents: Buffer;
  /** demo.csv when omitted. */
  name?: string;
}

const groupsOf = (random: Random, school: string): string[][] =>
  Array.from({ length: 2 + random.below(8) }, (_, n) => [
    `Group ${Math.floor(n / 3)}`, school, '2026', '', `S${random.below(1_000)}`, random.below(2) ? '' : `u${n}@example.com`,
  ]);

/** One field of one row is replaced. */
function withField(rows: string[][], random: Random, { column, value }: { column: number; value: string }): Buffer {
  const changed = rows.map(row => [...row]);
  changed[random.below(rows.length)]![column] = value;
  return Buffer.from(file(...changed.map(row => row.join(','))));
}

const text = (rows: string[][]): string => file(...rows.map(row => row.join(',')));
const oneOf = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)]!;
/** Name, ssid or login: fields of any text. */
const freeColumn = (random: Random): number => oneOf(random, [0, 4, 5]);

type Maker = (rows: string[][], random: Random, school: string) => Buffer | Omit<Malformed, 'kind'>;

const makers: Record<string, Maker> = {
  'cut off within a record': (rows, random) => {
    const cut = random.below(rows.length);
    const fields = rows[cut]!.slice(0, 1 + random.below(5));
    return Buffer.from(file(...rows.slice(0, cut).map(row => row.join(','))) + fields.join(','));
  },
  'cut off within the header': (_rows, random) => Buffer.from(header.slice(0, 1 + random.below(header.length - 1))),
  'a quote that is not closed': (rows, random) =>
    withField(rows, random, { column: random.below(6), value: '"open' }),
  'a quote within a field': (rows, random) => withField(rows, random, { column: freeColumn(random), value: 'a"b' }),
  'text behind a quote': (rows, random) => withField(rows, random, { column: freeColumn(random), value: '"a"b' }),
  'a NUL': (rows, random) => withField(rows, random, { column: freeColumn(random), value: 'a\0b' }),
  'a NUL where the school stands': (rows, random, school) => withField(rows, random, { column: 1, value: `${school}\0` }),
  'a byte order mark in the middle': (rows, random) =>
    withField(rows, random, { column: 1 + random.below(2), value: '20\uFEFF26' }),
  'a CR within a record': (rows, random) => withField(rows, random, { column: freeColumn(random), value: 'a\rb' }),
  'a quoted line end in a field': (rows, random) => withField(rows, random, { column: freeColumn(random), value: '"a\nb"' }),
  'UTF-16': (rows, random) => {
    const bytes = Buffer.from(`${random.below(2) ? '\uFEFF' : ''}${text(rows)}`, 'utf16le');
    return random.below(2) ? bytes.swap16() : bytes;
  },
  'Latin-1': (rows, random) =>
    Buffer.from(withField(rows, random, { column: freeColumn(random), value: 'Café' }).toString(), 'latin1'),
  'half a character': (rows, random) =>
    Buffer.concat([withField(rows, random, { column: 0, value: 'x' }), Buffer.from([0xe2, 0x82])]),
  'a huge field': (rows, random) =>
    withField(rows, random, { column: random.below(6), value: 'x'.repeat(300 * 10 ** random.below(4)) }),
  'a missing column': (rows, random) => {
    const gone = random.below(6);
    const without = (row: string[]) => row.filter((_, index) => index !== gone).join(',');
    const [first, ...rest] = [header.split(','), ...rows].map(without);
    return Buffer.from([random.below(2) ? first : header, ...rest].join('\n'));
  },
  'a doubled column': (rows, random) => {
    const twice = random.below(6);
    const doubled = (row: string[]) => [...row.slice(0, twice + 1), ...row.slice(twice)].join(',');
    const [first, ...rest] = [header.split(','), ...rows].map(doubled);
    return Buffer.from([random.below(2) ? first : header, ...rest].join('\n'));
  },
  'columns in another order': rows =>
    Buffer.from([header.split(',').reverse().join(','), ...rows.map(row => row.join(','))].join('\n')),
  'a formula': (rows, random) =>
    withField(rows, random, {
      column: freeColumn(random),
      value: oneOf(random, ['=1+1', "=cmd|' /C calc'!A0", '+1', '-1', '@SUM(A1)', ' =HYPERLINK(A1)']),
    }),
  'a path for a name': (rows, random) => ({
    contents: Buffer.from(text(rows)),
    name: oneOf(random, ['../../etc/passwd', '/etc/passwd', 'C:\\temp\\x.csv', '..', '..\\..\\x.csv', 'a/b.csv']),
  }),
  'another separator': (rows, random) =>
    Buffer.from(text(rows).replaceAll(',', oneOf(random, [';', '\t', '|']))),
  'another kind of file': (_rows, random) =>
    Buffer.from(oneOf(random, ['%PDF-1.7\n', 'PK\x03\x04', '<html></html>', '{"groups": []}', 'sep=,\n'])),
  'random bytes': (_rows, random) => randomFillSync(Buffer.alloc(1 + random.below(2_000))),
  'nothing': () => Buffer.alloc(0),
  'a header alone': (_rows, random) => Buffer.from(random.below(2) ? header : `${header}\r\n\r\n`),
  'another year': (rows, random) =>
    withField(rows, random, { column: 2, value: oneOf(random, ['', '26', '20266', 'two', '2026.0', '-2026', '٢٠٢٦']) }),
  'an unknown school': (rows, random) => withField(rows, random, { column: 1, value: oneOf(random, ['', 'none', "' or 1=1"]) }),
  'an unknown subject': (rows, random) => withField(rows, random, { column: 3, value: 'Art' }),
  'too many students': (_rows, random, school) =>
    Buffer.from(file(...Array.from({ length: 201 + random.below(50) }, (_, n) => `G,${school},2026,,T${n},`))),
  'a group in two pieces': (_rows, _random, school) =>
    Buffer.from(file(`A,${school},2026,,,`, `B,${school},2026,,,`, `A,${school},2026,,,`)),
  'two subjects': (_rows, _random, school) => Buffer.from(file(`A,${school},2026,Math,,`, `A,${school},2026,ELA,,`)),
};

export function malformedFile(index: number, random: Random, school: string): Malformed {
  const kinds = Object.keys(makers);
  const kind = kinds[index % kinds.length]!;
  const made = makers[kind]!(groupsOf(random, school), random, school);
  return { kind, ...(Buffer.isBuffer(made) ? { contents: made } : made) };
}
