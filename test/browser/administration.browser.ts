import type { Page } from 'playwright-core';
import { startExplorer, type Explorer } from './explorer';

let explorer: Explorer;
beforeAll(async () => {
  explorer = await startExplorer();
}, 180_000);
afterAll(() => explorer.close());

const admin = 'admin@india.demo';
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const isLoaded = (page: Page) => page.locator('main.report[aria-busy="false"]').waitFor();

/** A period with every activity of the demo in it: this year and the last. */
const always = { from: `${new Date().getUTCFullYear() - 1}-01-01`, through: `${new Date().getUTCFullYear()}-12-31` };
const inAlways = `from=${always.from}&through=${always.through}`;

interface Node {
  id: string;
  name: string;
  type: string;
}

const attemptsOf = async (id: string): Promise<number> => {
  const { nodeReport } = await explorer.ask(
    admin,
    'query ($id: ID, $period: PeriodInput!) { nodeReport(nodeId: $id, period: $period) { node { performance { attempts } } } }',
    { id, period: always },
  );
  return nodeReport.node.performance.attempts;
};

const childrenOf = async (id: string): Promise<Node[]> =>
  (await explorer.ask(admin, 'query ($id: ID!) { hierarchyNode(id: $id) { children { nodes { id name type } } } }', { id }))
    .hierarchyNode.children.nodes;

/** The first class below a node, with the ids above it. */
async function firstClass(id: string, above: Node[] = []): Promise<{ path: Node[] }> {
  const [first] = await childrenOf(id);
  return first!.type === 'class' ? { path: [...above, first!] } : firstClass(first!.id, [...above, first!]);
}

/** What the report's page shows of attempts. */
async function shownAttempts(page: Page, id: string): Promise<string> {
  await page.goto(`${explorer.url}/?node=${id}&${inAlways}`, { waitUntil: 'networkidle' });
  await isLoaded(page);
  return page.locator('.card-value').nth(1).innerText();
}

async function pick(page: Page, name: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Part of a name, code or external id').fill(name);
  await dialog.locator('.choices label', { hasText: name }).first().click();
}

test('the preview of another hierarchy is the API’s, choosing it makes it the tenant’s own, and back', async () => {
  const { page, done } = await explorer.openAs(admin, '/administration/own');
  await page.getByLabel('India by district').check();
  const { hierarchyChangePreview: preview } = await explorer.ask(
    admin,
    `{ hierarchyChangePreview(hierarchyId: "india-schools") {
      classesToOther classesFromOther usersGainingAccess usersLosingAccess rowsToRead } }`,
  );
  await page.getByRole('heading', { name: 'If India by district became your own' }).waitFor();
  const shown = await page.locator('.preview-figures dd').allInnerTexts();
  expect(shown).toEqual(Object.values(preview).map(count => whole.format(Number(count))));
  expect(preview.classesToOther).toBeGreaterThan(0);

  const own = async () => (await explorer.ask(admin, '{ tenantSettings { applicableHierarchy { id } } }')).tenantSettings;
  await page.getByRole('button', { name: 'Make India by district our own' }).click();
  await page.getByText('India by district is your own hierarchy now').waitFor();
  expect(await own()).toEqual({ applicableHierarchy: { id: 'india-schools' } });
  await page.getByText('Everything that is to be stored is stored.').waitFor();
  await page.getByLabel('India', { exact: true }).check();
  await page.getByRole('button', { name: 'Make India our own' }).click();
  await page.getByText('India is your own hierarchy now').waitFor();
  expect(await own()).toEqual({ applicableHierarchy: { id: 'india' } });
  await done();
});

