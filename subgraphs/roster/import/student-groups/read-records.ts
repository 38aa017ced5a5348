import { CsvError, parse } from 'csv-parse';

/** What cannot be read as comma-separated UTF-8; the message is what a failure of the file says. */
export class NotCsv extends Error {
  override readonly name = 'NotCsv';
}

/** Characters of one record; a quote that is never closed would otherwise take in the rest of the file. */
const longestRecord = 20_000;

/**
 * The records of a file, the header too, as they come: commas alone separate; a byte order mark, CR, LF and CRLF are
 * fine; empty lines are none; what is not UTF-8 comes as U+FFFD. Throws NotCsv behind the last record that can be read.
 */
export async function* readRecords(bytes: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let records: string[][] = [];
  const parser = parse({
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRecord,
    // Taken as they are read: of those in a stream's buffer, nothing would be left once a later record fails.
    on_record: (record: string[]) => {
      records.push(record);
      return null;
    },
  });
  let failure: Error | undefined;
  parser.on('error', error => (failure = error)).resume();
  function* taken(): Generator<string[]> {
    const there = records;
    records = [];
    yield* there;
    if (failure) throw failure instanceof CsvError ? new NotCsv(saying(failure)) : failure;
  }
  try {
    const decoder = new TextDecoder();
    for await (const chunk of bytes) {
      const text = decoder.decode(chunk, { stream: true });
      if (text === '') continue;
      await new Promise<void>(resolve => void parser.write(text, () => resolve()));
      yield* taken();
    }
    await new Promise<void>(resolve => {
      parser.once('close', resolve);
      parser.end(decoder.decode());
    });
    yield* taken();
  } finally {
    parser.destroy();
  }
}

function saying({ code }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'Record has a quote that is not closed';
    case 'CSV_MAX_RECORD_SIZE':
      return `Record has more than ${longestRecord} characters, or a quote that is not closed`;
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'Record has text behind a closing quote';
    case 'INVALID_OPENING_QUOTE':
      return 'Record has a quote within a field that is not quoted';
    default:
      return 'Record is not comma-separated text';
  }
}
