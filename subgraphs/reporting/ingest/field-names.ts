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

/** Senders use a few names, for ever; one who makes names up gets no more memory than this. */
const meant = new LRUCache<string, FieldName | 'none'>({ max: 500 });
const longestName = 32;

const plain = (name: string): string => name.replace(/[^a-z]/gi, '').toLowerCase();

/** The field that a name which is none was to be: the same but for capitals and what is between words, or for one letter. */
export function fieldMeantBy(name: string): FieldName | undefined {
  if (name.length > longestName) return undefined;
  let found = meant.get(name);
  if (!found) {
    const letters = plain(name);
    found = letters ? (all.find(field => distance(plain(field), letters) <= 1) ?? 'none') : 'none';
    meant.set(name, found);
  }
  return found === 'none' ? undefined : found;
}
