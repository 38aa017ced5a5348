import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import readExcel from 'read-excel-file/node';
import type { Page } from 'playwright-core';
import { startExplorer, violations, type Explorer } from './explorer';

let explorer: Explorer;
beforeAll(async () => {
  explorer = await startExplorer();
}, 180_000);
afterAll(() => explorer.close());

const admin = 'admin@india.demo';
const percent = new Intl.NumberFormat('en-GB', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const score = (value: number | null) => (value === null ? '–' : percent.format(value / 100));

/** The days that the address says. */
const periodOf = (page: Page) => {
  const search = new URL(page.url()).searchParams;
  return { from: search.get('from')!, through: search.get('through')! };
};

const figures = `performance { averageScore attempts learners } timeSpent { totalSeconds }`;
const question = `query ($nodeId: ID, $hierarchyId: ID, $period: PeriodInput!, $orderBy: ReportOrder) {
  nodeReport(nodeId: $nodeId, hierarchyId: $hierarchyId, period: $period, orderBy: $orderBy, first: 25) {
    node { node { id name type ancestors { name } } ${figures} }
    children { totalCount nodes { node { id name type externalId classCount } ${figures} } }
    other { node { id classCount } ${figures} }
  }
}`;

interface Shown {
  nodeId?: string | null;
  hierarchyId?: string;
  orderBy?: object;
}

const report = async (page: Page, login: string, what: Shown = {}) =>
  (await explorer.ask(login, question, { period: periodOf(page), ...what })).nodeReport;

/** The rows of the children's table: name, score, attempts, learners, classes. */
const rowsOf = (page: Page) =>
  page.locator('table.figures tbody tr').evaluateAll(rows =>
    rows.map(row => ({
      name: row.querySelector('th a')?.textContent,
      numbers: [...row.querySelectorAll('td.number')].map(cell => cell.textContent),
    })),
  );
const isLoaded = (page: Page) => page.locator('main.report[aria-busy="false"]').waitFor();

test.each([
  ['admin@india.demo', 'Demo India'],
  ['officer@india.demo', 'My view'],
  ['partner@india.demo', 'My view'],
  ['teacher@india.demo', 'My view'],
])('%s signs in and sees what the API gives them', async (login, heading) => {
  const { page, done } = await explorer.open();
  await page.getByRole('button', { name: login }).click();
  await isLoaded(page);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(heading);
  const { node, children } = await report(page, login);
  expect(await page.locator('.card-value').first().textContent()).toBe(score(node.performance.averageScore));
  expect(await page.locator('.card-value').nth(1).textContent()).toBe(whole.format(node.performance.attempts));
  expect((await rowsOf(page)).map(row => row.name)).toEqual(
    children.nodes.map((row: { node: { name: string } }) => row.node.name),
  );
  await done();
});

test('a learner is told that reports are not for them, and nothing is asked for', async () => {
  const { page, asked, done } = await explorer.open();
  await page.getByRole('button', { name: 'learner@india.demo' }).click();
  await page.getByRole('heading', { name: 'Reports are for teachers and staff' }).waitFor();
  expect(asked()).toEqual(['Frame']);
  await done();
});

test('a token that is not accepted leads back to the sign-in, and says so', async () => {
  const { page } = await explorer.open();
  await page.getByText('With a token').click();
  await page.getByLabel('Token (a signed JWT)').fill('a.b.c');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Please sign in again').waitFor();
  expect(await page.evaluate("sessionStorage.getItem('strata-session')")).toBeNull();
  await page.context().close(); // its console tells of the 401
});

test('from the root to a class each step asks the gateway once and shows what the API answers', async () => {
  const { page, asked, done } = await explorer.openAs(admin);
  await isLoaded(page);
  asked();
  const path: string[] = [];
  for (let type = 'tenant', id: string | null = null; type !== 'class'; ) {
    const { children } = await report(page, admin, { nodeId: id });
    const { node, performance } = children.nodes[0];
    await page.locator('table.figures tbody th a').first().click();
    await page.getByRole('heading', { level: 1, name: node.name, exact: true }).waitFor();
    await isLoaded(page);
    expect(asked()).toEqual(['Report']);
    expect(await page.locator('.card-value').first().textContent()).toBe(score(performance.averageScore));
    const shown = await report(page, admin, { nodeId: node.id });
    expect((await rowsOf(page)).map(({ numbers }) => [numbers[0], numbers[1], numbers[3], numbers[4]])).toEqual(
      shown.children.nodes.map((row: typeof children.nodes[0]) => [
        score(row.performance.averageScore),
        whole.format(row.performance.attempts),
        whole.format(row.performance.learners),
        whole.format(row.node.classCount),
      ]),
    );
    expect(await page.locator('.breadcrumb li').allTextContents()).toEqual([
      'Demo India',
      ...shown.node.node.ancestors.map((above: { name: string }) => above.name),
      node.name,
    ]);
    ({ id, type } = node);
    path.push(type);
  }
  expect(path.slice(0, 3)).toEqual(['country', 'state', 'district']);
  await done();
});

test('a link opens the same report in another browser', async () => {
  const { page, done } = await explorer.openAs(admin, '/?node=g000002');
  await isLoaded(page);
  await page.getByRole('button', { name: 'Average score', exact: true }).click();
  await page.locator('.trend label', { hasText: 'Time spent' }).click();
  await page.locator('.trend label', { hasText: 'Weeks' }).click();
  await page.getByRole('heading', { name: 'Time spent over time' }).waitFor();
  await isLoaded(page);
  const [address, before] = [page.url(), await page.locator('main').innerText()];
  await done();
  const second = await explorer.openAs(admin, address.slice(explorer.url.length));
  await isLoaded(second.page);
  expect(await second.page.locator('main').innerText()).toBe(before);
  await second.done();
});

test('another hierarchy keeps the place where it can, and says where it cannot', async () => {
  const { page, done } = await explorer.openAs(admin, '/?node=g000002');
  await isLoaded(page);
  const { children } = await report(page, admin, { nodeId: 'g000002' });
  const [district] = children.nodes;
  await page.getByLabel('Hierarchy').selectOption({ label: 'India by district' });
  await page.getByText('Uttar Pradesh has no place in this hierarchy. This is India.').waitFor();
  await isLoaded(page);
  const there = await report(page, admin, { nodeId: 'g000001', hierarchyId: 'india-schools' });
  expect((await rowsOf(page)).map(row => row.numbers[1])).toEqual(
    there.children.nodes.map((row: typeof district) => whole.format(row.performance.attempts)),
  );
  await page.getByRole('link', { name: district.node.name, exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: district.node.name, exact: true }).waitFor();
  await page.getByLabel('Hierarchy').selectOption({ label: 'India (own)' });
  await page.waitForURL(url => !url.searchParams.has('hierarchy'));
  await isLoaded(page);
  expect(new URL(page.url()).searchParams.get('node')).toBe(district.node.id);
  await done();
});

test.each([
  ['Average score', { by: 'AVERAGE_SCORE', direction: 'DESC' }, 'descending'],
  ['Time spent', { by: 'TIME_SPENT', direction: 'DESC' }, 'descending'],
  ['Name', { by: 'NAME', direction: 'ASC' }, 'ascending'],
])('by %s the rows are in the order of the API', async (column, orderBy, sorted) => {
  const { page, done } = await explorer.openAs('admin@sap.demo');
  await isLoaded(page);
  await page.getByRole('button', { name: column, exact: true }).click();
  await page.locator(`th[aria-sort="${sorted}"]`, { hasText: column }).waitFor();
  await isLoaded(page);
  const { children } = await report(page, 'admin@sap.demo', { orderBy });
  expect((await rowsOf(page)).map(row => row.name)).toEqual(
    children.nodes.map((row: { node: { name: string } }) => row.node.name),
  );
  await done();
});

test('a download is what is on the screen, as CSV and as a workbook', async () => {
  const { page, done } = await explorer.openAs(admin);
  await isLoaded(page);
  const screen = (await rowsOf(page)).map(({ name, numbers }) => [name, numbers[0], numbers[1], numbers[3], numbers[4]]);
  const download = async (format: string) => {
    await page.getByRole('button', { name: 'Download' }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: format }).click()]);
    expect(file.suggestedFilename()).toMatch(/^strata-Demo-India-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.(csv|xlsx)$/);
    return (await file.path())!;
  };
  const cells = parse(readFileSync(await download('Comma-separated values')), {
    bom: true,
    relaxColumnCount: true,
  }) as string[][];
  const { from, through } = periodOf(page);
  expect(cells).toContainEqual(['Period', `${from} – ${through}`]);
  const head = cells.findIndex(([first]) => first === 'Row');
  const lines = cells.slice(head + 1);
  const shown = ([, name, , , average, attempts, , learners, classes]: unknown[]) => [
    name,
    score(Number(average)),
    whole.format(Number(attempts)),
    whole.format(Number(learners)),
    whole.format(Number(classes)),
  ];
  expect(lines.filter(([kind]) => kind === 'Child').map(shown)).toEqual(screen);
  const { node, other } = await report(page, admin);
  expect(Number(lines.find(([kind]) => kind === 'Node')![5])).toBe(node.performance.attempts);
  expect(Number(lines.find(([kind]) => kind === 'Other')![5])).toBe(other.performance.attempts);

  const sheets = await readExcel(readFileSync(await download('Workbook for spreadsheets')));
  const workbook = sheets.find(({ sheet }) => sheet === 'Report')!.data;
  expect(workbook.slice(1).filter(([kind]) => kind === 'Child').map(shown)).toEqual(screen);
  await done();
});

