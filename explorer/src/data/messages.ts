/** What an import says of a row; row 0 is the file as a whole. */
export interface RowMessage {
  row: number | null;
  text: string;
}

/** Splits an import's message into lines of "Row: N Failure: …"; what is none stands by itself. */
export const messagesOf = (message: string | null | undefined): RowMessage[] =>
  (message ?? '')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .map(line => {
      const [, row, text] = /^Row: (\d+) Failure: (.*)$/s.exec(line) ?? [];
      return row === undefined ? { row: null, text: line } : { row: Number(row), text: text! };
    });
