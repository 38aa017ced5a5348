import type { Writable } from 'node:stream';
import { setImmediate as others } from 'node:timers/promises';
import { stream } from 'exceljs';
import { guardedCell } from '../../../shared/formula-guard';
import type { Cell, Sheet } from '../sheets/sheet';

/** A sheet of a workbook has 2^20 rows. */
const mostRows = 1_000_000;
/** Rows between two pauses, in which other requests are answered and what is written is packed. */
const rowsAtOnce = 250;

/** Characters of a cell: of a longer one spreadsheet programs say that the workbook is damaged. */
const longestCell = 32_767;

/** What XML cannot hold is left out of a cell; and readers of XML know one kind of line end. */
function writable(cell: Cell): Cell {
  if (typeof cell !== 'string') return cell;
  const text = guardedCell(cell.replace(/\r\n?/g, '\n').replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, ''));
  const cut = text.length <= longestCell ? text : `${text.slice(0, longestCell - 1).replace(/[\ud800-\udbff]$/, '')}…`;
  // To readers of a workbook _x0041_ is the letter A: what looks like that has its first sign written so (ST_Xstring).
  return cut.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}

/** A workbook: the rows, on as many sheets as they need, and a sheet that says what they are of. */
export async function writeXlsx(sheet: Sheet, out: Writable): Promise<void> {
  const { asOf } = sheet;
  const workbook = new stream.xlsx.WorkbookWriter({
    ...{ stream: out, useSharedStrings: false, useStyles: true },
    zip: { zlib: { level: 6 }, forceLocalTime: false },
  });
  Object.assign(workbook, { created: asOf, modified: asOf, creator: 'Strata', lastModifiedBy: 'Strata' });
  const places = sheet.columns.flatMap(({ onlyPrinted }, place) => (onlyPrinted ? [] : [place]));
  const begin = (name: string) => {
    const begun = workbook.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
    const headings = begun.addRow(places.map(place => writable(sheet.columns[place]!.key)));
    headings.font = { bold: true };
    headings.commit();
    return begun;
  };

  let rows = 0;
  let current = begin('Report');
  for await (const page of sheet.pages) {
    for (const { cells } of page) {
      if (rows > 0 && rows % mostRows === 0) {
        current.commit();
        current = begin(`Report ${rows / mostRows + 1}`);
      }
      current.addRow(places.map(place => writable(cells[place]!))).commit();
      if (++rows % rowsAtOnce === 0) await packed(out);
    }
    await packed(out);
  }
  current.commit();
  const about = workbook.addWorksheet('About');
  about.addRow(['Report', sheet.title]).commit();
  for (const [name, value] of sheet.about) about.addRow([name, writable(value)]).commit();
  about.commit();
  await workbook.commit();
}

/** Gives way to others; and waits for who takes the bytes, which the library does not. */
async function packed(out: Writable): Promise<void> {
  do await others();
  while (out.writableNeedDrain);
}
