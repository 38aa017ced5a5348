import type { Mode } from './records';

/** What became of a file's records. Of its rows, those of `ended` apart that it left out, each is counted once. */
export interface FileReport {
  mode: Mode;
  added: number;
  changed: number;
  unchanged: number;
  /** Records that are over: marked tobedeleted, left out by a bulk file, past their last day, or of an ended record. */
  ended: number;
  rejected: number;
}

export interface Told {
  file: string;
  /** 0 where it is said of the file as a whole. */
  line: number;
  reason: string;
}

/** Of one file; the counts say how many there were. */
const mostTold = 1_000;

/** Counts a bundle's rows by file, and keeps the first of what is to be said about them. */
export class Report {
  private readonly byFile = new Map<string, { counts: FileReport; rejected: Told[]; notices: Told[] }>();

  open(file: string, mode: Mode): void {
    const counts = { mode, added: 0, changed: 0, unchanged: 0, ended: 0, rejected: 0 };
    this.byFile.set(file, { counts, rejected: [], notices: [] });
  }

  has(file: string): boolean {
    return this.byFile.has(file);
  }

  count(file: string, outcome: Exclude<keyof FileReport, 'mode'>, rows: number): void {
    this.of(file).counts[outcome] += rows;
  }

  /** Rows that are not loaded: how many, and the first of them. */
  reject(file: string, rows: number, told: readonly Omit<Told, 'file'>[]): void {
    const { counts, rejected } = this.of(file);
    counts.rejected += rows;
    for (const { line, reason } of told.slice(0, mostTold - rejected.length)) rejected.push({ file, line, reason });
  }

  /** Rows that are loaded, although something about them is amiss. */
  notice(file: string, told: readonly Omit<Told, 'file'>[]): void {
    const { notices } = this.of(file);
    for (const { line, reason } of told.slice(0, mostTold - notices.length)) notices.push({ file, line, reason });
  }

  rejectedIn(file: string): number {
    return this.of(file).counts.rejected;
  }

  get files(): Record<string, FileReport> {
    return Object.fromEntries([...this.byFile].map(([file, { counts }]) => [file, counts]));
  }

  get rejected(): Told[] {
    return this.inOrder('rejected');
  }

  get notices(): Told[] {
    return this.inOrder('notices');
  }

  private inOrder(which: 'rejected' | 'notices'): Told[] {
    return [...this.byFile.values()].flatMap(file => file[which].sort((one, other) => one.line - other.line));
  }

  private of(file: string) {
    const found = this.byFile.get(file);
    if (!found) throw new Error(`${file} is no file of this import`);
    return found;
  }
}
