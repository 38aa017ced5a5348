/**
 * Public ids: a letter for the kind, then our number in base 36, always seven characters in all, so that their order
 * as text is their order as numbers. To clients they are opaque.
 */
export type Kind =
  | 'tenant'
  | 'group'
  | 'class'
  | 'person'
  | 'other'
  | 'scope'
  | 'scopeOther'
  | 'competency'
  | 'testSeries'
  | 'logEntry'
  | 'studentGroup'
  | 'export';

const letters: Record<Kind, string> = {
  tenant: 't',
  group: 'g',
  class: 'k',
  person: 'p',
  other: 'o',
  scope: 's',
  scopeOther: 'u',
  competency: 'c',
  testSeries: 'e',
  logEntry: 'l',
  studentGroup: 'n',
  export: 'x',
};
const kinds = new Map(Object.entries(letters).map(([kind, letter]) => [letter, kind as Kind]));
const largest = 2 ** 31 - 1;

export const publicId = (kind: Kind, number: number): string =>
  letters[kind] + number.toString(36).padStart(6, '0');

/** The kind and number of a public id; null for anything that is none. */
export function readPublicId(id: string): { kind: Kind; number: number } | null {
  const match = /^([a-z])([0-9a-z]{6})$/.exec(id);
  const kind = match && kinds.get(match[1]!);
  if (!kind) return null;
  const number = parseInt(match[2]!, 36);
  return number <= largest ? { kind, number } : null;
}

const numberOf =
  (kind: Kind) =>
  (id: string): number | null => {
    const read = readPublicId(id);
    return read?.kind === kind ? read.number : null;
  };

export const tenantNumber = numberOf('tenant');
export const groupNumber = numberOf('group');
export const classNumber = numberOf('class');
export const personNumber = numberOf('person');
export const testSeriesNumber = numberOf('testSeries');
export const studentGroupNumber = numberOf('studentGroup');
export const exportNumber = numberOf('export');
