import type { Writable } from 'node:stream';
import { ExportFormat } from '../export.type';
import type { Sheet } from '../sheets/sheet';
import { writeCsv } from './csv';

interface Format {
  /** Writes a sheet as its rows are read, and ends what it writes to. */
  write: (sheet: Sheet, out: Writable) => Promise<void>;
  type: string;
  ending: string;
  /** Rows that a file may have. */
  mostRows: number;
}

/** The writers of workbooks and pages are a fifth of all that a process would load, and loaded when one is first made. */
export const formats: Record<ExportFormat, Format> = {
  [ExportFormat.CSV]: {
    write: writeCsv,
    ...{ type: 'text/csv; charset=utf-8', ending: 'csv', mostRows: 2_000_000 },
  },
  [ExportFormat.XLSX]: {
    write: async (sheet, out) => (await import('./xlsx')).writeXlsx(sheet, out),
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ...{ ending: 'xlsx', mostRows: 2_000_000 },
  },
  // More is nothing to print: these are some 900 pages.
  [ExportFormat.PDF]: {
    write: async (sheet, out) => (await import('./pdf')).writePdf(sheet, out),
    ...{ type: 'application/pdf', ending: 'pdf', mostRows: 30_000 },
  },
};
