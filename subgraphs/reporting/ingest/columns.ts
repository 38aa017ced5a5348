import { endianness } from 'node:os';

/**
 * Columns of values as PostgreSQL takes arrays in binary (array_recv). A batch has thousands of values: writing each as
 * text, quoting it and having it read again took longer than all else that is done to an event here.
 */

const [int8, int4, timestamptz] = [20, 23, 1184] as const;
const [text, uuid] = [25, 2950] as const;
const headerWords = 5;
const isLittle = endianness() === 'LE';

/** As words of 32 bits in the machine's order: of one dimension, without nulls, the first element's number is 1. */
function words(oid: number, { values, each }: { values: number; each: number }): Int32Array {
  const column = new Int32Array(headerWords + values * each);
  column.set([1, 0, oid, values, 1]);
  return column;
}

/** PostgreSQL has the greatest byte first. */
function sent(column: Int32Array): Buffer {
  const bytes = Buffer.from(column.buffer);
  return isLittle ? bytes.swap32() : bytes;
}

/** A column of int4. */
export function integers(values: readonly number[]): Buffer {
  const column = words(int4, { values: values.length, each: 2 });
  let at = headerWords;
  for (const value of values) {
    column[at++] = 4;
    column[at++] = value;
  }
  return sent(column);
}

const wordRange = 2 ** 32;

/** A column of int8, of whole numbers that JavaScript keeps exactly. */
export const longs = (values: readonly number[]): Buffer => sent(longWords(int8, values));

function longWords(oid: number, values: readonly number[]): Int32Array {
  const column = words(oid, { values: values.length, each: 3 });
  let at = headerWords;
  for (const value of values) {
    const high = Math.floor(value / wordRange);
    column[at++] = 8;
    column[at++] = high;
    column[at++] = value - high * wordRange; // taken modulo 2^32, as any number is
  }
  return column;
}

const year2000 = Date.UTC(2000, 0, 1);

/** A column of timestamptz: microseconds since 2000. */
export const moments = (values: readonly Date[]): Buffer =>
  sent(longWords(timestamptz, values.map(value => (value.getTime() - year2000) * 1_000)));

/** A column of uuid, each given as a text whose every character is one of its 16 bytes. */
export function uuids(values: readonly string[]): Buffer {
  const all = values.join('');
  if (all.length !== values.length * 16) throw new Error('a uuid has 16 bytes');
  const given = Buffer.alloc(all.length);
  given.write(all, 'latin1');
  // The bytes stand as they are: turned once here, and again with all words.
  const bytes = isLittle ? given.swap32() : given;
  const from = new Int32Array(bytes.buffer, bytes.byteOffset, values.length * 4);
  const column = words(uuid, { values: values.length, each: 5 });
  let at = headerWords;
  for (let index = 0; index < from.length; index++) {
    if (index % 4 === 0) column[at++] = 16;
    column[at++] = from[index]!;
  }
  return sent(column);
}

/** A column of text. */
export function texts(values: readonly string[]): Buffer {
  let most = headerWords * 4;
  for (const value of values) most += 4 + value.length * 3; // a UTF-16 unit takes three bytes of UTF-8 at most
  const column = Buffer.allocUnsafe(most);
  sent(words(text, { values: values.length, each: 0 })).copy(column);
  let at = headerWords * 4;
  for (const value of values) {
    const bytes = column.write(value, at + 4, 'utf8');
    column.writeInt32BE(bytes, at);
    at += 4 + bytes;
  }
  return column.subarray(0, at);
}
