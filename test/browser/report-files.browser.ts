import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import readExcel from 'read-excel-file/node';
import { startExplorer, violations, type Explorer } from './explorer';
import { admin, fileStepsOf, made, make, period } from './report-file-steps';

let explorer: Explorer;
beforeAll(async () => {
  explorer = await startExplorer();
}, 180_000);
afterAll(() => explorer.close());
const { keptFiles, removeFile, requestFile, untilMade, holdMaking, grantOf } = fileStepsOf(() => explorer);

const officer = 'officer@india.demo';
const isLoaded = (page: Page) => page.locator('main.report[aria-busy="false"]').waitFor();
const periodOf = (page: Page) => {
  const search = new URL(page.url()).searchParams;
  return { from: search.get('from')!, through: search.get('through')! };
};

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

const list = (page: Page) => page.getByRole('dialog', { name: 'Your files' });
async function openList(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await page.getByRole('button', { name: 'Your earlier files…' }).click();
  await list(page).waitFor();
}

const notice = (page: Page, text: string) => page.getByRole('group', { name: 'Files' }).getByRole('status').filter({ hasText: text });

test('a CSV has the rows, the order and the filter of the screen, and the numbers of the API', async () => {
  const { page, done } = await explorer.openAs(admin, '/?node=g000002&subject=Mathematics&order=AVERAGE_SCORE.DESC&size=25');
  await isLoaded(page);
  const { file, bytes } = await made(page, { format: 'CSV' });
  await notice(page, 'Uttar Pradesh, CSV: saved with your downloads').waitFor();
  const days = periodOf(page);
  expect(file.suggestedFilename()).toBe(`strata-node-report-g000002-${days.from}-${days.through}.csv`);
  const lines = parse(bytes, { bom: true, columns: true }) as Record<string, string>[];
  const asked = { nodeId: 'g000002', period: days, orderBy: { by: 'AVERAGE_SCORE', direction: 'DESC' } };
  const answer = await explorer.ask(admin, question, { ...asked, filter: { subject: 'Mathematics' } });
  const { node, children, other } = answer.nodeReport as { node: Row; children: { nodes: Row[] }; other: Row | null };
  expect(lines.map(cellsOfLine)).toEqual([node, ...children.nodes, ...(other ? [other] : [])].map(cellsOf));
  const unfiltered = (await explorer.ask(admin, question, asked)).nodeReport.node as Row;
  expect(node.performance.attempts).toBeGreaterThan(0);
  expect(node.performance.attempts).toBeLessThan(unfiltered.performance.attempts);
  await done();
});

test('with every level below, a workbook and a PDF have all nodes down to the classes', async () => {
  const { page, done } = await explorer.openAs(admin, '/?node=g000002');
  await isLoaded(page);
  const below = async (id: string): Promise<string[]> => {
    const { hierarchyNode } = await explorer.ask(
      admin,
      'query ($id: ID!) { hierarchyNode(id: $id) { children(first: 500) { nodes { id type } } } }',
      { id },
    );
    const nodes = hierarchyNode.children.nodes as { id: string; type: string }[];
    const deeper = await Promise.all(nodes.map(({ id: child, type }) => (type === 'class' ? [] : below(child))));
    return [...nodes.map(({ id: child }) => child), ...deeper.flat()];
  };
  const { file, bytes } = await made(page, { format: 'Excel (XLSX)', withLevels: true });
  expect(file.suggestedFilename()).toMatch(/^strata-levels-g000002-.*\.xlsx$/);
  await notice(page, 'Uttar Pradesh and every level below, Excel (XLSX): saved').waitFor();
  const [head, ...rows] = (await readExcel(bytes)).find(({ sheet }) => sheet !== 'About')!.data;
  const ids = rows.map(row => row[head!.indexOf('id')]);
  expect([...ids].sort()).toEqual(['g000002', ...(await below('g000002'))].sort());

  const pdf = await made(page, { format: 'PDF', withLevels: true });
  expect(pdf.file.suggestedFilename()).toMatch(/^strata-levels-g000002-.*\.pdf$/);
  expect(pdf.bytes.subarray(0, 5).toString()).toBe('%PDF-');
  await done();
});