test('a class that is moved takes its attempts along, and both totals change', async () => {
  const { page, done } = await explorer.openAs(admin, '/administration/tree');
  const { path } = await firstClass('g000001');
  const [state, moved] = [path[0]!, path.at(-1)!];
  const other = (await childrenOf('g000001')).find(({ id }) => id !== state.id)!;
  const [own, from, to] = [await attemptsOf(moved.id), await attemptsOf(state.id), await attemptsOf(other.id)];
  expect(own).toBeGreaterThan(0);
  for (const { name } of path.slice(0, -1)) await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('button', { name: `Move… ${moved.name}`, exact: true }).first().click();
  await pick(page, other.name);
  await page.getByRole('button', { name: 'Place', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  expect([await attemptsOf(state.id), await attemptsOf(other.id)]).toEqual([from - own, to + own]);
  expect(await shownAttempts(page, state.id)).toBe(whole.format(from - own));
  expect(await shownAttempts(page, other.id)).toBe(whole.format(to + own));
  await done();
});

test('an uncategorised class that is placed leaves the worklist and counts where it was placed', async () => {
  const { page, done } = await explorer.openAs(admin, '/administration/uncategorised');
  const other = async () =>
    (await explorer.ask(admin, '{ hierarchy { other { id children { totalCount nodes { id name } } } } }')).hierarchy.other;
  const before = await other();
  const [first] = before.children.nodes;
  const [own, there] = [await attemptsOf(first.id), await attemptsOf('g000003')];
  const { hierarchyNode: target } = await explorer.ask(admin, '{ hierarchyNode(id: "g000003") { name } }');
  await page.getByRole('button', { name: `Place… ${first.name}`, exact: true }).first().click();
  await pick(page, target.name);
  await page.getByRole('button', { name: 'Place', exact: true }).click();
  await page.getByText(`1 to ${before.children.totalCount - 1} of ${before.children.totalCount - 1}`).waitFor();
  expect((await other()).children.totalCount).toBe(before.children.totalCount - 1);
  expect(await shownAttempts(page, 'g000003')).toBe(whole.format(there + own));
  await done();
});

test('a state that is taken out leaves its classes uncategorised, page by page, and comes back', async () => {
  const { page, done } = await explorer.openAs(admin, '/administration/tree');
  await page.getByRole('button', { name: 'Take out… Maharashtra', exact: true }).click();
  await page.getByRole('button', { name: 'Take out', exact: true }).click();
  await page.getByRole('button', { name: 'Place… Maharashtra', exact: true }).waitFor();

  const { hierarchy } = await explorer.ask(
    admin,
    '{ hierarchy { other { id children(first: 100) { totalCount nodes { name } } } } }',
  );
  const { id, children } = hierarchy.other;
  const names = children.nodes.map((node: Node) => node.name);
  expect(children.totalCount).toBeGreaterThan(25);
  await page.goto(`${explorer.url}/?node=${id}&${inAlways}`, { waitUntil: 'networkidle' });
  await isLoaded(page);
  const shown = () => page.locator('table.figures tbody th a').allInnerTexts();
  expect(await shown()).toEqual(names.slice(0, 25));
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText(`26 to ${children.totalCount} of ${children.totalCount}`).waitFor();
  expect(await shown()).toEqual(names.slice(25));
  await page.getByRole('button', { name: 'Previous' }).click();
  await page.getByText(`1 to 25 of ${children.totalCount}`).waitFor();
  expect(await shown()).toEqual(names.slice(0, 25));

  await page.goto(`${explorer.url}/administration/tree`, { waitUntil: 'networkidle' });
  await page.getByRole('button', { name: 'Place… Maharashtra', exact: true }).click();
  await pick(page, 'India');
  await page.getByRole('button', { name: 'Place', exact: true }).click();
  await page.getByRole('button', { name: 'Take out… Maharashtra', exact: true }).waitFor();
  expect((await childrenOf('g000001')).map(({ name }) => name)).toContain('Maharashtra');
  await done();
});

test('a new group stands nowhere until it is placed', async () => {
  const { page, done } = await explorer.openAs(admin, '/administration/tree');
  await page.getByRole('button', { name: 'New group…' }).click();
  await page.getByLabel('Level').selectOption('State');
  await page.getByLabel('Name', { exact: true }).fill('Newland');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Place… Newland', exact: true }).click();
  // Nothing hangs under its own level: what the API says stands in the dialog.
  await pick(page, 'Uttar Pradesh');
  await page.getByRole('button', { name: 'Place', exact: true }).click();
  await page.getByText('The change was not made').waitFor();
  await pick(page, 'India');
  await page.getByRole('button', { name: 'Place', exact: true }).click();
  await page.getByRole('button', { name: 'Take out… Newland', exact: true }).waitFor();
  await done();
});

test('a grant that is given and revoked is what the API says', async () => {
  const { page, done } = await explorer.openAs(admin, '/administration/access');
  await page.getByLabel('Part of a login or name').fill('teacher@india.demo');
  await page.locator('.choices label', { hasText: 'teacher@india.demo' }).click();
  const { people } = await explorer.ask(admin, '{ people(search: "teacher@india.demo") { nodes { id } } }');
  const granted = async () =>
    (await explorer.ask(admin, 'query ($id: ID!) { grants(userId: $id) { group { name } } }', { id: people.nodes[0].id }))
      .grants.map((grant: { group: Node }) => grant.group.name);
  const before = await granted();
  await page.getByRole('button', { name: 'Grant a group…' }).click();
  await pick(page, 'Tamil Nadu');
  await page.getByRole('button', { name: 'Grant', exact: true }).click();
  await page.getByRole('button', { name: 'Revoke Tamil Nadu' }).waitFor();
  expect(await granted()).toEqual([...before, 'Tamil Nadu'].sort());
  await page.getByRole('button', { name: 'Revoke Tamil Nadu' }).click();
  await page.getByRole('button', { name: 'Revoke Tamil Nadu' }).waitFor({ state: 'detached' });
  expect(await granted()).toEqual(before);
  await done();
});

test('a super admin acts in the tenant they choose, and makes a hierarchy', async () => {
  const { page, done } = await explorer.openAs('super@platform.demo');
  await page.getByRole('button', { name: 'Account: super@platform.demo' }).click();
  await page.getByLabel('Act in').selectOption({ label: 'Demo Network' });
  await page.getByRole('heading', { level: 1, name: 'Demo Network' }).waitFor();
  await page.getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('button', { name: 'New hierarchy…' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Regions');
  await page.getByLabel('Name of level 1').fill('Land');
  await page.getByRole('button', { name: 'Add a level' }).click();
  await page.getByLabel('Name of level 2').fill('School');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Regions' }).waitFor();
  const { hierarchies } = await explorer.ask('admin@sap.demo', '{ hierarchies(all: true) { name levels { name type } } }');
  expect(hierarchies).toContainEqual({
    name: 'Regions',
    levels: [
      { name: 'Land', type: 'country' },
      { name: 'School', type: 'school' },
      { name: 'Class', type: 'class' },
    ],
  });

  await page.getByRole('button', { name: 'Remove… India', exact: true }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText(/The hierarchy 'india' is used and cannot be removed/).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Remove… Regions', exact: true }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('heading', { name: 'Regions', exact: true }).waitFor({ state: 'detached' });
  await done();
});

test('several groups are placed at once, with what they have below in another hierarchy', async () => {
  const { page, done } = await explorer.openAs(admin, '/administration/tree?hierarchy=us');
  const states = (await childrenOf('g000001')).filter(({ name }) => name !== 'Newland').slice(0, 2);
  for (const { name } of states) await page.getByRole('checkbox', { name, exact: true }).check();
  await page.getByRole('button', { name: 'Place 2 chosen groups…' }).click();
  await pick(page, 'India');
  await page.getByLabel('Bring along').selectOption('What is below in India');
  await page.getByRole('button', { name: 'Place', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  for (const { id } of states) {
    const { there, here } = await explorer.ask(
      admin,
      `query ($id: ID!) { there: hierarchyNode(id: $id, hierarchyId: "india") { classCount }
        here: hierarchyNode(id: $id, hierarchyId: "us") { classCount children { nodes { type } } } }`,
      { id },
    );
    expect(here.classCount).toBe(there.classCount);
    expect(here.children.nodes.map(({ type }: Node) => type)).not.toContain('district');
  }
  await done();
});

test('what is changed in a roster stands in the activity log', async () => {
  const { path } = await firstClass('g000001');
  const one = path.at(-1)!;
  await explorer.ask(admin, 'mutation ($id: ID!) { setClassActive(classId: $id, active: false) { id } }', { id: one.id });
  const { page, done } = await explorer.openAs(admin, '/administration/activity');
  const { activityLog } = await explorer.ask(admin, '{ activityLog { totalCount nodes { action classId performedById } } }');
  await page.getByText(`${whole.format(activityLog.totalCount)} line`).waitFor();
  const shown = await page.locator('tbody tr').evaluateAll(rows =>
    rows.map(row => [...row.querySelectorAll('td')].slice(1, 3).map(cell => cell.textContent)),
  );
  expect(activityLog.nodes[0]).toMatchObject({ action: 'GROUP_UPDATED', classId: one.id });
  expect(shown[0]).toEqual(['Class updated', one.id]);
  expect(shown).toHaveLength(activityLog.nodes.length);
  await done();
});
