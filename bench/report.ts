import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** One thing that was measured beside another of the same run. */
export interface Line {
  part: string;
  what: string;
  classes: number;
  unit: string;
  measured: number;
  /** What it stands beside. */
  floor: number;
  ratio: number;
  /** What the ratio must not pass; or, with `atLeast`, must reach. */
  atMost?: number;
  atLeast?: number;
  more?: Record<string, number>;
}

export const isMet = ({ ratio, atMost, atLeast }: Line): boolean | null => {
  if (atMost !== undefined) return ratio <= atMost;
  return atLeast === undefined ? null : ratio >= atLeast;
};

const shown = (value: number): string => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

const bound = ({ atMost, atLeast }: Line): string =>
  atMost !== undefined ? `≤ ${atMost}` : atLeast !== undefined ? `≥ ${atLeast}` : '';

export function printTable(lines: readonly Line[]): void {
  const heads = ['classes', 'what', 'measured', 'beside', 'unit', 'ratio', 'bound', '', 'more'];
  const rows = lines.map(line => [
    String(line.classes),
    line.what,
    shown(line.measured),
    shown(line.floor),
    line.unit,
    shown(line.ratio),
    bound(line),
    { true: 'met', false: 'NOT MET', null: '' }[String(isMet(line)) as 'true' | 'false' | 'null'],
    Object.entries(line.more ?? {}).map(([name, value]) => `${name} ${shown(value)}`).join(', '),
  ]);
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map(row => row[column]!.length)));
  const isText = (column: number): boolean => [1, 4, 6, 7, 8].includes(column);
  const padded = (cell: string, column: number): string =>
    isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  const print = (cells: string[]): void =>
    console.log(cells.map(padded).join('  ').trimEnd());
  print(heads);
  print(widths.map(width => '─'.repeat(width)));
  for (const row of rows) print(row);
}

/** The same for programs, with what of the machine matters; returns the file. */
export function writeResults(folder: string, lines: readonly Line[], begun: Date): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${begun.toISOString().replace(/[:.]/g, '-')}.json`);
  const machine = { cpus: os.cpus().length, cpu: os.cpus()[0]?.model, memory: os.totalmem(), node: process.version };
  const results = lines.map(line => ({ ...line, met: isMet(line) }));
  writeFileSync(file, `${JSON.stringify({ at: begun.toISOString(), machine, results }, null, 2)}\n`);
  return file;
}
