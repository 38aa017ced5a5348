import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { guardedCell } from '../../../shared/formula-guard';
import type { Cell, Sheet } from '../sheets/sheet';

/** By it spreadsheet programs know that the text is UTF-8. */
const byteOrderMark = '\ufeff';

// A lone line feed or carriage return is quoted, too: readers take either for the end of a record.
const options = { record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const;

const asText = (records: Cell[][]): string => stringify(records, options);

/** Rows that become one text: a page of them, of long names, would be a text of a hundred megabytes. */
const rowsAtOnce = 100;

/** RFC 4180 with a byte order mark: a line of headings, then the rows. Numbers have all their digits. */
export async function writeCsv(sheet: Sheet, out: Writable): Promise<void> {
  const places = sheet.columns.flatMap(({ onlyPrinted }, place) => (onlyPrinted ? [] : [place]));
  const headings = places.map(place => guardedCell(sheet.columns[place]!.key));
  out.write(byteOrderMark + asText([headings]));
  for await (const page of sheet.pages) {
    for (let at = 0; at < page.length; at += rowsAtOnce) {
      const records = page.slice(at, at + rowsAtOnce).map(({ cells }) => places.map(place => guardedCell(cells[place]!)));
      if (!out.write(asText(records))) await once(out, 'drain');
    }
  }
  out.end();
}
