/** What became of a file's rows: each is counted once. */
export interface FileCounts {
  added: number;
  changed: number;
  unchanged: number;
  rejected: number;
}

export interface LoadProblem {
  file: string;
  line: number;
  reason: string;
}

/** Of one file; its count of rejected rows says how many there were. */
const mostProblems = 1_000;

/** Counts rows by file, and keeps the first problems of each. */
export class Tally {
  private readonly byFile = new Map<string, { counts: FileCounts; problems: LoadProblem[] }>();

  open(file: string): void {
    this.byFile.set(file, { counts: { added: 0, changed: 0, unchanged: 0, rejected: 0 }, problems: [] });
  }

  has(file: string): boolean {
    return this.byFile.has(file);
  }

  count(file: string, outcome: 'added' | 'changed' | 'unchanged', rows = 1): void {
    this.of(file).counts[outcome] += rows;
  }

  reject(file: string, line: number, reason: string): void {
    this.rejectAll(file, 1, [{ line, reason }]);
  }

  /** Many at once, of which only the first are told one by one. */
  rejectAll(file: string, rows: number, told: readonly { line: number; reason: string }[]): void {
    const { counts, problems } = this.of(file);
    counts.rejected += rows;
    for (const { line, reason } of told) {
      if (problems.length === mostProblems) return;
      problems.push({ file, line, reason });
    }
  }

  /** The rows of which it is known what became of them. */
  settled(file: string): number {
    const { added, changed, unchanged, rejected } = this.of(file).counts;
    return added + changed + unchanged + rejected;
  }

  get files(): Record<string, FileCounts> {
    return Object.fromEntries([...this.byFile].map(([file, { counts }]) => [file, counts]));
  }

  /** File by file, in the order of the lines. */
  get problems(): LoadProblem[] {
    return [...this.byFile.values()].flatMap(({ problems }) => problems.sort((one, other) => one.line - other.line));
  }

  private of(file: string) {
    const found = this.byFile.get(file);
    if (!found) throw new Error(`${file} is no file of this load`);
    return found;
  }
}
