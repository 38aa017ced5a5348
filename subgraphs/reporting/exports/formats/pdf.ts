import type { Writable } from 'node:stream';
import { setImmediate as others } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import type { Cell, CellKind, Column, Sheet, SheetRow } from '../sheets/sheet';
import { drawCharts, heightOfCharts, mostBars } from './pdf-chart';
import { Lettering } from './pdf-lettering';

const margin = 36;
const size = 7.5;
const lineHeight = 10.5;
const padding = 2;
const gap = 6;
/** Rows that may be read before the first page, to find the bars of the charts. */
const rowsAhead = 3_000;
const rowsAtOnce = 50;
const bytesWaiting = 1024 * 1024;

interface PrintedColumn {
  place: number;
  title: string;
  kind: CellKind;
  x: number;
  width: number;
}

/** Averages and sums of scores have two decimals on paper. */
const printed = (cell: Cell, kind: CellKind): string =>
  cell === null ? '' : typeof cell === 'number' && kind === 'percent' ? cell.toFixed(2) : String(cell);

/** Where the columns of a sheet stand on the page. */
function layOut(columns: readonly Column[], width: number): PrintedColumn[] {
  const shown = columns.flatMap((column, place) => (column.printed ? [{ ...column.printed, kind: column.kind, place }] : []));
  const room = shown.reduce((sum, column) => sum + column.room, 0);
  let x = margin;
  return shown.map(({ room: share, ...column }) => {
    const wide = (width * share) / room;
    const placed = { ...column, x, width: wide - gap };
    x += wide;
    return placed;
  });
}

/** Title, what it is of, charts of the first children, and a table over as many pages as it takes. */
export async function writePdf(sheet: Sheet, out: Writable): Promise<void> {
  const { asOf, title } = sheet;
  const doc = new PDFDocument({
    ...{ size: 'A4', layout: 'landscape', margin, autoFirstPage: false, lang: 'en', displayTitle: true },
    info: { Title: `Strata: ${title}`, Creator: 'Strata', Producer: 'Strata', CreationDate: asOf, ModDate: asOf },
  });
  doc.pipe(out);
  const page = new Page(doc, sheet);
  const { first, rest } = await ahead(sheet);
  page.begin(first.filter(({ charted }) => charted).slice(0, mostBars));
  for await (const rows of concatenated(first, rest)) {
    for (const [index, row] of rows.entries()) {
      page.row(row);
      // Others are let work in between, and what is written is taken away.
      if (index % rowsAtOnce === 0) do await others();
      while (doc.readableLength > bytesWaiting && !out.destroyed);
    }
  }
  doc.end();
}

/** The first rows, until there are bars enough. */
async function ahead({ pages }: Sheet): Promise<{ first: SheetRow[]; rest: AsyncIterator<SheetRow[]> }> {
  const rest = pages[Symbol.asyncIterator]();
  const first: SheetRow[] = [];
  while (first.length < rowsAhead && first.filter(({ charted }) => charted).length < mostBars) {
    const next = await rest.next();
    if (next.done) break;
    first.push(...next.value);
  }
  return { first, rest };
}

async function* concatenated(first: SheetRow[], rest: AsyncIterator<SheetRow[]>): AsyncGenerator<SheetRow[]> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** The pages, one after the other. */
class Page {
  private readonly letters: Lettering;
  private readonly bottom: number;
  private columns: PrintedColumn[] = [];
  private y = margin;
  private number = 0;

  constructor(
    private readonly doc: PDFKit.PDFDocument,
    private readonly sheet: Sheet,
  ) {
    this.letters = new Lettering(doc);
    this.bottom = 595.28 - margin - lineHeight; // A4, landscape
  }

  /** The first page, down to the table. */
  begin(charted: SheetRow[]): void {
    const { sheet, letters, doc } = this;
    this.turn();
    this.columns = layOut(sheet.columns, doc.page.width - 2 * margin);
    letters.write(sheet.title, { x: margin, y: this.y, size: 16, bold: true });
    this.y += 24;
    for (const [name, value] of sheet.about) {
      const lines = letters.linesOf(value, { width: doc.page.width - 2 * margin - 90, size: 8.5 });
      for (const [index, line] of lines.entries()) {
        if (this.y > this.bottom - lineHeight) this.turn();
        if (index === 0) letters.write(name, { x: margin, y: this.y, size: 8.5, bold: true });
        letters.write(line, { x: margin + 90, y: this.y, size: 8.5 });
        this.y += 12;
      }
    }
    if (this.y + 8 + heightOfCharts(charted) > this.bottom) this.turn();
    this.y = drawCharts({ doc, letters, sheet, rows: charted, x: margin, y: this.y + 8, width: doc.page.width - 2 * margin });
    if (this.y > this.bottom - 4 * lineHeight) this.turn();
    this.headings();
  }

  /** A row that is higher than what is left goes onto the next page; one that is higher than a page, over several. */
  row({ cells }: SheetRow): void {
    const lines = this.columns.map(({ place, kind, width }) => {
      const text = printed(cells[place]!, kind);
      return kind === 'text' ? this.letters.linesOf(text, { width, size }) : [text];
    });
    const most = Math.max(...lines.map(({ length }) => length));
    if (this.y + most * lineHeight > this.bottom) this.turnTable();
    for (let first = 0; first < most; ) {
      if (first > 0) this.turnTable();
      const count = Math.min(most - first, Math.floor((this.bottom - this.y) / lineHeight));
      this.linesOfRow(lines.map(all => all.slice(first, first + count)));
      this.y += count * lineHeight;
      first += count;
    }
    this.y += padding;
  }

  private linesOfRow(lines: readonly string[][]): void {
    for (const [index, { x, width, kind }] of this.columns.entries()) {
      for (const [line, text] of lines[index]!.entries()) {
        const left = kind === 'text' ? x : x + width - this.letters.widthOf(text, size);
        if (text !== '') this.letters.write(text, { x: left, y: this.y + line * lineHeight, size });
      }
    }
  }

  private turnTable(): void {
    this.turn();
    this.headings();
  }

  private headings(): void {
    for (const { title, x, width, kind } of this.columns) {
      const left = kind === 'text' ? x : x + width - this.letters.widthOf(title, size, true);
      this.letters.write(title, { x: left, y: this.y, size, bold: true });
    }
    this.y += lineHeight + 1;
    this.doc.moveTo(margin, this.y).lineTo(this.doc.page.width - margin, this.y).lineWidth(0.5).stroke('#888888');
    this.doc.fillColor('#000000');
    this.y += 3;
  }

  /** A new page, with its number at the foot. */
  private turn(): void {
    this.doc.addPage();
    this.number++;
    this.y = margin;
    const foot = `Page ${this.number}`;
    const x = this.doc.page.width - margin - this.letters.widthOf(foot, size);
    this.letters.write(foot, { x, y: this.doc.page.height - margin, size });
    this.letters.write(`As of ${this.sheet.asOf.toISOString()}`, { x: margin, y: this.doc.page.height - margin, size });
  }
}
