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
    throw badInput('after must be the endCursor of an earlier page; this is none.');
  }
  const [belongsTo, ...keys] = content as [string, ...CursorKeys];
  if (belongsTo !== fingerprint(question)) {
    throw badInput('after belongs to a list with other arguments; use it with the arguments of the page it came from.');
  }
  return keys;
}

const collator = new Intl.Collator('und');

/** Names in the root collation, as people expect to find them. */
export const compareNames = (a: string, b: string): number => collator.compare(a, b);
