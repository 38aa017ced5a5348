import type { Row } from './shapes';
import type { Tally } from './tally';

export interface ReadRow {
  line: number;
  row: Row;
  /** Whether an earlier row says the very same. */
  again?: boolean;
}

/** Of rows about the same thing that say different things, the first stands; the later ones are rejected. */
export function refuseContradictions(
  rows: readonly ReadRow[],
  { key, file, tally, reason }: {
    key: string[];
    file: string;
    tally: Tally;
    reason?: (row: Row, first: ReadRow) => string;
  },
): ReadRow[] {
  const firsts = new Map<string, ReadRow>();
  return rows.flatMap(read => {
    const id = JSON.stringify(key.map(column => read.row[column]));
    const first = firsts.get(id);
    if (!first) {
      firsts.set(id, read);
      return [read];
    }
    if (JSON.stringify(first.row) === JSON.stringify(read.row)) return [{ ...read, again: true }];
    const standing = `expected one row for each; line ${first.line} says otherwise, and stands`;
    tally.reject(file, read.line, reason?.(read.row, first) ?? standing);
    return [];
  });
}