test('the keyboard alone makes a file, and removes it from the service', async () => {
  const before = await keptFiles(admin);
  const { page, done } = await explorer.openAs(admin, '/?node=g000002');
  await isLoaded(page);
  await page.getByRole('button', { name: 'Download', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('With every level below').focus();
  await page.keyboard.press('Tab');
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  await download;
  await notice(page, 'Uttar Pradesh, CSV: saved').waitFor();
  expect(await page.locator('button:focus').innerText()).toBe('Download');
  expect(await keptFiles(admin)).toHaveLength(before.length + 1);
  expect(await violations(page)).toEqual([]);

  const again = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save again Uttar Pradesh, CSV' }).press('Enter');
  await again;
  await page.getByRole('button', { name: 'Remove Uttar Pradesh, CSV' }).press('Enter');
  await notice(page, 'CSV').waitFor({ state: 'detached' });
  expect(await page.locator('.files:focus').count()).toBe(1);
  expect(await keptFiles(admin)).toEqual(before);
  await done();
});

test('a file stays listed from node to node, and is saved once', async () => {
  const { page, done } = await explorer.openAs(admin, '/?node=nothing');
  await page.getByRole('button', { name: 'Show everything I may see' }).click();
  await isLoaded(page);
  let downloads = 0;
  page.on('download', () => downloads++);
  await made(page, { format: 'CSV' });
  const saved = notice(page, 'Demo India, CSV: saved');
  await saved.waitFor();
  await page.locator('table.figures tbody th a').first().click();
  await page.getByRole('heading', { level: 1, name: 'India', exact: true }).waitFor();
  expect(await saved.count()).toBe(1);
  await page.goBack();
  await page.goBack();
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  await page.goForward();
  await saved.waitFor();
  await page.waitForLoadState('networkidle');
  expect(downloads).toBe(1);
  await done();
});

test('what is being made shows it, can be cancelled, and is not asked for once the page is left', async () => {
  const release = await holdMaking();
  const { page, asked, done } = await explorer.openAs(admin, '/?node=g000002');
  await isLoaded(page);
  const before = await keptFiles(admin);
  await make(page, { format: 'CSV' });
  await notice(page, 'Uttar Pradesh, CSV: being made').getByRole('progressbar').waitFor();
  await page.waitForRequest(request => request.postData()?.includes('query ReportFile') ?? false);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Cancel Uttar Pradesh, CSV' }).click();
  await notice(page, 'CSV').waitFor({ state: 'detached' });
  expect(await keptFiles(admin)).toEqual(before);

  await make(page, { format: 'PDF' });
  await page.waitForRequest(request => request.postData()?.includes('query ReportFile') ?? false);
  await page.getByRole('link', { name: 'Analytics' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  asked();
  await sleep(3_000); // several of the questions that there would be
  expect(asked()).not.toContain('ReportFile');
  await release();
  await done();
});

test('a file that could not be made says why', async () => {
  const release = await holdMaking();
  const grant = await grantOf(officer);
  const { page, done } = await explorer.openAs(officer, `/?node=${grant.groupId}`);
  await isLoaded(page);
  await make(page, { format: 'CSV' });
  await page.getByRole('button', { name: 'Cancel' }).waitFor(); // the service has taken it
  const [newest] = await keptFiles(officer);
  await grant.revoke();
  await release();
  await notice(page, 'could not be made').waitFor();
  const { export: failed } = await explorer.ask(officer, 'query ($id: ID!) { export(id: $id) { status reason } }', { id: newest });
  expect(failed.status).toBe('FAILED');
  expect(failed.reason).not.toBe('');
  expect(await notice(page, 'could not be made').locator('p').nth(1).innerText()).toBe(failed.reason);
  expect(await violations(page)).toEqual([]);
  await openList(page);
  await list(page).getByRole('listitem').filter({ hasText: 'Could not be made' }).getByText(failed.reason).waitFor();
  await grant.give();
  await done();
});

test('the list of files follows what is being made, saves it again and removes it', async () => {
  for (const id of await keptFiles(admin)) await removeFile(admin, id);
  const { page, done } = await explorer.openAs(admin, '/?node=g000002');
  await isLoaded(page);
  await openList(page);
  await list(page).getByText('You have no files').waitFor();
  expect(await violations(page)).toEqual([]);
  await list(page).getByRole('button', { name: 'Close' }).click();
  expect(await page.locator('button:focus').innerText()).toBe('Download');

  const release = await holdMaking();
  for (const id of await keptFiles(admin)) await untilMade(admin, id);
  await make(page, { format: 'CSV' });
  await page.getByRole('button', { name: 'Cancel' }).waitFor(); // the service has taken it
  await openList(page);
  await list(page).getByRole('listitem').nth(1).waitFor();
  const [held, earlier] = await list(page).getByRole('listitem').all();
  await held!.getByText('Waiting to be made').waitFor();
  await held!.locator('p').filter({ hasText: 'Uttar Pradesh, CSV' }).first().waitFor(); // the node's name comes a moment later
  expect(await earlier!.innerText()).toContain('6 days left, until');
  expect(await violations(page)).toEqual([]);
  await release();
  const { children } = (await explorer.ask(admin, question, { nodeId: 'g000002', period: periodOf(page) })).nodeReport;
  await held!.getByText(/^Ready, \d+ rows$/).waitFor();
  expect(Number((await held!.getByText(/^Ready/).innerText()).match(/\d+/)![0])).toBeGreaterThan(children.nodes.length);
  await notice(page, 'Uttar Pradesh, CSV: saved').waitFor();

  const again = page.waitForEvent('download');
  await held!.getByRole('button', { name: 'Save Uttar Pradesh, CSV' }).press('Enter');
  const days = periodOf(page);
  expect((await again).suggestedFilename()).toBe(`strata-node-report-g000002-${days.from}-${days.through}.csv`);
  await removeFile(admin, (await keptFiles(admin))[1]!); // in another window
  for (const file of [earlier!, held!]) {
    await file.getByRole('button', { name: 'Remove' }).press('Enter');
    await file.waitFor({ state: 'detached' });
  }
  expect(await keptFiles(admin)).toEqual([]);
  await list(page).getByText('You have no files').waitFor();
  await list(page).getByRole('button', { name: 'Close' }).click();
  expect(await notice(page, 'CSV').count()).toBe(0); // what is removed is not offered under the heading either
  await done();
});

test('a list of files that cannot be had says so', async () => {
  const { page } = await explorer.openAs(admin, '/?node=g000002');
  await isLoaded(page);
  await page.route('**/graphql', route =>
    route.request().postData()?.includes('query ReportFiles') ? route.abort() : route.continue(),
  );
  await openList(page);
  await list(page).getByText('This cannot be had just now').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.context().close(); // its console tells of the request that failed
});

test('a file that its requester may not see any more is refused with the reason, and saved when they may again', async () => {
  const grant = await grantOf(officer);
  const { page } = await explorer.openAs(officer, `/?node=${grant.groupId}`);
  await isLoaded(page);
  await page.route('**/exports/*/file', async route => {
    await grant.revoke();
    await route.continue();
  }, { times: 1 });
  await make(page, { format: 'CSV' });
  await notice(page, 'could not be fetched').getByText('What this file shows may not all be seen by you any more.').waitFor();
  await grant.give();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save again' }).click()]);
  expect(file.suggestedFilename()).toMatch(/\.csv$/);
  await page.context().close(); // its console tells of the 403
});

test('a request that is refused says why', async () => {
  const { page, done } = await explorer.openAs(admin, '/?node=g000002');
  await isLoaded(page);
  for (let kept = (await keptFiles(admin)).length; kept < 50; kept++) {
    await untilMade(admin, await requestFile(admin, { nodeId: 'g000002', format: 'CSV', period }));
  }
  await make(page, { format: 'CSV' });
  await notice(page, 'Uttar Pradesh, CSV: could not be made').getByText('50 of your files are kept').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Close Uttar Pradesh, CSV' }).click();
  const kept = await keptFiles(admin);
  await openList(page);
  await list(page).getByText('1 to 10 of 50').waitFor();
  await list(page).getByRole('button', { name: 'Next' }).click();
  await list(page).getByText('11 to 20 of 50').waitFor();
  expect(kept).toHaveLength(50);
  await list(page).getByRole('button', { name: 'Close' }).click();
  for (const id of await keptFiles(admin)) await removeFile(admin, id);
  await made(page, { format: 'CSV' });
  await done();
});
