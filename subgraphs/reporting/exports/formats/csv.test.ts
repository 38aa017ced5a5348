import { Writable } from 'node:stream';
import { readCsv } from '../../../../test/exports';
import { text, whole, type Sheet } from '../sheets/sheet';
import { writeCsv } from './csv';

/** What a CSV of these names is written in, text by text. */
async function written(names: readonly string[]): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  const sheet: Sheet = {
    ...{ title: 'Report', about: [], asOf: new Date(), charts: [], total: names.length },
    columns: [text('name'), whole('attempts')],
    pages: (async function* () {
      yield names.map((name, n) => ({ charted: false, cells: [name, n] }));
    })(),
  };
  const write = (part: Buffer, _encoding: unknown, done: () => void): void => {
    parts.push(part);
    done();
  };
  await writeCsv(sheet, new Writable({ write }));
  return parts;
}

test('no text that is written is much longer than a row: a heap with a bound ends the process at one of a hundred megabytes', async () => {
  const names = Array.from({ length: 250 }, (_, n) => (n % 2 === 0 ? String(n) : String(n).padEnd(400_000, 'y')));
  const parts = await written(names);
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(1_000_000);
  expect(readCsv(Buffer.concat(parts))).toEqual([['name', 'attempts'], ...names.map((name, n) => [name, String(n)])]);
});

test('short rows are written many together', async () => {
  const names = Array.from({ length: 1_000 }, (_, n) => `Class ${n}`);
  expect(await written(names)).toHaveLength(1 + 10);
});
