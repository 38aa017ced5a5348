import fs from 'node:fs';
import { once } from 'node:events';
import { CsvError, parse } from 'csv-parse';
import { BadInput } from '../../../shared/bad-input';
import { Fields, RowProblem } from './fields';
import type { Row, Shape } from './shapes';

export type Read = { line: number; row: Row } | { line: number; reason: string };

/** A quote that is never closed would otherwise take in the rest of the file. */
const longestRecord = 1_000_000;

interface Parsed {
  record: string[];
  info: { lines: number };
}

/** Opens the file and looks at its header alone. */
export async function checkHeader(path: string, shape: Shape): Promise<void> {
  for await (const { record } of records(path, shape.file)) {
    positionsOf(record, shape);
    return;
  }
  const columns = shape.columns.join(', ');
  throw new BadInput(`${shape.file}: expected a header with the columns ${columns}; the file is empty`);
}

/** The rows of a file, each sound in itself or with the reason why it is not. Refuses a file that cannot be read. */
export async function* readRows(path: string, shape: Shape): AsyncGenerator<Read> {
  let header: { width: number; positions: Map<string, number> } | undefined;
  for await (const { record, info } of records(path, shape.file)) {
    if (!header) {
      header = { width: record.length, positions: positionsOf(record, shape) };
      continue;
    }
    const line = firstLine(record, info.lines);
    try {
      yield { line, row: readRow(record, header, shape) };
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      yield { line, reason: error.message };
    }
  }
}

function readRow(record: string[], header: { width: number; positions: Map<string, number> }, shape: Shape): Row {
  const surplus = record.slice(header.width);
  if (record.length < header.width || surplus.some(cell => cell.trim() !== '')) {
    throw new RowProblem(`expected ${header.width} fields, as in the header; ${record.length} came`);
  }
  for (const cell of record) {
    if (cell.includes('\u0000')) throw new RowProblem('expected text; a NUL character came');
    if (cell.includes('\uFFFD')) throw new RowProblem('expected UTF-8; bytes came that are none');
  }
  return shape.read(new Fields(record, header.positions));
}

async function* records(path: string, file: string): AsyncGenerator<Parsed> {
  const source = fs.createReadStream(path);
  const parser = parse({
    bom: true,
    info: true,
    // A file put together from several has several line ends.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: longestRecord,
  });
  source.on('error', error => parser.destroy(error));
  try {
    for await (const parsed of source.pipe(parser)) yield parsed as Parsed;
  } catch (error) {
    if (error instanceof CsvError) throw new BadInput(`${file}: expected CSV; ${saying(error)}`);
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new BadInput(`${file}: expected a file that can be read; ${(error as Error).message}`);
  } finally {
    parser.destroy();
    source.destroy();
    if (!source.closed) await once(source, 'close');
  }
}

function saying(error: CsvError): string {
  const { code } = error;
  const line = Number((error as { lines?: number }).lines);
  if (code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE') {
    const most = longestRecord.toLocaleString('en');
    return `a quoted field near line ${line} is not closed, or longer than ${most} characters`;
  }
  return error.message;
}

/** A quoted field may go over several lines; the parser counts up to the last of them. */
const firstLine = (record: string[], lastLine: number): number =>
  lastLine - record.reduce((breaks, cell) => breaks + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);

function positionsOf(header: string[], { file, columns, optional }: Shape): Map<string, number> {
  const names = header.map(name => name.trim());
  const found = names.filter(Boolean).join(', ');
  if (/[\u0000\uFFFD]/.test(found)) {
    throw new BadInput(`${file}: expected UTF-8; the header is in another encoding, or of another kind of file`);
  }
  const positions = new Map<string, number>();
  for (const column of [...columns, ...optional]) {
    const position = names.indexOf(column);
    if (position !== names.lastIndexOf(column)) {
      throw new BadInput(`${file}: expected the column '${column}' once; it came several times (${found})`);
    }
    if (position >= 0) positions.set(column, position);
    else if (columns.includes(column)) {
      const expected = columns.join(', ');
      throw new BadInput(`${file}: expected the columns ${expected}; '${column}' is missing (found: ${found})`);
    }
  }
  return positions;
}
