import { join } from 'node:path';
import { overflow, startExplorer, violations, type Explorer } from './explorer';

const admin = 'admin@india.demo';
let explorer: Explorer;
/** Where pictures of the pages go, for docs/; nowhere when unset. */
const pictures = process.env.STRATA_SCREENSHOTS;
beforeAll(async () => {
  explorer = await startExplorer();
  // So that the logs have something to show.
  for (const active of [false, true]) {
    await explorer.ask(admin, `mutation { setClassActive(classId: "k000006", active: ${active}) { id } }`);
  }
}, 180_000);
afterAll(() => explorer.close());

const pages: [name: string, login: string | null, path: string, picture: string][] = [
  ['sign-in', null, '/', 'sign-in'],
  ['report of the whole', admin, '/', 'report-whole'],
  ['report of a state', admin, '/?node=g000002&chart=time', 'report'],
  ['report of a class', 'teacher@india.demo', '/?node=k000006', 'report-class'],
  ['uncategorised classes', admin, '/?node=o000002', 'uncategorised'],
  ['report without activity', admin, '/?from=2001-01-01&through=2001-01-31', 'empty'],
  ['node that may not be seen', 'officer@india.demo', '/?node=g000002', 'forbidden'],
  ['node that is not there', admin, '/?node=nothing', 'not-there'],
  ['report for a learner', 'learner@india.demo', '/', 'learner'],
  ['analytics', admin, '/analytics', 'analytics'],
  ['hierarchies', admin, '/administration', 'administration-hierarchies'],
  ['tree', admin, '/administration/tree', 'administration-tree'],
  ['worklist', admin, '/administration/uncategorised', 'administration-worklist'],
  ['own hierarchy', admin, '/administration/own', 'administration-own-hierarchy'],
  ['access', admin, '/administration/access', 'administration-access'],
  ['activity log', admin, '/administration/activity', 'administration-activity'],
  ['audit log', admin, '/administration/audit', 'administration-audit'],
  ['data', admin, '/data', 'data'],
];

const schemes = ['light', 'dark'] as const;
/** The dark page is the light one in other colours. */
const rulesOf = { light: [], dark: ['color-contrast'] };
const viewports = { desk: { width: 1280, height: 900 }, hand: { width: 360, height: 740 } };

test.each(pages)('%s is without a violation of accessibility, on a desk and in a hand, light and dark', async (_name, login, path, picture) => {
  for (const [place, viewport] of Object.entries(viewports)) {
    const { page, done } = await (login ? explorer.openAs(login, path, { viewport }) : explorer.open(path, { viewport }));
    await page.locator('main').first().waitFor();
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect(await violations(page, rulesOf[colorScheme])).toEqual([]);
      expect(await overflow(page)).toBe(0);
      const file = `${picture}${place === 'hand' ? '-narrow' : ''}-${colorScheme}.png`;
      if (pictures) await page.screenshot({ path: join(pictures, file), fullPage: true });
    }
    await done();
  }
});

describe.each(schemes)('in %s', colorScheme => {
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
