import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import type { Download, Page } from 'playwright-core';
import readExcel from 'read-excel-file/node';
import { lockMaking } from '../../subgraphs/reporting/exports/making.queries';
import { exportNumber, tenantNumber } from '../../subgraphs/shared/identifiers';
import { connectOwner } from '../fixture';
import { startExplorer, violations, type Explorer } from './explorer';

let explorer: Explorer;
beforeAll(async () => {
  explorer = await startExplorer();
}, 180_000);
afterAll(() => explorer.close());

const admin = 'admin@india.demo';
const officer = 'officer@india.demo';
const isLoaded = (page: Page) => page.locator('main.report[aria-busy="false"]').waitFor();
const periodOf = (page: Page) => {
  const search = new URL(page.url()).searchParams;
  return { from: search.get('from')!, through: search.get('through')! };
};

interface Wish {
  format: 'CSV' | 'Excel (XLSX)' | 'PDF';
  withLevels?: boolean;
}

async function make(page: Page, { format, withLevels = false }: Wish): Promise<void> {
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  const group = page.getByRole('group', { name: 'Make a file' });
  await group.getByLabel('With every level below').setChecked(withLevels);
  await group.getByRole('button', { name: format, exact: true }).click();
}

const made = async (page: Page, wish: Wish): Promise<{ file: Download; bytes: Buffer }> => {
  const [file] = await Promise.all([page.waitForEvent('download'), make(page, wish)]);
  return { file, bytes: readFileSync((await file.path())!) };
};

const keptFiles = async (login: string): Promise<string[]> =>
  (await explorer.ask(login, '{ exports(first: 100) { nodes { id } } }')).exports.nodes.map(({ id }: { id: string }) => id);
const removeFile = (login: string, id: string) =>
  explorer.ask(login, 'mutation ($id: ID!) { removeExport(id: $id) { id } }', { id });
const requestFile = async (login: string, input: object): Promise<string> =>
  (await explorer.ask(login, 'mutation ($input: ExportInput!) { requestExport(input: $input) { id } }', { input })).requestExport.id;
const statusOf = async (login: string, id: string): Promise<string | undefined> =>
  (await explorer.ask(login, 'query ($id: ID!) { export(id: $id) { status } }', { id })).export?.status;

async function untilMade(login: string, id: string): Promise<void> {
  while ((await statusOf(login, id)) !== 'COMPLETED') await sleep(50);
}

const period = { from: '2026-01-01', through: '2026-01-31' };

const figures = `node { id name classCount } performance { averageScore attempts learners } timeSpent { totalSeconds }`;
const question = `query ($nodeId: ID, $period: PeriodInput!, $filter: MetricFilter, $orderBy: ReportOrder) {
  nodeReport(nodeId: $nodeId, period: $period, filter: $filter, orderBy: $orderBy, first: 500) {
    node { ${figures} } children { nodes { ${figures} } } other { ${figures} }
  }
}`;

interface Row {
  node: { id: string; name: string; classCount: number };
  performance: { averageScore: number | null; attempts: number; learners: number };
  timeSpent: { totalSeconds: number };
}

const cellsOf = ({ node, performance, timeSpent }: Row) => [
  ...[node.id, node.name, node.classCount, performance.averageScore, performance.attempts, performance.learners],
  timeSpent.totalSeconds,
];
const number = (text: string) => (text === '' ? null : Number(text));
const cellsOfLine = (line: Record<string, string>) => [
  ...[line.id, line.name, Number(line.classes), number(line.average_score!), Number(line.attempts)],
  ...[Number(line.learners_scored), Number(line.total_seconds)],
];

test('a CSV has the rows, the order and the filter of the screen, and the numbers of the API', async () => {
  const { tenantSettings } = await explorer.ask(admin, '{ tenantSettings { subjects { code } } }').catch(() => ({ tenantSettings: null }));
  void tenantSettings;
  const { page, done } = await explorer.openAs(admin, '/?node=g000002&order=AVERAGE_SCORE.DESC&size=25');
  await isLoaded(page);
  const subject = await page.locator('select option').allTextContents();
  console.log(subject);
  const { file, bytes } = await made(page, { format: 'CSV' });
  await page.getByRole('status').filter({ hasText: 'Uttar Pradesh, CSV: saved with your downloads' }).waitFor();
  const days = periodOf(page);
  expect(file.suggestedFilename()).toBe(`strata-node-report-g000002-${days.from}-${days.through}.csv`);
  const lines = parse(bytes, { bom: true, columns: true }) as Record<string, string>[];
  const orderBy = { by: 'AVERAGE_SCORE', direction: 'DESC' };
  const { nodeReport } = await explorer.ask(admin, question, { nodeId: 'g000002', period: days, orderBy });
  const { node, children, other } = nodeReport as { node: Row; children: { nodes: Row[] }; other: Row | null };
  expect(lines.map(cellsOfLine)).toEqual([node, ...children.nodes, ...(other ? [other] : [])].map(cellsOf));
  await done();
});