test('the keyboard alone drills down and reads the chart', async () => {
  const { page, done } = await explorer.openAs(admin);
  await isLoaded(page);
  await page.locator('.chart').focus();
  await page.keyboard.press('Home');
  const { from } = periodOf(page);
  const { nodeReport } = await explorer.ask(
    admin,
    `query ($period: PeriodInput!) { nodeReport(period: $period) { node { node {
      performanceTrend(period: $period, interval: DAY) { averageScore } } } } }`,
    { period: periodOf(page) },
  );
  const [first] = nodeReport.node.node.performanceTrend;
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(from));
  expect(await page.locator('.readout').innerText()).toBe(`${score(first.averageScore)} ${day}`);
  await page.getByRole('link', { name: 'India', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'India', exact: true }).waitFor();
  await done();
});

test('competencies over time and completion are those of the API, on the card for screen readers and in the chart', async () => {
  const { page, done } = await explorer.openAs(admin, '/?node=g000002');
  await isLoaded(page);
  await page.locator('.trend label', { hasText: 'Competencies' }).click();
  await page.getByRole('heading', { name: 'Competencies completed over time' }).waitFor();
  const period = periodOf(page);
  const { hierarchyNode: node } = await explorer.ask(
    admin,
    `query ($period: PeriodInput!, $day: Date!) { hierarchyNode(id: "g000002") {
      competencyTrend(period: $period, interval: DAY) { completed inferred inProgress notStarted }
      completion(week: $day) { completed expected rate } } }`,
    { period, day: period.through },
  );
  const points = node.competencyTrend as Record<'completed' | 'inferred' | 'inProgress' | 'notStarted', number>[];
  const shareOf = ({ completed, inferred, inProgress, notStarted }: (typeof points)[number]) =>
    score((completed / (completed + inferred + inProgress + notStarted)) * 100);
  const rows = page.getByRole('table', { name: 'Competencies over time' }).getByRole('row');
  expect((await rows.allInnerTexts()).slice(1).map(row => row.split('\t').slice(1))).toEqual(
    points.map(point => [point.completed, point.inferred, point.inProgress, point.notStarted].map(whole.format)),
  );
  const { rate, completed, expected } = node.completion;
  expect(expected).toBeGreaterThan(0);
  const told = `Completion: ${score(rate * 100)} (${whole.format(completed)} of ${whole.format(expected)}) at the end of the week of`;
  await page.locator('.card-competencies').getByText(told).waitFor();
  await page.getByRole('button', { name: 'As table' }).click();
  const shown = page.getByRole('group', { name: 'Competencies completed over time' }).locator('td');
  expect(await shown.allInnerTexts()).toEqual(points.map(shareOf));
  await done();
});

