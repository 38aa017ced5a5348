import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { badInput, Problem } from '../../shared/errors';
import type { HeldBody } from './body-room';
import { rejectedAlready, whyNameless, type Rejection } from './event';

export const mostMegabytes = 32;
const mostBytes = mostMegabytes * 1024 * 1024;

/** Records of one request: each that is rejected takes its place in the answer, however short it was. */
export const mostRecords = 200_000;

const mediaTypes = [
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/json',
  // What programs say that know no better; the contents tell a list from lines.
  'text/plain',
  'application/octet-stream',
];

interface EventsBody {
  headers: Readonly<Record<string, string | undefined>>;
  body: AsyncIterable<Buffer>;
}

/**
 * The body of a request with events, unzipped and to its end: of one that breaks off, nothing is taken. Throws
 * TOO_LARGE as soon as it is too large, whatever its zipped size, RATE_LIMITED where there is no room for it.
 */
export async function readEventsBody({ headers, body }: EventsBody, held: Pick<HeldBody, 'claim'>): Promise<Buffer> {
  const mediaType = headers['content-type']?.split(';')[0]!.trim().toLowerCase();
  if (mediaType && !mediaTypes.includes(mediaType)) {
    throw badInput(
      `Events come as application/x-ndjson, one a line, or as a list in application/json, not as ${mediaType}.`,
    );
  }
  const encoding = headers['content-encoding']?.trim().toLowerCase() || 'identity';
  if (encoding === 'identity') return collect(body, held);
  if (encoding === 'gzip' || encoding === 'x-gzip') return collect(unzipped(body), held);
  throw badInput(`The body may be sent as it is or with Content-Encoding: gzip, not ${encoding}.`);
}

async function collect(chunks: AsyncIterable<Buffer>, { claim }: Pick<HeldBody, 'claim'>): Promise<Buffer> {
  const collected: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      const limit = `Events may be ${mostMegabytes} MB at most in one request, unzipped; please send them in parts.`;
      throw new Problem('TOO_LARGE', limit);
    }
    claim(chunk.length);
    collected.push(chunk);
  }
  return Buffer.concat(collected);
}

async function* unzipped(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const zipped = Readable.from(body);
  const gunzip = createGunzip();
  let brokenOff: unknown;
  zipped.on('error', error => {
    brokenOff = error;
    gunzip.destroy(error);
  });
  try {
    yield* zipped.pipe(gunzip);
  } catch {
    if (brokenOff) throw brokenOff;
    throw badInput('The body is not gzip, although its Content-Encoding says so.');
  } finally {
    gunzip.destroy();
    zipped.destroy();
  }
}

const newline = 0x0a;

/** Where a body begins behind a byte order mark, and whether it is a JSON list. */
function formOf(bytes: Buffer): { begin: number; isList: boolean } {
  const begin = bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  return { begin, isList: /^\s*\[/.test(bytes.toString('latin1', begin, begin + 1_000)) };
}

/**
 * The records of a body: the elements of a JSON list, or a record a line. A line that is no JSON, or a record without an
 * id, is rejected by where it stands, and `rejectedAlready` takes its place; a list that is no JSON throws. Call
 * `countEvents` before.
 */
export function* readEvents(bytes: Buffer, reject: (rejection: Rejection) => void): Generator<unknown> {
  const { begin, isList } = formOf(bytes);
  const rejectAt = (place: string, reason: string) => reject({ eventId: '', code: 'BAD_USER_INPUT', message: `${place}: ${reason}` });
  if (isList) {
    for (const [index, value] of readList(bytes.subarray(begin)).entries()) {
      const nameless = whyNameless(value);
      if (nameless) rejectAt(`event ${index + 1}`, nameless);
      yield nameless ? rejectedAlready : value;
    }
    return;
  }
  let start = begin;
  for (let line = 1; start < bytes.length; line++) {
    const next = bytes.indexOf(newline, start);
    const end = next < 0 ? bytes.length : next;
    const text = bytes.subarray(start, end);
    start = end + 1;
    if (isBlank(text)) continue;
    const read = parse(text);
    const reason = 'value' in read ? whyNameless(read.value) : read.reason;
    if (reason) rejectAt(`line ${line}`, reason);
    yield reason ? rejectedAlready : (read as { value: unknown }).value;
  }
}

const tooMany = (): Problem =>
  new Problem('TOO_LARGE', `Events may be ${mostRecords.toLocaleString('en')} at most in one request; please send them in parts.`);

const [quote, backslash, brace, bracket] = [...Buffer.from('"\\{[')];

/**
 * How many records a body has at most, by its lines or by its objects and lists, told by its bytes before anything is made
 * of them: `{},` a million times takes a hundred times its size. A sound record has one brace beside those in its texts.
 * Throws where there are too many.
 */
export function countEvents(bytes: Buffer): number {
  const { isList } = formOf(bytes);
  let lines = 0;
  let objects = isList ? -1 : 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === newline) {
      lines++;
      inText = false; // no text of JSON has a line's end
    } else if (byte === quote) inText = !inText;
    else if (inText) at += byte === backslash && bytes[at + 1] !== newline ? 1 : 0;
    else if (byte === brace || byte === bracket) objects++;
  }
  const records = isList ? objects : Math.max(objects, lines);
  if (records > mostRecords) throw tooMany();
  return records;
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const isBlank = (text: Buffer): boolean => text.every(byte => byte === 0x20 || byte === 0x09 || byte === 0x0d);

function readList(bytes: Buffer): unknown[] {
  const read = parse(bytes);
  if ('value' in read && Array.isArray(read.value)) {
    if (read.value.length > mostRecords) throw tooMany();
    return read.value;
  }
  const reason = 'reason' in read ? read.reason : 'it is no list.';
  throw badInput(`The body begins like a JSON list of events, but is none: ${reason}`);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parse(bytes: Buffer): { value: unknown } | { reason: string } {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { reason: 'it is not UTF-8.' };
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { reason: 'it is not JSON.' };
  }
}
