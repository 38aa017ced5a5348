/** A row that cannot be loaded: what was expected, and what came. */
export class RowProblem extends Error {}

const longestText = 512;
const date = /^(\d{4})-(\d\d)-(\d\d)$/;
const moment = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/i;
const yes = new Set(['true', '1', 'yes']);
const no = new Set(['false', '0', 'no']);

export const shown = (text: string): string => (text.length > 60 ? `'${text.slice(0, 57)}…'` : `'${text}'`);

/** The fields of one row by their column's name. An empty field is null; so is one whose column the file lacks. */
export class Fields {
  constructor(
    private readonly cells: readonly string[],
    private readonly position: ReadonlyMap<string, number>,
  ) {}

  /** Whether the file has this column: an absent one says nothing, an empty field says that there is nothing. */
  has(column: string): boolean {
    return this.position.has(column);
  }

  /** Text that may be missing and may be long. */
  prose(column: string): string | null {
    const position = this.position.get(column);
    return (position === undefined ? '' : this.cells[position]!.trim()) || null;
  }

  /** Text that may be missing. */
  optional(column: string): string | null {
    const text = this.prose(column);
    if (text !== null && text.length > longestText) {
      throw new RowProblem(`${column}: expected at most ${longestText} characters; ${text.length} came`);
    }
    return text;
  }

  required(column: string): string {
    const text = this.optional(column);
    if (text === null) throw new RowProblem(`${column}: expected a value; the field is empty`);
    return text;
  }

  requiredProse(column: string): string {
    const text = this.prose(column);
    if (text === null) throw new RowProblem(`${column}: expected a value; the field is empty`);
    return text;
  }

  oneOf(column: string, known: readonly string[]): string {
    const text = this.optional(column);
    if (text !== null && known.includes(text)) return text;
    throw new RowProblem(`${column}: expected one of ${known.join(', ')}; ${came(text)}`);
  }

  /** 'true' or 'false'; true where the field is empty. */
  boolean(column: string): string {
    const text = this.optional(column);
    const word = text?.toLowerCase() ?? 'true';
    if (yes.has(word)) return 'true';
    if (no.has(word)) return 'false';
    throw new RowProblem(`${column}: expected true, false, 1, 0, yes or no; ${came(text)}`);
  }

  /** A whole number above zero, in its usual spelling. */
  optionalCount(column: string): string | null {
    const text = this.optional(column);
    if (text === null) return null;
    if (/^\d{1,9}$/.test(text) && Number(text) > 0) return String(Number(text));
    throw new RowProblem(`${column}: expected a whole number from 1; ${came(text)}`);
  }

  count(column: string): string {
    const text = this.optionalCount(column);
    if (text === null) throw new RowProblem(`${column}: expected a whole number from 1; ${came(text)}`);
    return text;
  }

  /** A day (YYYY-MM-DD), which means its start in the tenant's time zone, or a moment, turned into UTC. */
  moment(column: string): string {
    const text = this.optionalMoment(column);
    if (text === null) throw new RowProblem(`${column}: expected ${expectedMoment}; ${came(text)}`);
    return text;
  }

  optionalMoment(column: string): string | null {
    const text = this.optional(column);
    if (text === null) return null;
    const day = date.test(text) ? text : moment.exec(text)?.[1];
    const at = new Date(day === text ? `${text}T00:00:00Z` : text);
    if (day === undefined || !isDay(day) || Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1900) {
      throw new RowProblem(`${column}: expected ${expectedMoment}; ${came(text)}`);
    }
    return day === text ? text : at.toISOString();
  }
}

const expectedMoment =
  'a day such as 2026-03-14 or a moment with an offset such as 2026-03-14T09:26:53+05:30, from 1900 on';

const came = (text: string | null): string => (text === null ? 'the field is empty' : `${shown(text)} came`);

/** February has no 30th; a Date would make it the 2nd of March. */
function isDay(text: string): boolean {
  const [, year, month, day] = date.exec(text)!.map(Number) as [number, number, number, number];
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
}
