import { startExplorer, type Explorer } from './explorer';

let explorer: Explorer;
beforeAll(async () => {
  explorer = await startExplorer();
}, 180_000);
afterAll(() => explorer.close());

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
  await done();
});

test('a learner sees the own figures and gaps', async () => {
  const { page, done } = await explorer.openAs('learner@india.demo', '/analytics');
  await page.getByRole('heading', { name: 'Your learning' }).waitFor();
  expect(await page.locator('article.card').count()).toBe(5);
  await done();
});
