/**
 * Columns of values as PostgreSQL takes arrays in binary (array_recv). A batch has thousands of values: writing each as
 * text, quoting it and having it read again took longer than all else that is done to an event here.
 */

const int4 = 23;
const text = 25;
const timestamptz = 1184;
const uuid = 2950;
const headerBytes = 20;

/** One dimension, no null, the first element's number is 1. */
function emptyColumn(oid: number, { values, bytes }: { values: number; bytes: number }): Buffer {
  const column = Buffer.allocUnsafe(headerBytes + values * 4 + bytes);
  for (const [index, word] of [1, 0, oid, values, 1].entries()) column.writeInt32BE(word, index * 4);
  return column;
}

/** A column of int4. */
export function integers(values: readonly number[]): Buffer {
  const column = emptyColumn(int4, { values: values.length, bytes: values.length * 4 });
  let at = headerBytes;
  for (const value of values) {
    at = column.writeInt32BE(4, at);
    at = column.writeInt32BE(value, at);
  }
  return column;
}

const wordRange = 2 ** 32;
const year2000 = Date.UTC(2000, 0, 1);

/** A column of timestamptz: microseconds since 2000. */
export function moments(values: readonly Date[]): Buffer {
  const column = emptyColumn(timestamptz, { values: values.length, bytes: values.length * 8 });
  let at = headerBytes;
  for (const value of values) {
    const microseconds = (value.getTime() - year2000) * 1_000;
    const high = Math.floor(microseconds / wordRange);
    at = column.writeInt32BE(8, at);
    at = column.writeInt32BE(high, at);
    at = column.writeUInt32BE(microseconds - high * wordRange, at);
  }
  return column;
}

/** A column of uuid, each given as a text whose every character is one of its 16 bytes. */
export function uuids(values: readonly string[]): Buffer {
  const column = emptyColumn(uuid, { values: values.length, bytes: values.length * 16 });
  let at = headerBytes;
  for (const value of values) {
    at = column.writeInt32BE(16, at);
    at += column.write(value, at, 16, 'latin1');
  }
  return column;
}

/** A column of text. */
export function texts(values: readonly string[]): Buffer {
  let most = 0;
  for (const value of values) most += value.length * 3; // a UTF-16 unit takes three bytes of UTF-8 at most
  const column = emptyColumn(text, { values: values.length, bytes: most });
  let at = headerBytes;
  for (const value of values) {
    const bytes = column.write(value, at + 4, 'utf8');
    column.writeInt32BE(bytes, at);
    at += 4 + bytes;
  }
  return column.subarray(0, at);
}
