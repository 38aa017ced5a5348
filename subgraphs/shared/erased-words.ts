/** By what somebody is named. */
export interface Names {
  login: string;
  externalId: string;
  givenName: string | null;
  familyName: string | null;
}

const shortest = 4;
const erased = '(erased)';

/** The words by which traces of somebody are found. */
export function erasedWords({ login, externalId, givenName, familyName }: Names): string[] {
  const whole = givenName && familyName ? [`${givenName} ${familyName}`, `${familyName}, ${givenName}`] : [];
  return [...new Set([...whole, login, externalId, givenName, familyName].filter(word => word !== null && word.trim() !== ''))] as string[];
}

/** A word that stands in many a text without meaning anybody: short, or a number. It counts where it is the whole value. */
const isCommon = (word: string): boolean => word.length < shortest || /^\d+$/.test(word);

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Words in a text, whatever the capitals, as whole words; null where none could be told from others. */
export function patternOf(words: readonly string[]): RegExp | null {
  const telling = words.filter(word => !isCommon(word));
  if (telling.length === 0) return null;
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${telling.map(escaped).join('|')})(?![\\p{L}\\p{N}])`, 'giu');
}

/** Takes somebody's words out of texts and JSON values. */
export class Eraser {
  private readonly pattern: RegExp | null;
  private readonly whole: ReadonlySet<string>;

  constructor(words: readonly string[]) {
    this.pattern = patternOf(words);
    this.whole = new Set(words.map(word => word.toLowerCase()));
  }

  text(text: string): string {
    if (this.whole.has(text.trim().toLowerCase())) return erased;
    return this.pattern ? text.replace(this.pattern, erased) : text;
  }

  json(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.whole.has(String(value)) ? erased : value;
    if (Array.isArray(value)) return value.map(item => this.json(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [this.text(key), this.json(inner)]));
  }
}

/** Spellings by which a database without a locale finds the words, in text and in JSON. */
export const spellings = (words: readonly string[]): string[] => [
  ...new Set(
    words
      .flatMap(word => [word, word.toLowerCase(), word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()])
      .flatMap(word => [word, JSON.stringify(word).slice(1, -1)]),
  ),
];
