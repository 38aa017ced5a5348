import { overflow, startExplorer, violations, type Explorer } from './explorer';

let explorer: Explorer;
beforeAll(async () => {
  explorer = await startExplorer();
}, 180_000);
afterAll(() => explorer.close());

const admin = 'admin@india.demo';
const pages: [name: string, login: string | null, path: string][] = [
  ['sign-in', null, '/'],
  ['report of the whole', admin, '/'],
  ['report of a state', admin, '/?node=g000002&chart=time'],
  ['report of a class', 'teacher@india.demo', '/?node=k000006'],
  ['uncategorised classes', admin, '/?node=o000002'],
  ['report without activity', admin, '/?from=2001-01-01&through=2001-01-31'],
  ['node that may not be seen', 'officer@india.demo', '/?node=g000002'],
  ['node that is not there', admin, '/?node=nothing'],
  ['report for a learner', 'learner@india.demo', '/'],
  ['hierarchies', admin, '/administration'],
  ['tree', admin, '/administration/tree'],
  ['worklist', admin, '/administration/uncategorised'],
  ['own hierarchy', admin, '/administration/own'],
  ['access', admin, '/administration/access'],
  ['activity log', admin, '/administration/activity'],
  ['audit log', admin, '/administration/audit'],
  ['data', admin, '/data'],
];

describe.each(['light', 'dark'] as const)('in %s', colorScheme => {
  test.each(pages)('%s is without a violation of accessibility, on a desk and in a hand', async (_name, login, path) => {
    for (const viewport of [{ width: 1280, height: 900 }, { width: 360, height: 740 }]) {
      const options = { colorScheme, viewport };
      const { page, done } = await (login ? explorer.openAs(login, path, options) : explorer.open(path, options));
      await page.locator('main').first().waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await done();
    }
  });

  test('panels and dialogs are without a violation of accessibility', async () => {
    const { page, done } = await explorer.openAs(admin, '/?node=g000002', { colorScheme });
    for (const button of ['Account: admin@india.demo', 'Where this comes from: Average score', 'Download']) {
      await page.getByRole('button', { name: button, exact: true }).click();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.goto(`${explorer.url}/administration/tree`, { waitUntil: 'networkidle' });
    for (const button of ['Move… India', 'Take out… India', 'New group…']) {
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole('dialog').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await done();
  });
});
