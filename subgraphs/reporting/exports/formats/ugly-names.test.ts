import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { readPdf, readXlsx } from '../../../../test/exports';
import { ExportFormat } from '../export.type';
import { text, whole, type Sheet } from '../sheets/sheet';
import { formats } from '.';

const asOf = new Date('2026-03-20T12:00:00Z');
const charted = { charts: [{ title: 'Attempts', length: 'attempts', name: 'name' }] };

/** A file of these rows: a name, what it is below, and a number. */
async function made(format: ExportFormat, names: readonly string[], more: Partial<Sheet> = {}): Promise<Buffer> {
  const sheet: Sheet = {
    ...{ title: 'Report', about: [['Node', 'Acme']], asOf, charts: [], total: names.length },
    columns: [
      text('name', { title: 'Name', room: 4 }),
      { ...text('path', { title: 'Below', room: 3 }), onlyPrinted: true },
      whole('attempts', 'Attempts'),
      ...Array.from({ length: 9 }, (_, n) => whole(`n${n}`, `No ${n}`)),
    ],
    pages: (async function* () {
      yield names.map((name, n) => ({ charted: true, cells: [name, name, n, ...Array<number>(9).fill(7)] }));
    })(),
    ...more,
  };
  const out = new PassThrough();
  const [bytes] = await Promise.all([buffer(out), formats[format].write(sheet, out)]);
  return bytes;
}

/** A4, landscape. */
const width = 841.89;
const height = 595.28;

/** All texts of a PDF; fails where one stands beyond the paper. */
function onPaper(bytes: Buffer): string[] {
  const shown = readPdf(bytes).pages.flat().filter(({ str }) => str.trim() !== '');
  const beyond = shown.filter(one => one.y < 0 || one.y > height || one.x < 0 || one.x + one.width > width);
  expect(beyond).toEqual([]);
  return shown.map(({ str }) => str);
}

/** Different ones, of so many letters and more. */
const words = (length: number, count: number): string[] => Array.from({ length: count }, (_, n) => String(n).padStart(length, 'W'));

describe('a PDF', () => {
  test.each([
    ['words that leave half of each line free', words(9, 60).join(' ')],
    ['one word', 'W'.repeat(600)],
    ['emoji', '🏫'.repeat(300)],
    ['lines', words(3, 120).join('\n')],
  ])('has on its pages all of a name of %s', async (_, name) => {
    const printed = onPaper(await made(ExportFormat.PDF, ['before', name, 'after'])).join('');
    for (const word of new Set(name.split(/\s+/))) expect(printed).toContain(word.slice(0, 5));
    expect(printed).toContain('after');
  });

  test('has a row that is higher than a page over two of them', async () => {
    const word = 'W'.repeat(10);
    const printed = onPaper(await made(ExportFormat.PDF, ['before', Array<string>(60).fill(word).join(' '), 'after']));
    expect(printed.join('').replace(/[^W]/g, '')).toHaveLength(2 * 546); // of the first 600 characters, in two columns
    expect(printed.filter(one => one === 'after')).toHaveLength(2);
  });

  test('has its chart on paper, however much is said above it', async () => {
    const about = ['Node', 'Path', 'Subject', 'Content source', 'Framework'].map((name): [string, string] => [name, words(9, 55).join(' ')]);
    const names = Array.from({ length: 20 }, (_, n) => `child ${n}`);
    const printed = onPaper(await made(ExportFormat.PDF, names, { about, ...charted }));
    for (const name of names) expect(printed.filter(one => one === name)).toHaveLength(3); // in the chart, in two columns
  });
});

describe('a workbook', () => {
  test('has names as they are that look like what a workbook writes for signs', async () => {
    const names = ['_x0041_', 'a_x000D_b', '_x005F_', '__x0041__', '_xZZZZ_', '_x003D_1+1'];
    const [sheet] = await readXlsx(await made(ExportFormat.XLSX, names));
    expect(sheet!.data.slice(1).map(([name]) => name)).toEqual(names);
  });

  test('cuts a name that is longer than a cell may be', async () => {
    const [sheet] = await readXlsx(await made(ExportFormat.XLSX, ['x'.repeat(40_000), `=${'x'.repeat(32_766)}`, 'x'.repeat(32_767)]));
    const cells = sheet!.data.slice(1).map(([name]) => String(name));
    expect(cells.map(({ length }) => length)).toEqual([32_767, 32_767, 32_767]);
    expect(cells.map(cell => cell.endsWith('…'))).toEqual([true, true, false]);
  });
});
