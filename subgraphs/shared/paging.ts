import { createHash } from 'node:crypto';
import { badInput } from './errors';

const largestPage = 1000;

export interface Page {
  first: number;
  after?: string | null | undefined;
}

/** Where a page begins: after the element with these sort keys. */
export type CursorKeys = (string | number | null)[];

export function checkFirst(first: number): number {
  if (first < 0 || first > largestPage) throw badInput(`first must be between 0 and ${largestPage}, not ${first}.`);
  return first;
}

const fingerprint = (question: unknown): string =>
  createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 12);

/** A cursor remembers the question it belongs to, without showing it. */
export const writeCursor = (keys: CursorKeys, question: unknown): string =>
  Buffer.from(JSON.stringify([fingerprint(question), ...keys])).toString('base64url');

/** What a caller is told whose cursor is none. */
export const noCursor = () => badInput('after must be the endCursor of an earlier page; this is none.');

/** The sort keys of a cursor, null without one. Refuses what is no cursor, and one that belongs to another question. */
export function readCursor(cursor: string | null | undefined, question: unknown): CursorKeys | null {
  if (cursor === null || cursor === undefined) return null;
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    content = null;
  }
  if (!Array.isArray(content) || typeof content[0] !== 'string' || content.length < 2) {
    throw noCursor();
  }
  const [belongsTo, ...keys] = content as [string, ...CursorKeys];
  if (belongsTo !== fingerprint(question)) {
    throw badInput('after belongs to a list with other arguments; use it with the arguments of the page it came from.');
  }
  return keys;
}

/** A text that the database can hold; a moment that it can read; or a number, as it numbers things. */
type KeyKind = 'text' | 'moment' | 'number';
type PlaceOf<Kinds> = { -readonly [Name in keyof Kinds]: Kinds[Name] extends 'number' ? number : string };

/** As the database writes moments or as JavaScript does. */
const writtenMoment = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-5])(?::[0-5]\d){0,2})$/;

function isMoment(text: string): boolean {
  const [, day, time] = writtenMoment.exec(text) ?? [];
  const moment = new Date(`${day}T${time}Z`);
  // The 30th of February is read as a day in March.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 19) === `${day}T${time}` && !day!.startsWith('0000');
}

const isOf: Record<KeyKind, (key: unknown) => boolean> = {
  text: key => typeof key === 'string' && !key.includes('\0'),
  moment: key => typeof key === 'string' && isMoment(key),
  number: key => Number.isInteger(key) && Math.abs(key as number) < 2 ** 31,
};

/**
 * The sort keys of a cursor by name, in the order in which they were written; else as `readCursor`. Cursors come from
 * callers: what has other keys is none.
 */
export function readPlace<const Kinds extends Record<string, KeyKind>>(
  cursor: string | null | undefined,
  question: unknown,
  kinds: Kinds,
): PlaceOf<Kinds> | null {
  const keys = readCursor(cursor, question);
  if (!keys) return null;
  const named = Object.entries(kinds);
  if (keys.length !== named.length || !named.every(([, kind], at) => isOf[kind](keys[at]))) throw noCursor();
  return Object.fromEntries(named.map(([name], at) => [name, keys[at]])) as PlaceOf<Kinds>;
}

const collator = new Intl.Collator('und');

/** Names in the root collation, as people expect to find them. */
export const compareNames = (a: string, b: string): number => collator.compare(a, b);
