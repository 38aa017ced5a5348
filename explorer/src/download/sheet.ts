/** A table as it is written into a file: texts and numbers, units in the headings. */
export interface Sheet {
  /** What the table is of: filters, period, moment. */
  about: [string, string][];
  head: string[];
  rows: (string | number | null)[][];
}

/**
 * A text that a spreadsheet would take for a formula, by some of them with wide signs or spaces before it too, is kept
 * from being one by an apostrophe, which spreadsheets do not show. Numbers are numbers.
 */
export const harmless = (text: string): string =>
  /^(?:[\t\r\n]|[\s\u200b]*[=+\-@＝＋－＠])/.test(text) ? `'${text}` : text;

const cell = (value: string | number | null): string => {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = harmless(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The table as RFC 4180 has it, with a byte order mark, by which spreadsheets know UTF-8. */
export function toCsv({ about, head, rows }: Sheet): Blob {
  const lines = [...about, [], head, ...rows].map(line => line.map(cell).join(','));
  return new Blob([`\uFEFF${lines.join('\r\n')}\r\n`], { type: 'text/csv;charset=utf-8' });
}

/** The table as a workbook: numbers are numbers, and the first sheet is what was on the screen. */
export async function toXlsx({ about, head, rows }: Sheet): Promise<Blob> {
  const { default: writeExcelFile } = await import('write-excel-file/browser');
  const text = (value: string, bold = false) => ({ value: harmless(value), type: String, ...(bold ? { fontWeight: 'bold' as const } : {}) });
  const value = (one: string | number | null) =>
    one === null ? null : typeof one === 'number' ? { value: one, type: Number } : text(one);
  const width = (column: number) =>
    Math.min(60, Math.max(...[head, ...rows].map(row => String(row[column] ?? '').length)) + 2);
  return writeExcelFile([
    {
      sheet: 'Report',
      data: [head.map(name => text(name, true)), ...rows.map(row => row.map(value))],
      columns: head.map((_, column) => ({ width: width(column) })),
      stickyRowsCount: 1,
    },
    {
      sheet: 'About',
      data: about.map(([name, what]) => [text(name, true), text(what)]),
      columns: [{ width: 20 }, { width: 60 }],
    },
  ]).toBlob();
}

/** Hands a file to the browser's downloads. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000); // when the browser has begun to read it
}