test('a filter by what nothing carries says what there is; the boxes offer that, and what is typed stays possible', async () => {
  const officer = 'officer@india.demo';
  const { page, done } = await explorer.openAs(officer, '/?subject=Maths');
  const filtered = `query ($period: PeriodInput!, $filter: MetricFilter) { nodeReport(period: $period) { node { node {
    filterValues(period: $period) { subjects contentSources frameworks } competencyFilterValues { subjects }
    performance(period: $period, filter: $filter) { attempts }
  } } } }`;
  const notice = page.getByRole('status').filter({ hasText: 'No activity carries the subject “Maths” here' });
  await notice.waitFor();
  const { filterValues, competencyFilterValues } = (await explorer.ask(officer, filtered, { period: periodOf(page) })).nodeReport.node.node;
  expect(filterValues.subjects.length).toBeGreaterThan(1);
  for (const subject of filterValues.subjects) expect(await notice.innerText()).toContain(subject);
  await page.getByText('No competency expected here is of the subject “Maths”. There is: ').waitFor();
  expect(await page.getByText('Nothing was recorded in this period').count()).toBe(0);

  await page.getByRole('button', { name: 'Maths', exact: true }).click();
  const box = page.getByRole('combobox', { name: 'Subject' });
  const options = page.locator(`[id="${await box.getAttribute('list')}"] option`);
  const offered = await options.evaluateAll(all => all.map(option => option.getAttribute('value')));
  expect(offered.toSorted()).toEqual([...new Set([...filterValues.subjects, ...competencyFilterValues.subjects])].toSorted());
  expect(await violations(page)).toEqual([]);
  const [subject] = filterValues.subjects;
  await box.fill(subject);
  await box.press('Enter');
  await notice.waitFor({ state: 'detached' });
  await isLoaded(page);
  const filter = { subject };
  const { performance } = (await explorer.ask(officer, filtered, { period: periodOf(page), filter })).nodeReport.node.node;
  expect(await page.locator('.card-value').nth(1).textContent()).toBe(whole.format(performance.attempts));
  await done();
});

test("numbers and days are written as the browser's locale does", async () => {
  const { page, done } = await explorer.openAs(admin, '/', { locale: 'de-DE' });
  await isLoaded(page);
  const { node } = await report(page, admin);
  const attempts = new Intl.NumberFormat('de-DE').format(node.performance.attempts);
  expect(attempts).toContain('.');
  expect(await page.locator('.card-value').nth(1).textContent()).toBe(attempts);
  await done();
});

test('the first load is under 250 KB, compressed', async () => {
  const html = await (await fetch(explorer.url)).text();
  const parts = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, at]) => at!);
  let bytes = gzipSync(html).length;
  for (const part of parts) bytes += gzipSync(await (await fetch(explorer.url + part)).text()).length;
  expect(parts.length).toBeGreaterThan(2);
  expect(bytes).toBeLessThan(250_000);
});

test("GraphiQL stands at /graphql for browsers, with the README's query ready to run", async () => {
  const { page, done } = await explorer.open('/graphql');
  await page.getByRole('button', { name: /Execute query/ }).click();
  await page.locator('.result-window').getByText('Demo India').waitFor();
  expect(await page.locator('.graphiql-query-editor').innerText()).toContain('nodeReport');
  await done();
});
