export type Cell = string | number | null;

/** How a column's cells are shown. A `percent` has all its digits in CSV and XLSX, and two decimals in a PDF. */
export type CellKind = 'text' | 'whole' | 'percent';

export interface Column {
  /** The heading in CSV and XLSX. */
  key: string;
  kind: CellKind;
  /** The heading in a PDF, and how much room it has there beside the others; without it, the column is not in it. */
  printed?: { title: string; room: number };
  /** Only in a PDF. */
  onlyPrinted?: boolean;
}

export interface SheetRow {
  cells: Cell[];
  /** Whether the chart has a bar for it. */
  charted: boolean;
}

/** What a chart's bars are: the column of their lengths, that of their names. */
export interface Chart {
  title: string;
  length: string;
  name: string;
}

/** A report as a table, whatever the format. */
export interface Sheet {
  title: string;
  /** What the table is of, in words: node, path, period, filter, moment. */
  about: [name: string, value: string][];
  asOf: Date;
  columns: Column[];
  charts: Chart[];
  /** How many rows there will be. */
  total: number;
  /** Rows, some at a time. */
  pages: AsyncIterable<SheetRow[]>;
}

export const text = (key: string, printed?: Column['printed']): Column => ({ key, kind: 'text', ...(printed ? { printed } : {}) });
export const whole = (key: string, title?: string): Column => ({
  ...{ key, kind: 'whole' },
  ...(title === undefined ? {} : { printed: { title, room: 1 } }),
});
