import type { Chart, Sheet, SheetRow } from '../sheets/sheet';
import type { Lettering } from './pdf-lettering';

/** Bars that a chart has at most: those of the first rows. */
export const mostBars = 20;

const size = 7;
const barHeight = 7;
const step = 10.5;
const gap = 24;

interface Drawing {
  doc: PDFKit.PDFDocument;
  letters: Lettering;
  sheet: Pick<Sheet, 'charts' | 'columns'>;
  rows: SheetRow[];
  x: number;
  y: number;
  width: number;
}

/** Points that the charts of so many rows take from top to bottom. */
export const heightOfCharts = (rows: readonly SheetRow[]): number => (rows.length === 0 ? 0 : 14 + rows.length * step + 10);

/** Draws a sheet's charts side by side; returns where the room below them begins. */
export function drawCharts({ sheet, rows, width, ...drawing }: Drawing): number {
  if (rows.length === 0) return drawing.y;
  const each = (width - gap * (sheet.charts.length - 1)) / sheet.charts.length;
  for (const [index, chart] of sheet.charts.entries()) {
    drawChart(chart, { ...drawing, sheet, rows, x: drawing.x + index * (each + gap), width: each });
  }
  return drawing.y + heightOfCharts(rows);
}

function drawChart({ title, length, name }: Chart, { doc, letters, sheet, rows, x, y, width }: Drawing): void {
  const place = (key: string): number => sheet.columns.findIndex(column => column.key === key);
  const bars = rows.map(({ cells }) => ({ label: String(cells[place(name)] ?? ''), value: cells[place(length)] as number | null }));
  const longest = Math.max(...bars.map(({ value }) => value ?? 0), 0);
  const labels = width * 0.35;
  const room = width - labels - 60;
  letters.write(title, { x, y, size: 8.5, bold: true });
  for (const [index, { label, value }] of bars.entries()) {
    const top = y + 14 + index * step;
    letters.write(letters.cut(label, { width: labels - 6, size }), { x, y: top - 1, size });
    const long = longest > 0 && value !== null ? (room * value) / longest : 0;
    doc.rect(x + labels, top, long, barHeight).fill('#3b6fb5');
    doc.fillColor('#000000');
    const shown = value === null ? '–' : String(Math.round(value * 100) / 100);
    letters.write(shown, { x: x + labels + long + 4, y: top - 1, size });
  }
}
