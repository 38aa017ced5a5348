import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { guardedCell, unguardedCell } from './formula-guard';

test.each([
  ['a formula', '=1+1', "'=1+1"],
  ['a command', '=cmd|\' /C calc\'!A0', "'=cmd|' /C calc'!A0"],
  ['a plus', '+1', "'+1"],
  ['a minus', '-2+3', "'-2+3"],
  ['a function', '@SUM(A1)', "'@SUM(A1)"],
  ['a tab before a formula', '\t=1', "'\t=1"],
  ['a carriage return before one', '\r=1', "'\r=1"],
  ['a line feed before one', '\n=1', "'\n=1"],
  ['a space before a formula', ' =1', "' =1"],
  ['spaces of other kinds before one', '\u00a0\u3000\ufeff\u200b=1', "'\u00a0\u3000\ufeff\u200b=1"],
  ['a wide sign behind a space', ' ＠SUM(A1)', "' ＠SUM(A1)"],
  ['a space before text', ' Grade 4', ' Grade 4'],
  ['a wide equals sign', '＝1', "'＝1"],
  ['text', 'Grade 4', 'Grade 4'],
  ['an equals sign within', 'a=b', 'a=b'],
  ['nothing', '', ''],
  ['an apostrophe', "'tis", "'tis"],
])('%s', (_, text, expected) => {
  expect(guardedCell(text)).toBe(expected);
});

test.each([[-12.5], [0], [null], [true]])('%p stays what it is', value => {
  expect(guardedCell(value)).toBe(value);
});

test('no cell of a written file begins as a formula does, whatever the text, and the text comes back', () => {
  const hostile = fc.tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', "'", '', '＝', ' =', '\u3000+'), fc.string()).map(parts => parts.join(''));
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), texts => {
      const file = stringify([texts.map(guardedCell)], { quoted: true, record_delimiter: '\n' });
      const [cells] = parse(file, { record_delimiter: '\n', skip_empty_lines: false }) as string[][];
      for (const cell of cells!) expect(cell).not.toMatch(/^(?:[\t\r\n]|\s*[=+\-@])/);
      // An apostrophe of the text's own before such a sign is the one thing that cannot be told from the guard.
      const told = texts.filter(text => !/^'(?:[\t\r\n]|[\s\u200b]*[=+\-@＝＋－＠])/.test(text));
      expect(told.map(text => unguardedCell(guardedCell(text)))).toEqual(told);
    }),
  );
});
