import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { guardedCell } from '../../../shared/formula-guard';
import type { Cell, Sheet, SheetRow } from '../sheets/sheet';

/** By it spreadsheet programs know that the text is UTF-8. */
const byteOrderMark = '\ufeff';

// A lone line feed or carriage return is quoted, too: readers take either for the end of a record.
const options = { record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const;

const asText = (records: Cell[][]): string => stringify(records, options);

/** Rows that become one text; and characters of their cells, after which there is no further row in it. */
const atOnce = { rows: 100, characters: 250_000 };

/**
 * The texts of a page. A hundred rows of long names would be one of many megabytes, which a heap with a bound may not
 * have in one piece: V8 then ends the process, and not the thread.
 */
function* textsOf(records: Iterable<Cell[]>): Generator<string> {
  let held: Cell[][] = [];
  let characters = 0;
  for (const record of records) {
    held.push(record);
    for (const cell of record) characters += typeof cell === 'string' ? cell.length : 0;
    if (held.length < atOnce.rows && characters < atOnce.characters) continue;
    yield asText(held);
    held = [];
    characters = 0;
  }
  if (held.length > 0) yield asText(held);
}

/** RFC 4180 with a byte order mark: a line of headings, then the rows. Numbers have all their digits. */
export async function writeCsv(sheet: Sheet, out: Writable): Promise<void> {
  const places = sheet.columns.flatMap(({ onlyPrinted }, place) => (onlyPrinted ? [] : [place]));
  const headings = places.map(place => guardedCell(sheet.columns[place]!.key));
  function* recordsOf(page: SheetRow[]): Generator<Cell[]> {
    for (const { cells } of page) yield places.map(place => guardedCell(cells[place]!));
  }
  out.write(byteOrderMark + asText([headings]));
  for await (const page of sheet.pages) {
    for (const text of textsOf(recordsOf(page))) {
      if (!out.write(text)) await once(out, 'drain');
    }
  }
  out.end();
}
