import type { Writable } from 'node:stream';
import { ExportFormat } from '../export.type';
import type { Sheet } from '../sheets/sheet';
import { writeCsv } from './csv';
import { writePdf } from './pdf';
import { writeXlsx } from './xlsx';

/** How a sheet is written, and what it is then. Each takes rows as they are read, and ends what it writes to. */
export const formats: Record<ExportFormat, { write: (sheet: Sheet, out: Writable) => Promise<void>; type: string; ending: string }> = {
  [ExportFormat.CSV]: { write: writeCsv, type: 'text/csv; charset=utf-8', ending: 'csv' },
  [ExportFormat.XLSX]: {
    write: writeXlsx,
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ending: 'xlsx',
  },
  [ExportFormat.PDF]: { write: writePdf, type: 'application/pdf', ending: 'pdf' },
};
