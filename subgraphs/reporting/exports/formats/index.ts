import type { Writable } from 'node:stream';
import { ExportFormat } from '../export.type';
import type { Sheet } from '../sheets/sheet';

/** Writes a sheet as its rows are read, and ends what it writes to. */
type Write = (sheet: Sheet, out: Writable) => Promise<void>;

interface Format {
  /** Its libraries are loaded when the first file of its kind is made: most processes make none. */
  writer: () => Promise<Write>;
  type: string;
  ending: string;
  /** Rows that a file may have. */
  mostRows: number;
}

export const formats: Record<ExportFormat, Format> = {
  [ExportFormat.CSV]: {
    writer: async () => (await import('./csv')).writeCsv,
    ...{ type: 'text/csv; charset=utf-8', ending: 'csv', mostRows: 2_000_000 },
  },
  [ExportFormat.XLSX]: {
    writer: async () => (await import('./xlsx')).writeXlsx,
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ...{ ending: 'xlsx', mostRows: 2_000_000 },
  },
  // More is nothing to print: these are some 900 pages.
  [ExportFormat.PDF]: {
    writer: async () => (await import('./pdf')).writePdf,
    ...{ type: 'application/pdf', ending: 'pdf', mostRows: 30_000 },
  },
};
