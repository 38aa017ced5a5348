import { badInput } from './errors';
import { readCursor, type CursorKeys } from './paging';

interface Kinds {
  /** What the database can read as text. */
  word: string;
  /** As the database numbers things. */
  number: number;
}

const isA: { [Kind in keyof Kinds]: (key: CursorKeys[number] | undefined) => boolean } = {
  word: key => typeof key === 'string' && !key.includes('\0'),
  number: key => Number.isInteger(key) && Math.abs(Number(key)) < 2 ** 31,
};

/**
 * The place where a page begins, null for the first: a cursor's sort keys, each of its kind. Cursors come from callers:
 * what the database could not compare with is no cursor.
 */
export function readPlace<const Place extends readonly (keyof Kinds)[]>(
  cursor: string | null | undefined,
  question: unknown,
  kinds: Place,
): { -readonly [Index in keyof Place]: Kinds[Place[Index]] } | null {
  const keys = readCursor(cursor, question);
  if (!keys) return null;
  if (keys.length !== kinds.length || !kinds.every((kind, index) => isA[kind](keys[index]))) {
    throw badInput('after must be the endCursor of an earlier page; this is none.');
  }
  return keys as never;
}

/** Whether a text is a moment that the database can read, as it writes them or as JavaScript does. */
export function isMoment(text: string): boolean {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-5])(?::[0-5]\d){0,2})$/.exec(text) ?? [];
  const moment = new Date(`${day}T${time}Z`);
  // The 30th of February is read as a day in March.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 19) === `${day}T${time}` && !day!.startsWith('0000');
}
