import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import readExcel from 'read-excel-file/node';
import { projectRoot } from '../subgraphs/shared/project-root';
import type { GroupFiles } from './group-files';
import type { Asker } from './start-gateway';

export interface ShownExport {
  id: string;
  report: string;
  format: string;
  status: string;
  progress: { done: number; total: number | null; share: number | null };
  reason: string | null;
  createdAt: string;
  asOf: string | null;
  expiresAt: string | null;
  fileName: string;
  bytes: number | null;
  rows: number | null;
  downloadUrl: string | null;
}

export const exportFields = `id report format nodeId hierarchyId status progress { done total share } reason createdAt asOf
  expiresAt fileName bytes rows downloadUrl`;

export const period = { from: '2026-01-01', through: '2026-03-31' };

export const requestExport = `mutation ($input: ExportInput!) { requestExport(input: $input) { ${exportFields} } }`;

/** Asks for a file; its id. */
export async function ask(world: GroupFiles, who: Asker, input: object): Promise<string> {
  const data = await world.gateway.read(who, requestExport, { input: { period, ...input } });
  return data.requestExport.id as string;
}

export async function statusOf(world: GroupFiles, who: Asker, id: string): Promise<ShownExport | null> {
  return (await world.gateway.read(who, `query ($id: ID!) { export(id: $id) { ${exportFields} } }`, { id })).export as ShownExport | null;
}

/** Waits until a file is finished, one way or the other. */
export async function finished(world: GroupFiles, who: Asker, id: string): Promise<ShownExport> {
  for (let tries = 0; tries < 1_200; tries++) {
    const shown = await statusOf(world, who, id);
    if (!shown || shown.status === 'COMPLETED' || shown.status === 'FAILED') return shown!;
    await sleep(25);
  }
  throw new Error(`export ${id} is still in line`);
}

export async function download(world: GroupFiles, who: Asker, id: string) {
  const response = await world.http(who).get(`/exports/${id}/file`).buffer(true).parse((answer, done) => {
    const parts: Buffer[] = [];
    answer.on('data', (part: Buffer) => void parts.push(part));
    answer.on('end', () => done(null, Buffer.concat(parts)));
  });
  return { status: response.status, headers: response.headers as Record<string, string>, bytes: response.body as Buffer };
}

/** Asks for a file, waits for it and gets it. */
export async function fileOf(world: GroupFiles, who: Asker, input: object): Promise<Buffer> {
  const id = await ask(world, who, input);
  const shown = await finished(world, who, id);
  if (shown.status !== 'COMPLETED') throw new Error(`export ${id}: ${JSON.stringify(shown)}`);
  const { status, bytes } = await download(world, who, id);
  if (status !== 200 || bytes.length !== shown.bytes) throw new Error(`export ${id} came with ${status}, ${bytes.length} bytes`);
  await world.gateway.read(who, `mutation { removeExport(id: "${id}") { id } }`);
  return bytes;
}

export const readCsv = (bytes: Buffer): string[][] => parse(bytes, { bom: true }) as string[][];

export async function readXlsx(bytes: Buffer): Promise<{ sheet: string; data: unknown[][] }[]> {
  return (await readExcel(bytes, { trim: false })) as unknown as { sheet: string; data: unknown[][] }[];
}

export interface PdfText {
  str: string;
  x: number;
  y: number;
  width: number;
}

export interface ReadPdf {
  pages: PdfText[][];
  info: Record<string, string>;
}

export function readPdf(bytes: Buffer): ReadPdf {
  const room = mkdtempSync(path.join(os.tmpdir(), 'strata-pdf-'));
  try {
    const file = path.join(room, 'file.pdf');
    writeFileSync(file, bytes);
    const read = execFileSync(process.execPath, [path.join(projectRoot, 'test', 'read-pdf.mjs'), file], {
      maxBuffer: 512 * 2 ** 20,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(read.toString('utf8')) as ReadPdf;
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/**
 * The rows of the table in a PDF, as somebody would read them: texts below a heading, in the column whose heading they
 * stand under; a row begins where the column `key` has a number.
 */
export function tableOf({ pages }: ReadPdf, headings: { title: string; isText: boolean }[], key: string): string[][] {
  const rows: string[][] = [];
  for (const texts of pages) {
    const shown = texts.filter(({ str }) => str.trim() !== '');
    const last = headings.at(-1)!.title;
    const header = shown.find(({ str }) => str === last);
    if (!header) throw new Error('a page has no headings');
    const foot = Math.min(...shown.map(({ y }) => y));
    const columns = headings.map(({ title, isText }) => {
      const head = shown.find(({ str, y }) => str === title && Math.abs(y - header.y) < 1);
      if (!head && title !== '') throw new Error(`a page has no heading ${title}`);
      return { isText, left: head?.x ?? 0, right: head ? head.x + head.width : 0 };
    });
    const below = shown.filter(({ y }) => y < header.y - 1 && y > foot + 1);
    const keyColumn = columns[headings.findIndex(({ title }) => title === key)]!;
    const inColumn = (text: PdfText, column: (typeof columns)[number], index: number): boolean => {
      if (!column.isText) return Math.abs(text.x + text.width - column.right) < 1.5;
      const next = columns.slice(index + 1).find(one => one.isText)?.left ?? Infinity;
      return text.x >= column.left - 1.5 && text.x < next - 1.5;
    };
    const lines = below.filter(text => inColumn(text, keyColumn, 0)).map(({ y }) => y);
    for (const [place, top] of lines.entries()) {
      const bottom = lines[place + 1] ?? foot;
      const own = below.filter(({ y }) => y <= top + 4 && y > bottom + 4);
      const taken = new Set<PdfText>();
      const cells = columns.map((column, index) => ({ column, index }));
      const row: string[] = [];
      for (const { column, index } of [...cells].sort((a, b) => Number(a.column.isText) - Number(b.column.isText))) {
        const found = own.filter(text => !taken.has(text) && inColumn(text, column, index));
        for (const text of found) taken.add(text);
        row[index] = found.map(({ str }) => str).join(' ');
      }
      rows.push(row);
    }
  }
  return rows;
}
