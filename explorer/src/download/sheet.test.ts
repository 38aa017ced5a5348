import { parse } from 'csv-parse/sync';
import readExcel from 'read-excel-file/node';
import { harmless, toCsv } from './sheet';

const formulas = ['=1+1', '+49', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1+1', ' =1+1', '\u3000@SUM(A1)'];

test('a text that a spreadsheet would calculate is kept from it, a number is not', async () => {
  expect(formulas.map(harmless)).toEqual(formulas.map(text => `'${text}`));
  expect(harmless('a=b')).toBe('a=b');
  const file = toCsv({ about: [], head: ['name', 'difference'], rows: [['=1+1', -5]] });
  expect(await file.text()).toContain("'=1+1,-5\r\n");
});

test('what is written as CSV is read back as it was', async () => {
  const rows = [['a "quoted", text', 1.5], ['two\nlines', 0], ['', null]];
  const read = parse(await toCsv({ about: [['Period', '2026']], head: ['n', 'v'], rows }).text(), {
    bom: true,
    relaxColumnCount: true,
    skipEmptyLines: false,
  }) as string[][];
  expect(read).toEqual([['Period', '2026'], [''], ['n', 'v'], ['a "quoted", text', '1.5'], ['two\nlines', '0'], ['', '']]);
});

test('a workbook has numbers as numbers and no formula', async () => {
  const { toXlsx } = await import('./sheet');
  const file = await toXlsx({ about: [['Period', '2026']], head: ['n', 'v'], rows: [['=1+1', 2.5], ['b', null]] });
  const sheets = await readExcel(Buffer.from(await file.arrayBuffer()));
  expect(sheets).toEqual([
    { sheet: 'Report', data: [['n', 'v'], ["'=1+1", 2.5], ['b', null]] },
    { sheet: 'About', data: [['Period', '2026']] },
  ]);
});
