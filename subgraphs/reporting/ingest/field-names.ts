import { distance } from 'fastest-levenshtein';
import { LRUCache } from 'lru-cache';

const all = [
  ...['eventId', 'classId', 'userId', 'occurredAt', 'score', 'secondsSpent', 'kind', 'subject', 'contentSource'],
  ...['framework', 'competency', 'status'],
] as const;

/** What an event may say, by the names it says it under. */
export type FieldName = (typeof all)[number];

const known: ReadonlySet<string> = new Set(all);

export const isFieldName = (name: string): boolean => known.has(name);

/** Words of their own, a letter from a field's name: what they name is no misspelt score, kind or status. */
const words = new Set(['core', 'scope', 'scored', 'store', 'find', 'kid', 'mind', 'states', 'stats']);

/** Senders use a few names, for ever; one who makes names up gets no more memory than this. */
const meant = new LRUCache<string, FieldName | 'none'>({ max: 500 });
const longestName = 32;

const plain = (name: string): string => name.replace(/[^a-z]/gi, '').toLowerCase();

const spelt = all.map(field => ({ field, letters: plain(field) }));

/**
 * The field that a name which is none was to be: the same but for capitals and what is between words, or for one letter
 * that makes no other word.
 */
export function fieldMeantBy(name: string): FieldName | undefined {
  if (name.length > longestName || words.has(name)) return undefined;
  let found = meant.get(name);
  if (!found) {
    found = closestTo(plain(name)) ?? 'none';
    meant.set(name, found);
  }
  return found === 'none' ? undefined : found;
}

/** Lengths tell most apart, and a body may have millions of names. */
const closestTo = (name: string): FieldName | undefined =>
  spelt.find(({ letters }) => Math.abs(letters.length - name.length) <= 1 && distance(letters, name) <= 1)?.field;
