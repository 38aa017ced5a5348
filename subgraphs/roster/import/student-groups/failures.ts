const mostTold = 100;
const mostShown = 200;

/** What is wrong with a file: the first hundred failures in words, the rest as a number. */
export class Failures {
  private readonly told: string[] = [];
  private count = 0;

  /** Row 0 stands for the file. */
  add(row: number, failure: string): void {
    this.count++;
    if (this.told.length < mostTold) this.told.push(`Row: ${row} Failure: ${failure}`);
  }

  get any(): boolean {
    return this.count > 0;
  }

  get message(): string {
    const more = this.count - this.told.length;
    return [...this.told, ...(more > 0 ? [`With ${more} additional validation failures`] : [])].join('\n');
  }
}

/** A field's contents as a message may hold them: not endless, and without characters that no text should have. */
export const shown = (text: string): string => {
  const printable = text.slice(0, mostShown).replace(/[\p{Cc}\p{Cs}]/gu, '?');
  return text.length > mostShown ? `${printable}…` : printable;
};
