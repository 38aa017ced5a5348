import type { Page } from 'playwright-core';
import { startExplorer, violations, type Explorer } from './explorer';

let explorer: Explorer;
beforeAll(async () => {
  explorer = await startExplorer();
}, 180_000);
afterAll(() => explorer.close());

const admin = 'admin@india.demo';
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

test("an administrator sees the organisation's figures, as the graph tells them", async () => {
  const { organisationAnalytics: told } = await explorer.ask(
    'admin@india.demo',
    '{ organisationAnalytics { learners activeLearners atRiskCount averages { masteryProgress engagement } users { total } } }',
  );
  const { page, done } = await explorer.openAs('admin@india.demo');
  await page.getByRole('link', { name: 'Analytics' }).click();
  const card = (title: string) => page.locator('article.card', { has: page.getByRole('heading', { name: title, exact: true }) });
  await card('Learners').waitFor();
  const value = (title: string) => card(title).locator('.card-value').textContent();
  expect(await value('Learners')).toBe(new Intl.NumberFormat('en-US').format(told.learners));
  expect(await value('Mastery progress')).toBe(percent(told.averages.masteryProgress));
  expect(await value('Engagement')).toBe(percent(told.averages.engagement));
  expect(await value('At risk')).toBe(new Intl.NumberFormat('en-US').format(told.atRiskCount));
  const everybody = page.getByRole('row', { name: /Everybody/ });
  expect(await everybody.getByRole('cell').first().textContent()).toBe(new Intl.NumberFormat('en-US').format(told.users.total));
  await done();
});

test('a teacher sees the own classes and who is at risk in them, and no organisation', async () => {
  const { page, done } = await explorer.openAs('teacher@india.demo', '/analytics');
  await page.getByRole('heading', { name: 'Your classes' }).waitFor();
  expect(await page.locator('section[aria-labelledby=courses] tbody tr').count()).toBeGreaterThan(0);
  expect(await page.getByRole('heading', { name: 'At risk', exact: true }).count()).toBe(1);
  expect(await page.getByRole('heading', { name: 'Users' }).count()).toBe(0);
  expect(await page.getByRole('heading', { name: 'When a student is at risk' }).count()).toBe(0);
  await done();
});

test('a learner sees the own figures and gaps', async () => {
  const { page, done } = await explorer.openAs('learner@india.demo', '/analytics');
  await page.getByRole('heading', { name: 'Your learning' }).waitFor();
  expect(await page.locator('article.card').count()).toBe(5);
  await done();
});

const form = (page: Page) => page.getByRole('region', { name: 'When a student is at risk' });
const number = (page: Page, name: string) => form(page).getByRole('spinbutton', { name });
const save = (page: Page) => form(page).getByRole('button', { name: 'Save', exact: true }).press('Enter');
const thresholds = 'version inactiveDays minimumAverageScore minimumEngagement minimumMasteryProgress';
const settings = async () => (await explorer.ask(admin, `{ riskSettings { ${thresholds} } }`)).riskSettings;
const atRisk = async (): Promise<number> =>
  (await explorer.ask(admin, '{ organisationAnalytics { atRiskCount } }')).organisationAnalytics.atRiskCount;

/** As an administrator in another window does it. */
async function setElsewhere(input: object): Promise<void> {
  const { version } = await settings();
  await explorer.ask(
    admin,
    'mutation ($v: Int!, $input: RiskSettingsInput!) { setRiskSettings(expectedVersion: $v, input: $input) { version } }',
    { v: version, input },
  );
}

test('an administrator changes when a student is at risk, and who is at risk is counted anew', async () => {
  const [before, countBefore] = [await settings(), await atRisk()];
  const { page, done } = await explorer.openAs(admin, '/analytics');
  await number(page, 'No activity for').waitFor();
  expect(await number(page, 'No activity for').inputValue()).toBe('14');
  expect(await number(page, 'Share of active days below').isDisabled()).toBe(true);

  await number(page, 'No activity for').fill('0');
  await save(page);
  await form(page).getByText('Expected: a whole number from 1 to 365 days.').waitFor();
  expect(await page.locator('input:focus').getAttribute('id')).toBe(await number(page, 'No activity for').getAttribute('id'));
  expect(await settings()).toEqual(before);
  expect(await violations(page)).toEqual([]);

  await form(page).getByRole('checkbox', { name: 'No activity for' }).uncheck();
  await number(page, 'Average score below').fill('99.5');
  await form(page).getByRole('checkbox', { name: 'Share of active days below' }).check();
  await number(page, 'Share of active days below').fill('7');
  await save(page);
  await form(page).getByText('Saved: students at risk were counted anew').waitFor();
  const changed = { inactiveDays: null, minimumAverageScore: 99.5, minimumEngagement: 0.07, minimumMasteryProgress: null };
  expect(await settings()).toEqual({ version: before.version + 1, ...changed });
  const count = await atRisk();
  expect(count).toBeGreaterThan(countBefore);
  const card = page.locator('article.card', { has: page.getByRole('heading', { name: 'At risk', exact: true }) });
  await card.getByText(new Intl.NumberFormat('en-GB').format(count), { exact: true }).waitFor();

  await form(page).getByRole('button', { name: 'Back to the defaults' }).press('Enter');
  await save(page);
  await form(page).getByText('Saved: students at risk were counted anew').waitFor();
  expect(await settings()).toEqual({ ...before, version: before.version + 2 });
  await done();
});

test('what somebody else changed meanwhile is shown, and overwritten only when that is asked for', async () => {
  const { page, done } = await explorer.openAs(admin, '/analytics');
  await number(page, 'No activity for').fill('21');
  await setElsewhere({ inactiveDays: 30, minimumEngagement: 0.25 });
  await save(page);
  await form(page).getByText('Somebody else changed this meanwhile; nothing of yours was saved').waitFor();
  await form(page).getByRole('definition').filter({ hasText: '30 days' }).waitFor();
  await form(page).getByRole('definition').filter({ hasText: '25%' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await form(page).getByRole('button', { name: 'Show theirs' }).click();
  expect(await number(page, 'No activity for').inputValue()).toBe('30');
  expect(await form(page).getByRole('checkbox', { name: 'Average score below' }).isChecked()).toBe(false);

  await number(page, 'No activity for').fill('21');
  await setElsewhere({ inactiveDays: 7 });
  await save(page);
  await form(page).getByRole('button', { name: 'Save mine instead' }).click();
  await form(page).getByText('Saved: students at risk were counted anew').waitFor();
  expect(await settings()).toMatchObject({ inactiveDays: 21, minimumAverageScore: null, minimumEngagement: 0.25 });
  await done();
});

test('thresholds that cannot be read or saved say so', async () => {
  const { page } = await explorer.openAs(admin, '/');
  let lost = 'query RiskSettings';
  await page.route('**/graphql', route =>
    route.request().postData()?.includes(lost) ? route.abort() : route.continue(),
  );
  await page.getByRole('link', { name: 'Analytics' }).click();
  await form(page).getByText('This cannot be had just now').waitFor();
  lost = 'mutation SetRiskSettings';
  await page.getByRole('link', { name: 'Report' }).click();
  await page.getByRole('link', { name: 'Analytics' }).click();
  await number(page, 'No activity for').waitFor();
  await save(page);
  await form(page).getByText('The change was not made').waitFor();
  await page.context().close(); // its console tells of the requests that failed
});
